"""Comparing runs: what is said of them, and which settings differ. The runs are invented, never stored."""

from dataclasses import replace
from typing import Any

import pytest

from engine.analysis.comparison import (
    MOST_NAMES,
    ComparedRun,
    Conditions,
    comparability_warnings,
    differing_settings,
    on_one_scale,
    refusal,
)
from words import english

ALIKE = Conditions(data="weather@4c1e9b", evaluation="weather x 48", reward="polite", reference="starter", budget="300")


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


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ("evaluation", "No verdict: these runs were measured on different held-out prompts."),
        ("reward", "No verdict: their held-out answers were scored by different rewards."),
        ("reference", "No verdict: these runs started from different models."),
        ("data", "No verdict: these runs were trained on different data."),
        ("budget", "No verdict: these runs had different budgets."),
    ],
)
def test_a_verdict_is_refused_where_runs_cannot_be_compared(condition: str, words: str) -> None:
    other = under("b", **{condition: "other"})
    assert english(refusal([run("a"), other])) == words
    assert on_one_scale([run("a"), other]) == (condition in ("data", "budget"))


def test_a_verdict_is_refused_of_runs_that_are_not_done_or_not_known() -> None:
    assert refusal([run("a"), run("b")]) is None
    assert "not all of these runs are done" in english(refusal([run("a"), run("b", progress="active")]))
    assert "spent their budget" in english(refusal([run("a"), run("b", progress="cut short")]))
    foreign = [run("a"), run("b", conditions=None)]
    assert "not known whether" in english(refusal(foreign))
    assert not on_one_scale(foreign)
