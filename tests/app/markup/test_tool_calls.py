"""Calls of tools as a person reads them."""

import pytest

from app.markup import texts, tool_calls


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ({"content": "Hi"}, ""),
        ({"tool_calls": None}, ""),
        ({"tool_calls": [{"function": {"name": "rain", "arguments": '{"city": "雨城"}'}}]}, 'rain(city="雨城")'),
        ({"tool_calls": [{"function": {"name": "rain", "arguments": {"city": "Lisbon"}}}]}, 'rain(city="Lisbon")'),
        ({"tool_calls": [{"name": "rain"}, {"name": "snow"}]}, "rain()\nsnow()"),
        ({"function_call": {"name": "rain", "arguments": "not JSON"}}, "rain(not JSON)"),
        ({"tool_calls": ["rain", 3]}, '"rain"\n3'),
    ],
)  # fmt: skip
def test_calls_read_like_functions(message: dict[str, object], words: str) -> None:
    assert tool_calls.in_words(message) == words


def test_a_turn_of_a_conversation_shows_its_calls_escaped() -> None:
    turn = {"role": "assistant", "content": "", "tool_calls": [{"function": {"name": "<b>", "arguments": "{}"}}]}
    assert "&lt;b&gt;()" in texts.message(turn)
