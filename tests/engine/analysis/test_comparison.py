"""Comparing runs: what is said of them, which settings differ, and who leads. The runs are invented, never stored."""

import math
import string
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.analysis.comparison import (
    MOST_NAMES,
    ComparedRun,
    Conditions,
    best,
    comparability_warnings,
    differing_settings,
    leader,
)
from words import english

ALIKE = Conditions(data="weather@4c1e9b", evaluation="weather x 48", reward="polite", reference="starter", budget="300")
NAMES = st.text(string.ascii_lowercase, min_size=1, max_size=2)
FINITE = st.floats(-1e6, 1e6)


def run(name: str, **fields: Any) -> ComparedRun:
    return replace(ComparedRun(name, "completed", {}, ALIKE), **fields)


def under(name: str, **conditions: str) -> ComparedRun:
    """A run with other conditions."""
    return run(name, conditions=replace(ALIKE, **conditions))


def warnings(*runs: ComparedRun) -> list[str]:
    return [english(text) for text in comparability_warnings(runs)]


def test_runs_on_equal_terms_raise_no_warning() -> None:
    assert warnings(run("a"), run("b"), run("c")) == []


@pytest.mark.parametrize(
    ("condition", "sentence"),
    [
        ("data", "They were trained on different data (weather@4c1e9b: a, c; other: b): what the data does and what"),
        ("evaluation", "They were measured on different held-out prompts (weather x 48: a, c; other: b): their"),
        ("reward", "Their held-out answers were scored by different rewards (polite: a, c; other: b): held-out"),
        ("reference", "They started from different models (starter: a, c; other: b): KL is measured"),
        ("budget", "They had different budgets (300: a, c; other: b): the one with more"),
    ],
)
def test_each_condition_that_differs_is_one_sentence_with_who_has_which(condition: str, sentence: str) -> None:
    (warning,) = warnings(run("a"), under("b", **{condition: "other"}), run("c"))
    assert warning.startswith(sentence)


def test_every_condition_has_a_sentence_and_they_come_in_a_fixed_order() -> None:
    everything = dict.fromkeys(vars(ALIKE), "other")
    subjects = ("different data", "held-out prompts", "different rewards", "different models", "different budgets")
    sentences = warnings(run("a"), under("b", **everything))
    assert [subject in sentence for subject, sentence in zip(subjects, sentences, strict=True)] == [True] * 5


def test_a_run_without_conditions_is_named_and_compared_with_nobody() -> None:
    foreign = run("foreign", conditions=None)
    (warning,) = warnings(run("a"), foreign)
    assert warning.startswith("foreign came without a run file")
    assert warnings(foreign) == [], "alone it is compared with nothing"


def test_runs_that_are_not_done_and_runs_cut_short_are_named() -> None:
    assert warnings(run("a"), run("b", progress="active"), run("c", progress="cut short")) == [
        "Ended before its budget was spent: c.",
        "Not done yet: b. These figures will still change.",
    ]


def test_of_many_runs_the_first_few_are_named_and_all_are_counted() -> None:
    active = [run(name, progress="active") for name in "abcdef"]
    assert MOST_NAMES == 4
    assert warnings(*active) == ["Not done yet: a, b, c, d … (6). These figures will still change."]


def test_only_settings_that_differ_are_listed_in_the_order_of_their_first_run() -> None:
    first = run("a", settings={"beta": "0.1", "seedless": "x", "batch_size": "8"})
    second = run("b", settings={"clip": "0.2", "batch_size": "16", "seedless": "x"})
    assert differing_settings([first, second]) == [
        ("beta", ["0.1", None]),
        ("batch_size", ["8", "16"]),
        ("clip", [None, "0.2"]),
    ]
    assert differing_settings([first, first]) == []


@given(st.dictionaries(NAMES, FINITE, min_size=2))
def test_the_leader_is_at_least_as_high_as_all_others(values: dict[str, float]) -> None:
    lead = leader(values)
    assert lead is not None
    assert lead.first_value == max(values.values())
    assert lead.second_value == max(value for name, value in values.items() if name != lead.first)
    assert lead.margin == lead.first_value - lead.second_value >= 0


def test_a_value_that_is_not_finite_never_leads() -> None:
    assert leader({"a": math.inf, "b": math.nan, "c": 0.5}) is None
    lead = leader({"a": math.inf, "b": 0.25, "c": 0.5})
    assert lead is not None
    assert (lead.first, lead.second) == ("c", "b")
    assert leader({}) is None


def test_a_lead_that_rounding_hides_is_a_tie() -> None:
    lead = leader({"a": 0.5004, "b": 0.5001})
    assert lead is not None
    assert lead.is_tie("{:.3f}".format)
    assert not lead.is_tie("{:.4f}".format)


@given(st.dictionaries(NAMES, FINITE, min_size=2))
def test_the_best_on_one_side_is_the_best_of_the_negated_values_on_the_other(values: dict[str, float]) -> None:
    negated = {name: -value for name, value in values.items()}
    assert best(values, "up") == best(negated, "down")
    assert best(values, "up") in {None, *(name for name in values if values[name] == max(values.values()))}


def test_nobody_is_best_in_a_tie_alone_or_where_the_best_is_not_finite() -> None:
    assert best({"a": 1.0, "b": 1.0, "c": 0.0}, "up") is None
    assert best({"a": 1.0, "b": 1.0, "c": 0.0}, "down") == "c"
    assert best({"a": 1.0}, "up") is None
    assert best({"a": 1.0, "b": math.inf}, "up") is None
    assert best({}, "up") is None
