"""Words and marks: figures as people read them, and text of others exactly as they wrote it."""

import math
import re
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from app.charts.sparkline import sparkline
from app.markup import tables, texts
from app.theme import mark, style_sheet
from engine.spec import ALGORITHMS
from engine.spec.marks import Shape

NASTY = "<script>alert(1)</script> & **bold** $x$"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.69314, "0.693"), (0.5, "0.500"), (0.0, "0"), (1.0, "1"), (12.345, "12.3"), (123.4, "123"),
        (1_234_567, "1,234,567"), (-0.25, "−0.250"), (2e-5, "2e-05"), (None, "–"), (9.999, "10.0"),
        (0.9996, "1.00"), (99.96, "100"), (0.0075, "0.0075"), (0.0123, "0.012"), (0.04, "0.040"), (0.009, "0.009"),
        (math.nan, "NaN"), (math.inf, "∞"), (-math.inf, "−∞"),
    ],
)  # fmt: skip
def test_a_number_has_three_digits_that_count(value: float | None, shown: str) -> None:
    assert texts.number(value) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0.4, "0 s"), (59, "59 s"), (100, "1 min 40 s"), (7260, "2 h 1 min"), (100_000, "1 d 3 h")]
)
def test_a_duration_is_in_its_two_largest_units(seconds: float, shown: str) -> None:
    assert texts.duration(seconds) == shown


def test_nothing_is_a_hundred_per_cent_before_the_end() -> None:
    assert [texts.percent(part) for part in (0.0, 0.999, 1.0)] == ["0 %", "99 %", "100 %"]


def test_text_of_a_model_is_never_read_as_html() -> None:
    assert "<script>" not in texts.raw(NASTY)
    assert "**bold** $x$" in texts.raw(NASTY)
    assert "<script>" not in texts.conversation(({"role": "<b>", "content": NASTY}, {"role": "user", "content": "b"}))
    assert "<script>" not in tables.table([NASTY], [[NASTY]])


def test_a_prompt_of_several_turns_shows_its_last_question_and_folds_what_was_before() -> None:
    turns = [{"role": role, "content": role[0] + str(index)} for index, role in enumerate(["system", "user", "tool"])]
    assert texts.conversation(turns[1:2]) == texts.raw("u1")
    fold, question = texts.conversation(turns[:2]).split("</details>")
    assert "Earlier turns: 1" in fold
    assert "s0" in fold
    assert question == texts.raw("u1")
    assert texts.conversation(turns).split("</details>")[1] == texts.message(turns[1]) + texts.message(turns[2])
    assert texts.conversation(turns[2:]) == texts.raw("t2")
    assert texts.conversation([]) == ""


@given(st.text(max_size=80), st.text(max_size=80))
def test_tinting_the_differences_changes_no_character(first: str, second: str) -> None:
    for text, tinted in zip((first, second), texts.differing(first, second), strict=True):
        assert Markup(tinted.replace("<mark>", "").replace("</mark>", "")) == texts.raw(text)


def test_only_the_words_that_differ_are_tinted() -> None:
    left, right = texts.differing("It is sunny in Lisbon.", "It is rainy in Lisbon.")
    assert "<mark> sunny</mark>" in left
    assert "<mark> rainy</mark>" in right


def test_unlike_texts_are_left_plain() -> None:
    assert "<mark>" not in texts.differing("Look out of the window.", "您好！今天晴。")[0]


@pytest.mark.parametrize("algorithm", [*ALGORITHMS, "unknown", None])
def test_every_method_has_a_chip_with_a_shape(algorithm: str | None) -> None:
    assert "al-shape-" in texts.chip(algorithm)


def test_a_sparkline_leaves_a_gap_where_a_value_is_not_finite() -> None:
    assert sparkline([0.0, 1.0, math.nan, 1.0, 0.0], "dpo", "Loss").count("M") == 2


def test_one_value_makes_no_line() -> None:
    assert "path" not in sparkline([1.0], "dpo", "Loss")


def test_every_method_has_a_mark_of_its_own() -> None:
    marks = {mark(algorithm) for algorithm in ALGORITHMS}
    assert len(marks) == len(ALGORITHMS)
    assert mark(None) not in marks


@pytest.mark.parametrize("shape", get_args(Shape))
def test_every_shape_an_algorithm_can_name_is_drawn(shape: str) -> None:
    drawn = re.findall(r"i\.al-shape-([\w-]+)", style_sheet())
    assert shape in [*drawn, "square"]  # a glyph is square by itself


def test_thinking_is_folded_and_never_read_as_markup() -> None:
    shown = texts.answer(f"<think>\n{NASTY}\n</think>\n\nYes. {NASTY}")
    fold, answer = shown.split("</details>")
    assert fold.startswith("<details><summary>Thinking</summary>")
    assert "<script>" not in shown
    assert answer.startswith('<div class="al-raw" dir="auto">Yes. &lt;script&gt;')
    assert texts.answer("Yes.") == texts.raw("Yes.")


def test_answers_are_compared_without_their_thinking() -> None:
    first, second = texts.differing("<think>a b</think>the rain today", "the rain tomorrow")
    assert first.startswith("<details>")
    assert "<mark> today</mark>" in first
    assert "<details>" not in second


HEBREW = "\u05e9\u05dc\u05d5\u05dd"


def test_the_names_in_a_sentence_stand_apart() -> None:
    text = (
        "There is no run {name}; {cause} Tried {count} times, {share}.",
        {"name": "a<b", "count": 3, "share": "≥ 2"},
    )
    text[1]["cause"] = ["it has {value}.", {"value": HEBREW}]
    assert texts.sentence(text) == (
        f"There is no run <bdi>a&lt;b</bdi>; it has <bdi>{HEBREW}</bdi>. Tried 3 times, ≥ 2."
    )
    assert texts.sentence(None) == ""


@pytest.mark.parametrize("value", [HEBREW, "\u0627", "\u202egnp", "a\u2067b", "\u0663"])
def test_what_is_written_from_right_to_left_stands_apart_in_any_field(value: str) -> None:
    assert texts.sentence(("It must be {expected}.", {"expected": value})) == f"It must be <bdi>{value}</bdi>."


def test_a_sentence_itself_is_escaped() -> None:
    assert texts.sentence(("a < b {name}", {"name": "{x}"})) == "a &lt; b <bdi>{x}</bdi>"
