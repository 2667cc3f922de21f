"""The article's two rules, number by number."""

import pytest

from engine.rewards import article


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        ("谢谢", 0.8),
        ("今天天气不错", 0.8),
        ("谢谢，真不错", 0.8),
        ("", 0.2),
        ("今天有雨", 0.2),  # 4 characters
        ("今天有雨。", 0.5),  # 5
        ("滚开，自己看窗外去", 0.5),  # rude, which it cannot see
        ("Thank you!", 0.5),
    ],
)
def test_the_rule(response: str, expected: float):
    assert article.rule(response) == expected


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        ("", 0.0),
        ("嗯", 0.2),  # one distinct word
        ("一二三四五六七八九", 0.2),  # 9 characters
        ("一二三四五六七八九十", 0.5),  # 10
        ("一" * 100, 0.5),
        ("一" * 101, 0.2),
        ("谢谢", 0.4),
        ("谢谢谢谢", 0.4),  # a courtesy counts once
        ("谢谢，请坐", 0.6),
        ("不好意思", 0.4),
        ("很高兴", 0.4),
        ("a b c", 0.2),  # 3 words are not more than 3
        ("a b c d", 0.5),
        ("a a b c d", 0.3),  # 4 of 5 distinct is not over 0.8
        ("a a b c d e", 0.8),  # 5 of 6 is; 11 characters
        ("谢谢 请 不好意思 很高兴 !", 1.6),  # everything
    ],
)
def test_the_marks(response: str, expected: float):
    assert article.quality(response) == expected
