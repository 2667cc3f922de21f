"""Answers of an end evaluation: apart from those along the run, and as an array of rewards by prompt."""

from dataclasses import replace

import numpy as np
import pytest

from storage import final_samples, metrics, prompt_rewards, samples
from storage.database import Database
from storage.errors import LeaseLost
from storage.item_content import prompt_key
from storage.records import Lease, Sample
from tests.storage.test_metrics import next_attempt
from tests.storage.test_samples import sample


def answer(step: int, prompt: int, number: int, reward: float | None) -> Sample:
    messages = ({"role": "user", "content": f"Question {prompt}"},)
    return replace(sample(step, prompt=prompt, reward=reward), sample_index=number, messages=messages)


PLACES = [(step, prompt, number) for step in (0, 9) for prompt in (1, 0) for number in (0, 1)]
ROWS = [answer(step, prompt, number, step + prompt + number / 10) for step, prompt, number in PLACES]


def test_rewards_are_an_array_by_prompt_of_the_last_step_or_the_first(db: Database, lease: Lease):
    assert prompt_rewards.at_step(db, lease.run_id, 9, final=True) is None
    final_samples.add(db, lease, ROWS)
    last, first = (prompt_rewards.at_step(db, lease.run_id, step, final=True) for step in (9, 0))
    assert last is not None
    assert first is not None
    assert (first.step, last.step) == (0, 9)
    np.testing.assert_allclose(last.rewards, [[9, 9.1], [10, 10.1]])
    np.testing.assert_allclose(first.rewards, [[0, 0.1], [1, 1.1]])
    assert prompt_rewards.asked(db, lease.run_id, 9, final=True).keys() == set(last.prompts)
    assert last.prompts == tuple(prompt_key(({"role": "user", "content": f"Question {n}"},)) for n in (0, 1))


def test_an_answer_without_a_reward_is_no_number(db: Database, lease: Lease):
    final_samples.add(db, lease, [answer(9, 0, 0, None), answer(9, 0, 1, 0.5), answer(9, 1, 0, 0.25)])
    found = prompt_rewards.at_step(db, lease.run_id, 9, final=True)
    assert found is not None
    np.testing.assert_array_equal(found.rewards, [[np.nan, 0.5], [0.25, np.nan]])
    assert prompt_rewards.at_step(db, lease.run_id, 0, final=True) is None, "nothing is kept of step 0"


def test_they_are_none_of_the_answers_along_the_run(db: Database, lease: Lease):
    samples.add(db, lease, [sample(5)])
    final_samples.add(db, lease, ROWS)
    assert samples.steps(db, lease.run_id) == [5]
    kept = final_samples.listing(db, lease.run_id, step=9)
    assert [(one.prompt_index, one.sample_index) for one in kept] == [(0, 0), (0, 1), (1, 0), (1, 1)]


def test_an_evaluation_that_is_done_again_replaces_them(db: Database, lease: Lease):
    final_samples.add(db, lease, ROWS)
    final_samples.add(db, lease, [answer(9, 0, 0, 0.5)])
    assert final_samples.steps(db, lease.run_id) == [9]
    with pytest.raises(LeaseLost):
        final_samples.add(db, Lease(lease.run_id, 9, lease.slot), ROWS)


def test_they_go_with_what_lies_past_a_checkpoint(db: Database, lease: Lease):
    final_samples.add(db, lease, ROWS)
    metrics.rewind(db, next_attempt(db, lease), 3, now=200.0)
    assert final_samples.steps(db, lease.run_id) == [0]
