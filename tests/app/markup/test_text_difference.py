"""What differs between two texts: nothing is lost, and little in common is no difference worth marking."""

import pytest

from app.markup.text_difference import difference

PAIRS = [
    ("It is sunny.", "It is very sunny today!"),
    ("您好！今天晴。", "今天雨，您好。"),
    ("one\ntwo  three four", "one\ntwo four\n"),
    ("same", "same"),
]


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_the_pieces_are_both_texts(before: str, after: str) -> None:
    pieces = difference(before, after)
    assert pieces is not None
    assert "".join(text for kind, text in pieces if kind != "added") == before
    assert "".join(text for kind, text in pieces if kind != "removed") == after


def test_chinese_differs_by_characters_and_punctuation_by_itself() -> None:
    assert difference("今天晴。", "今天雨。") == [("same", "今天"), ("removed", "晴"), ("added", "雨"), ("same", "。")]
    assert difference("Yes, sir.", "Yes sir!") == [
        ("same", "Yes"),
        ("removed", ","),
        ("same", " sir"),
        ("removed", "."),
        ("added", "!"),
    ]


def test_texts_with_nothing_in_common_are_not_marked() -> None:
    assert difference("Look outside.", "为您服务很高兴") is None
    assert difference("", "") == []
    assert difference("", "new") is None
