"""Before and after: counts over all prompts, and examples that do not contradict them."""

import time
from dataclasses import replace

import pytest

from app.samples import before_and_after
from storage import final_samples, runs
from storage.database import Database
from storage.records import Sample
from tests.app import invented
from tests.app.conftest import open_page, words

EMPTY = Sample("r", 0, 1, 0, 0, ({"role": "user", "content": "?"},), "answer", {}, 3, True)


def answers(step: int, *rewards: float | tuple[float, ...] | None) -> list[Sample]:
    """An answer to each prompt with its reward, or several to one."""
    by_prompt = [each if isinstance(each, tuple) else (each,) for each in rewards]
    return [
        replace(EMPTY, step=step, prompt_index=prompt, sample_index=index, reward=reward, text=f"{prompt}.{index}")
        for prompt, own in enumerate(by_prompt)
        for index, reward in enumerate(own)
    ]


def test_the_examples_are_those_whose_change_is_nearest_to_the_median() -> None:
    changes = before_and_after.compared(answers(0, 0.5, 0.1, 0.1, 0.1, 0.4), answers(9, 0.0, 0.9, 0.4, 0.2, 0.4))
    assert [change.reward for change in changes] == pytest.approx([-0.5, 0.8, 0.3, 0.1, 0.0])
    assert [change.last.prompt_index for change in before_and_after.usual(changes)] == [3, 4, 2], "the median is 0.1"
    summary = str(before_and_after._summary(changes))
    assert all(part in summary for part in ("5 prompts:", "3 improved", "1 equal", "1 worse", "the median, +0.1"))


def test_of_several_answers_the_one_nearest_to_their_mean_is_shown() -> None:
    (change,) = before_and_after.compared(answers(0, 0.2), answers(9, (0.0, 1.0, 0.6, 0.8)))
    assert (change.last.text, change.reward) == ("0.2", pytest.approx(0.4))


def test_without_rewards_the_first_prompts_are_shown_and_nothing_is_counted() -> None:
    changes = before_and_after.compared(answers(0, *[None] * 5), answers(9, *[None] * 5))
    assert [change.last.prompt_index for change in before_and_after.usual(changes)] == [0, 1, 2]
    assert "improved" not in before_and_after._summary(changes)


def test_the_end_evaluation_goes_before_the_curve_s_samples(empty: Database) -> None:
    lease = invented.started(empty, "dpo", "ended", time.time())
    assert before_and_after.evaluated(empty, lease.run_id) is None
    invented.advance(empty, lease, 0, 25, time.time())
    answered = before_and_after.evaluated(empty, lease.run_id)
    assert answered is not None
    assert [each[0].step for each in answered] == [0, 25]
    final_samples.add(empty, lease, [*answers(0, 0.1), *answers(30, (0.9, 0.7))])
    answered = before_and_after.evaluated(empty, lease.run_id)
    assert answered is not None
    assert [(each[0].step, len(each)) for each in answered] == [(0, 1), (30, 2)]


def test_a_prompt_that_was_answered_once_is_not_compared() -> None:
    assert len(before_and_after.compared(answers(0, 0.1, 0.2), answers(9, 0.3))) == 1


def test_the_page_says_how_many_improved_and_how_its_examples_were_chosen(filled: Database) -> None:
    said = words(open_page("run", id=runs.listing(filled, states=["succeeded"])[0].id))
    assert "improved" in said
    assert "nearest to the median" in said
