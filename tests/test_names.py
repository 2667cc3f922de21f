"""Characters that names may not have, and that terminals are shown as escapes."""

import pytest

from words.names import unseen_character, visible


@pytest.mark.parametrize(
    ("sign", "number"),
    [
        ("\0", "U+0000"),
        ("\x1b", "U+001B"),
        ("\n", "U+000A"),
        ("\x7f", "U+007F"),
        ("\x9b", "U+009B"),
        ("\u200b", "U+200B"),
        ("\u200d", "U+200D"),
        ("\u200e", "U+200E"),
        ("\u202e", "U+202E"),
        ("\u2028", "U+2028"),
        ("\u2066", "U+2066"),
        ("\u2069", "U+2069"),
        ("\ufeff", "U+FEFF"),
        ("\U000e0041", "U+E0041"),
        ("\ud800", "U+D800"),
    ],
)
def test_what_nobody_sees_is_named_and_made_visible(sign: str, number: str):
    assert unseen_character(f"a{sign}b") == number
    assert visible(f"a{sign}b", kept="").isprintable()
    assert visible(f"a{sign}b", kept="") != f"a{sign}b"


@pytest.mark.parametrize("name", ["polite-dpo", "礼貌 天气", "Ünïcode", "🙂", "שלום", "a b", "e\u0301", "", "\u3000"])
def test_what_people_write_is_left_as_it_is(name: str):
    assert unseen_character(name) is None
    assert visible(name) == name


def test_lines_and_tabs_of_a_log_stay():
    assert visible("a\tb\nc\x1b[2J\r") == "a\tb\nc\\x1b[2J\\r"
