"""Messages of every format: roles and speakers, parts, tool calls, and what is refused."""

from typing import Any

import pytest

from storage import formats
from storage.errors import Invalid
from storage.formats.chat_turns import spoken, turns
from storage.item_content import with_flags
from storage.records import Message

CALL: dict[str, Any] = {"id": "c1", "type": "function", "function": {"name": "boil", "arguments": {"cups": 2}}}
CALLING = {"role": "assistant", "content": "", "tool_calls": [CALL]}


@pytest.mark.parametrize(
    ("message", "read"),
    [
        ({"role": "user", "content": "Hi"}, {"role": "user", "content": "Hi"}),
        ({"from": "human", "value": "Hi"}, {"role": "user", "content": "Hi"}),
        ({"from": "user", "value": "Hi"}, {"role": "user", "content": "Hi"}),
        ({"role": "Human", "content": "Hi"}, {"role": "user", "content": "Hi"}),
        ({"from": "gpt", "value": "Hi"}, {"role": "assistant", "content": "Hi"}),
        ({"from": "observation", "value": "3"}, {"role": "tool", "content": "3"}),
        ({"role": "user", "content": "Hi", "name": "Ada"}, {"role": "user", "content": "Hi", "name": "Ada"}),
        ({"role": "user", "content": "Hi", "tool_calls": None}, {"role": "user", "content": "Hi"}),
        (
            {"role": "user", "content": [{"type": "text", "text": "Good "}, {"type": "text", "text": "day"}]},
            {"role": "user", "content": "Good day"},
        ),
        ({"role": "user", "content": [{"type": "text", "value": "Hi"}]}, {"role": "user", "content": "Hi"}),
        ({"role": "assistant", "content": None, "tool_calls": [CALL]}, CALLING),
        ({"role": "assistant", "tool_calls": [CALL]}, CALLING),
        (
            {"from": "function_call", "value": '{"name": "boil", "arguments": {"cups": 2}}'},
            {**CALLING, "tool_calls": [{"type": "function", "function": CALL["function"]}]},
        ),
    ],
)
def test_a_message_of_any_format_is_read(message: dict[str, Any], read: Message):
    assert turns([message], "messages") == [read]


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        ({"role": "cat", "content": "Hi"}, "Message 1 of messages has the unknown role cat."),
        ({"content": "Hi"}, "Message 1 of messages has the unknown role null."),
        ({"role": ["user"], "content": "Hi"}, "Message 1 of messages has the unknown role a list."),
        ({"role": "user"}, "Message 1 of messages has no text."),
        ({"role": "assistant", "content": None, "tool_calls": []}, "Message 1 of messages has no text."),
        ({"role": "user", "content": 5}, "Message 1 of messages must hold text, not a number."),
        (
            {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x.png"}}]},
            "Message 1 of messages holds a part of the type image_url; only text can be read.",
        ),
        ({"role": "user", "content": [3]}, "Message 1 of messages holds a part of the type a number"),
        ({"from": "function_call", "value": "boil()"}, "Message 1 of messages is a function_call, but its text is no"),
        ("Hi", "The field messages must hold messages, not text."),
    ],
)
def test_what_is_no_message_is_told_with_its_number(message: Any, sentence: str):
    with pytest.raises(Invalid) as caught:
        turns([message], "messages")
    assert sentence in str(caught.value)


@pytest.mark.parametrize("names", [("input", "output"), ("human", "assistant"), ("user", "assistant")])
def test_exchanges_in_one_object_are_two_turns(names: tuple[str, str]):
    question, answer = names
    conversation = [{"system": "Be kind.", question: "Tea?", answer: "Yes"}, {question: "Why?", answer: "Taste."}]
    assert [(turn["role"], turn["content"]) for turn in turns(conversation, "conversation")] == [
        ("system", "Be kind."),
        ("user", "Tea?"),
        ("assistant", "Yes"),
        ("user", "Why?"),
        ("assistant", "Taste."),
    ]


@pytest.mark.parametrize("arguments", [{"cups": 2}, '{"cups": 2}'])
def test_calls_are_written_as_the_sharegpt_format_wants_them(arguments: Any):
    call = {**CALL, "function": {"name": "boil", "arguments": arguments}}
    message = {"role": "assistant", "content": "", "tool_calls": [call]}
    written = spoken(message)
    assert (written["from"], written["value"]) == ("function_call", '{"name": "boil", "arguments": {"cups": 2}}')
    assert turns([written], "conversations") == [message], "the id of the call is not lost"


@pytest.mark.parametrize("format", ["trl", "trl-messages", "sharegpt", "openai", "swift", "verdicts", "jsonl"])
def test_calls_in_prompt_and_answer_come_back_from_every_format(format: str):
    prompt = [{"role": "user", "content": "Tea"}, {"role": "assistant", "content": "", "tool_calls": [CALL]}]
    prompt.append({"role": "tool", "content": "done", "tool_call_id": "c1"})
    row = {
        "prompt": prompt,
        "chosen": [{"role": "assistant", "content": None, "tool_calls": [CALL]}],
        "rejected": [{"role": "assistant", "content": "No."}],
        "tools": [{"type": "function", "function": {"name": "boil"}}],
    }
    item = formats.FORMATS["trl"].read(row)
    assert item.responses[0].text == ""
    assert with_flags([item])[0].flags == ("tool_calls_in_response",)
    assert [formats.FORMATS[format].read(written) for written in formats.FORMATS[format].write([item])] == [item]


def test_two_texts_without_a_verdict_are_no_messages():
    with pytest.raises(Invalid, match=r"nothing says which of them .* chosen=output\.0,rejected=output\.1\."):
        turns(["Gladly.", "No."], "output")
