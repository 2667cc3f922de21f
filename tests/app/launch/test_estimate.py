"""The sentences of a run's estimate."""

from html import unescape

import pytest

from app.launch import estimate
from engine.spec import Problem
from engine.spec.answers import PreflightAnswer
from tests.answers import ESTIMATE


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(8, "30 s"), (50, "1 min"), (80, "1 min"), (130, "2 min"), (200, "3 min"), (1000, "15 min"), (9000, "2 h")],
)
def test_a_time_is_told_in_steps_as_wide_as_the_guess_is_good(seconds: float, shown: str) -> None:
    assert f"about <b>{shown}</b>, an estimate" in unescape(
        estimate.facts(ESTIMATE.model_copy(update={"seconds": seconds}))
    )


def test_how_much_is_sampled_is_told_where_answers_are_sampled() -> None:
    assert "a rollout" not in estimate.facts(ESTIMATE)
    sampled = estimate.facts(ESTIMATE.model_copy(update={"rollout_prompts": 64, "completions": 1}))
    assert "64 prompts a rollout · 1 answer an update" in sampled


@pytest.mark.parametrize(
    ("split", "named", "shown"),
    [(True, None, "held out"), (False, None, "the prompts it trains on"), (False, "others", "others")],
)
def test_it_is_told_what_the_run_is_evaluated_on(split: bool, named: str | None, shown: str) -> None:
    sentences = estimate.facts(ESTIMATE.model_copy(update={"split": split, "evaluated_on": named}))
    assert shown in sentences
    assert ("too few" in sentences) is (not split and named is None)


def test_the_line_that_stays_in_view_has_the_figures_that_decide_or_what_keeps_the_run_from_being_launched() -> None:
    def brief(*problems: Problem) -> str:
        answer = PreflightAnswer(problems=problems, warnings=(), estimate=None if problems else ESTIMATE, spec=None)
        return unescape(estimate.figures(answer)).rpartition('<p class="al-brief" aria-hidden="true">')[2]

    assert "120 steps · <b>2 min</b><br><b>390 MB</b> of" in brief()
    one = Problem("optimizer.batch_size", ("{path} is too large.", {"path": "optimizer.batch_size"}))
    assert "Batch size is too large." in brief(one)
    assert "2 things to put right" in brief(one, Problem("data.dataset", ("It is empty.", {})))
