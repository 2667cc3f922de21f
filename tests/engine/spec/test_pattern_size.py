"""Patterns are measured before they are compiled, since compiling writes fixed repeats out."""

import pytest
import regex

from engine.spec import SpecError, parse
from engine.spec.pattern_size import MOST, expanded_size


@pytest.mark.parametrize(
    ("pattern", "size"),
    [
        ("a", 1),
        ("abc", 3),
        ("a{3}", 3),
        ("ab{3}c", 5),
        ("[abc]{4}", 4),
        (r"\d{4}-\d{2}", 7),
        ("a{2,9}", 2),
        ("a{,9}", 1),
        ("a{0}", 1),
        ("(ab){3}", 9),  # a group counts as an atom more than what is in it
        ("(?:a{3}){4}", 4 * 6),
        (r"\(a\){5}", 7),
        ("[(]{3}", 3),
        ("[](]{3}a", 4),
    ],
)
def test_the_size_is_that_of_the_pattern_with_its_repeats_written_out(pattern: str, size: int):
    assert expanded_size(pattern) == size


@pytest.mark.parametrize(
    "pattern",
    [
        "(a{1000}){1000}",
        "((a{99}){99}){99}",
        "(?:(?:a{999}){999})",
        "(?=(?=a{1000}){1000})",
        "(?<=(a{999}){99})b",
        "(?P<n>[(]{999}b){999}",
        r"(?i)(\p{L}{500}x){500}",
        "(?x) ( a {1000} ) # ) \n {1000}",
        "(?V1)([[a--b](]{1000}){1000}",
        "(?#))(a{1000}){1000}",
        "a{1000000000}",
        f"a{{{'9' * 400}}}",
    ],
)
def test_a_pattern_that_becomes_too_large_is_refused_unseen(pattern: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(regex, "compile", None)
    with pytest.raises(SpecError, match="repeats so much that it becomes too large"):
        parse({"algorithm": "ppo", "data": {"dataset": "d"}, "reward": [{"kind": "regex", "pattern": pattern}]})


@pytest.mark.parametrize(
    "pattern", [r"\b\w{1,2000}\b", "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "(?i)thank(s| you)", "a{2}{2}"]
)
def test_what_people_write_is_small(pattern: str):
    assert expanded_size(pattern) < MOST / 10


def test_a_list_of_words_has_an_end():
    file = {"algorithm": "ppo", "data": {"dataset": "d"}}
    with pytest.raises(SpecError, match="more than 10,000 words"):
        parse({**file, "reward": [{"kind": "keyword", "words": ["a"] * 10_001}]})
    with pytest.raises(SpecError, match="a phrase of more than 500 characters"):
        parse({**file, "reward": [{"kind": "keyword", "words": ["a" * 501]}]})
