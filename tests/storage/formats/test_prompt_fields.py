"""Every way to hold the prompt, each with a pair beside it: what becomes of prompt, system and history."""

import json
from typing import Any

import pytest

from storage import formats
from storage.errors import Invalid
from storage.records import Item, Message

SYSTEM = {"role": "system", "content": "Speak plainly."}
USER = {"role": "user", "content": "Which tea?"}
REPLY = {"role": "assistant", "content": "Green."}
AGAIN = {"role": "user", "content": "Why?"}
PAIR = {"chosen": "It is fresh.", "rejected": "Because."}


def read(row: dict[str, Any]) -> Item:
    return formats.detect([row]).read(row)


@pytest.mark.parametrize(
    ("fields", "prompt"),
    [
        ({"prompt": "Which tea?"}, [USER]),
        ({"question": "Which tea?"}, [USER]),
        ({"query": "Which tea?"}, [USER]),
        ({"context": "Which tea?"}, [USER]),
        ({"problem": "Which tea?"}, [USER]),
        ({"input": "Which tea?"}, [USER]),
        ({"history": "Which tea?"}, [USER]),
        ({"context": [USER, REPLY, AGAIN]}, [USER, REPLY, AGAIN]),
        ({"messages": [USER]}, [USER]),
        ({"messages": USER}, [USER]),
        ({"prompt": None, "question": "Which tea?"}, [USER]),
        ({"conversations": [{"from": "user", "value": "Which tea?"}]}, [USER]),
        ({"prompt": json.dumps([SYSTEM, USER])}, [SYSTEM, USER]),
        ({"instruction": "Which tea?"}, [USER]),
        ({"instruction": "Which tea?", "input": ""}, [USER]),
        ({"instruction": "Which", "input": "tea?"}, [{"role": "user", "content": "Which\ntea?"}]),
        ({"instruction": "Which", "context": "tea?"}, [{"role": "user", "content": "Which\ntea?"}]),
        ({"instruction": "", "input": "Which tea?"}, [USER]),
        ({"question": "Which tea?", "system": "Speak plainly."}, [SYSTEM, USER]),
        ({"question": "Which tea?", "system_prompt": "Speak plainly."}, [SYSTEM, USER]),
        ({"question": "Which tea?", "system": ""}, [USER]),
        ({"question": "Which tea?", "system": None}, [USER]),
        ({"messages": [SYSTEM, USER], "system": " Speak plainly. "}, [SYSTEM, USER]),
        ({"instruction": "Why?", "history": [["Which tea?", "Green."]]}, [USER, REPLY, AGAIN]),
        ({"query": "Why?", "history": [USER, REPLY], "system": "Speak plainly."}, [SYSTEM, USER, REPLY, AGAIN]),
        ({"query": "Which tea?", "history": []}, [USER]),
    ],
)
def test_a_prompt_is_found_under_its_names(fields: dict[str, Any], prompt: list[Message]):
    item = read({**fields, **PAIR})
    assert list(item.messages) == prompt
    assert [response.text for response in item.responses] == list(PAIR.values())
    assert item.extra == {}


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"question": 5}, "The field question must be text, not a number."),
        ({"question": {"full_text": "x"}}, "The field question must be text, not an object."),
        ({"prompt": str([SYSTEM, USER])}, "The field prompt holds messages as Python prints them; write them as JSON."),
        ({"question": None}, "The field question must be text, not null."),
        ({"question": "x", "system": 5}, "The field system must be text, not a number."),
        ({"messages": [SYSTEM, USER], "system": "Shout."}, "system and the dialogue's first message say different"),
        (
            {"question": "x", "history": ["a", "b"]},
            "a list of messages, or of [question, answer] pairs",
        ),
        ({"question": "x", "history": [["a"]]}, "a list of messages, or of [question, answer] pairs"),
        ({"prompt": []}, "The list of messages in prompt is empty."),
        ({"input": {"messages": None}}, "input.messages must be a list of messages, not null"),
    ],
)
def test_a_prompt_of_the_wrong_type_is_told_with_its_field(fields: dict[str, Any], sentence: str):
    with pytest.raises(Invalid) as caught:
        read({**fields, **PAIR})
    assert sentence in str(caught.value)


def test_fields_that_nothing_reads_are_kept_under_their_names():
    item = read({"prompt": "Which tea?", **PAIR, "history": "a text", "meta": {"n": 1}, "empty": None})
    assert item.extra == {"history": "a text", "meta": {"n": 1}, "empty": None}


def test_tools_are_a_list_however_they_came():
    tools = [{"type": "function", "function": {"name": "brew"}}]
    assert read({"prompt": "x", **PAIR, "tools": json.dumps(tools)}).extra == {"tools": tools}
    assert read({"prompt": "x", **PAIR, "tools": tools}).extra == {"tools": tools}
    assert read({"prompt": "x", **PAIR, "tools": "brew()"}).extra == {"tools": "brew()"}
    assert read({"prompt": "x", **PAIR, "tools": ""}).extra == {}


def test_a_prompt_list_with_other_fields_is_a_prompt():
    row = {"data_source": "sums", "prompt": [USER], "reward_model": {"style": "rule", "ground_truth": "4"}}
    assert formats.detect([row]).name == "trl-prompt"
    assert read(row) == Item("", (USER,), extra={"data_source": "sums", "reward_model": row["reward_model"]})


def test_a_dialogue_that_ends_with_a_question_is_a_prompt():
    row = {"messages": [SYSTEM, USER], "solution": "4"}
    assert formats.detect([row]).kind == "prompts"
    assert read(row) == Item("", (SYSTEM, USER), extra={"solution": "4"})
