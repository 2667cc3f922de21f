"""The sentences of a run's estimate."""

from html import unescape

import pytest

from app.launch import estimate
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
