"""Dialogues as one text: every family of marks, and texts that have none."""

import pytest

from storage import formats
from storage.errors import Invalid
from storage.formats.dialogue_marks import marked_turns

TURNS = [
    {"role": "user", "content": "Hi"},
    {"role": "assistant", "content": "Hello"},
    {"role": "user", "content": "Tea?"},
    {"role": "assistant", "content": "Yes"},
]
TEXTS = [
    "\n\nHuman: Hi\n\nAssistant: Hello\n\nHuman: Tea?\n\nAssistant: Yes",
    (
        "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\nHello<|im_end|>\n<|im_start|>user\nTea?<|im_end|>\n"
        "<|im_start|>assistant\nYes<|im_end|>\n"
    ),
    (
        "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|>"
        "<|start_header_id|>assistant<|end_header_id|>\n\nHello<|eot_id|><|start_header_id|>user<|end_header_id|>\n\n"
        "Tea?<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\nYes<|eot_id|>"
    ),
    (
        "<bos><start_of_turn>user\nHi<end_of_turn>\n<start_of_turn>model\nHello<end_of_turn>\n<start_of_turn>user\n"
        "Tea?<end_of_turn>\n<start_of_turn>model\nYes<end_of_turn>"
    ),
    "<|user|>\nHi</s>\n<|assistant|>\nHello</s>\n<|user|>\nTea?</s>\n<|assistant|>\nYes</s>",
    "<|user|>\nHi<|end|>\n<|assistant|>\nHello<|end|>\n<|user|>\nTea?<|end|>\n<|assistant|>\nYes<|end|>\n",
    "<s>[INST] Hi [/INST] Hello</s><s>[INST] Tea? [/INST] Yes</s>",
]


@pytest.mark.parametrize("text", TEXTS)
def test_marks_part_the_turns(text: str):
    assert marked_turns(text) == TURNS


@pytest.mark.parametrize("text", TEXTS)
def test_pairs_of_whole_dialogues_need_no_prompt(text: str):
    row = {"chosen": text, "rejected": text.replace("Yes", "No")}
    item = formats.detect([row]).read(row)
    assert list(item.messages) == TURNS[:3]
    assert [response.text for response in item.responses] == ["Yes", "No"]


@pytest.mark.parametrize("text", TEXTS)
def test_a_prompt_that_is_cut_where_the_answer_begins_is_read_by_its_marks(text: str):
    prompt = text[: text.rindex("Yes")]
    row = {"prompt": prompt, "chosen": "Yes", "rejected": "No"}
    assert list(formats.detect([row]).read(row).messages) == TURNS[:3]


@pytest.mark.parametrize(
    "text", ["", "Hi", "Human: Hi", "He said <|im_start|>user\nHi", "user: Hi\nassistant: Hello", " " * 50_000]
)
def test_text_that_begins_without_a_mark_is_left_whole(text: str):
    assert marked_turns(text) is None


def test_a_common_beginning_alone_is_no_prompt():
    row = {"chosen": "Tea is a drink.", "rejected": "Tea is a plant."}
    with pytest.raises(Invalid, match="no prompt, and the responses hold no marks of a dialogue"):
        formats.detect([row]).read(row)
    with pytest.raises(Invalid, match=r"no prompt; not read: asked, id\. .* is the prompt, map it\."):
        formats.detect([row]).read({**row, "asked": "What is tea?", "id": 3})
