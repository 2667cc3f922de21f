"""A step's samples sorted, searched and in pages; pass rates; groups of rollouts, which never mix with them."""

from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from storage import metrics, rollout_samples, sample_lists, samples
from storage.database import Database
from storage.errors import LeaseLost
from storage.migrations import config
from storage.records import Lease, RolloutSample, Sample
from storage.sample_lists import Filter, Sort
from tests.storage.test_metrics import next_attempt

FIRST = (0.95, 0.9, 0.5, None)
LATER = (0.4, 0.8, 0.9, 0.2)
TEXTS = ("A cat or star.", "请看 100%", 'He said "no".', "under_score")


def sample(step: int, prompt: int, reward: float | None, **more: Any) -> Sample:
    messages = ({"role": "user", "content": f"第{prompt} question"},)
    return Sample("", step, 1, prompt, 0, messages, TEXTS[prompt], {"polite": 0.5}, 3, True, reward=reward, **more)


@pytest.fixture
def looked_through(db: Database, lease: Lease) -> str:
    for step, rewards in ((0, FIRST), (5, LATER)):
        samples.add(db, lease, [sample(step, prompt, reward) for prompt, reward in enumerate(rewards)])
    return lease.run_id


def prompts(db: Database, run_id: str, **query: Any) -> list[int]:
    listed, total = sample_lists.page(db, run_id, 5, **query)
    assert total >= len(listed)
    return [one.sample.prompt_index for one in listed]


@pytest.mark.parametrize(
    ("sort", "order"), [("prompt", [0, 1, 2, 3]), ("best", [2, 1, 0, 3]), ("worst", [3, 0, 1, 2]), ("changed", None)]
)
def test_samples_are_sorted(db: Database, looked_through: str, sort: Sort, order: list[int] | None):
    changed = [0, 2, 1, 3]  # by -0.55, 0.4 and -0.1; nothing is known of what had no reward at step 0
    assert prompts(db, looked_through, sort=sort) == (order or changed)


def test_a_page_says_how_many_there_are_and_what_each_was_worth_at_first(db: Database, looked_through: str):
    listed, total = sample_lists.page(db, looked_through, 5, sort="best", limit=2, offset=1)
    assert ([one.sample.reward for one in listed], total) == ([0.8, 0.4], 4)
    assert [one.first_reward for one in listed] == [0.9, 0.95]
    assert listed[0].sample == samples.listing(db, looked_through, step=5)[1]


SEARCHES = {"CAT": [0], "100%": [1], "r_s": [3], '"no"': [2], "第2": [2], "question": [0, 1, 2, 3], "zz": []}


@pytest.mark.parametrize(("text", "found"), SEARCHES.items(), ids=SEARCHES)
def test_texts_and_prompts_are_searched_as_they_are_read(
    db: Database, looked_through: str, text: str, found: list[int]
):
    assert prompts(db, looked_through, where=Filter(search=text)) == found


def test_a_range_of_rewards_holds_its_lower_edge(db: Database, looked_through: str):
    assert prompts(db, looked_through, where=Filter(0.4, 0.9)) == [0, 1]
    assert prompts(db, looked_through, where=Filter(0.4, 0.9, below=False)) == [0, 1, 2]
    assert sample_lists.rewards(db, looked_through, 0) == [0.5, 0.9, 0.95]


def test_what_there_is_to_look_through(db: Database, looked_through: str):
    assert sample_lists.overview(db, looked_through) == ([0, 5], 4, 0.2, 0.95)
    assert sample_lists.overview(db, "none") == ([], 0, None, None)
    assert [one.reward for one in sample_lists.of_prompt(db, looked_through, 1)] == [0.9, 0.8]
    assert sample_lists.prompts(db, looked_through, [2])[2][0]["content"] == "第2 question"


def test_pass_rates_count_the_samples_that_have_a_reward(db: Database, lease: Lease, looked_through: str):
    again = [replace(sample(9, 0, reward), sample_index=index) for index, reward in enumerate((0.5, 0.7, None, 0.1))]
    samples.add(db, lease, again)
    rates = {(one.prompt_index, one.step): one[2:] for one in sample_lists.passes(db, looked_through, 0.5)}
    assert rates[0, 9] == (2, 3)
    assert (rates[0, 0], rates[1, 0], rates[2, 5]) == ((1, 1), (1, 1), (1, 1))
    assert (3, 0) not in rates, "nothing is known of it"


def trained(prompt: int, index: int, **more: Any) -> RolloutSample:
    return RolloutSample("", 0, 0, prompt, index, ({"role": "user", "content": "Hi"},), "Yo", {}, 2, True, **more)


def test_groups_of_a_rollout_come_back_and_are_no_held_out_samples(db: Database, lease: Lease):
    rollout_samples.add(db, lease, 5, [trained(0, 1, advantage=-1.5, trained=False), trained(0, 0, reward=0.5)])
    first, second = rollout_samples.at(db, lease.run_id, 5)
    assert (first.run_id, first.attempt, first.step, first.reward) == (lease.run_id, lease.attempt, 5, 0.5)
    assert (second.advantage, second.trained, second.messages) == (-1.5, False, ({"role": "user", "content": "Hi"},))
    assert samples.listing(db, lease.run_id) == []
    rollout_samples.add(db, lease, 5, [trained(0, 0)])
    assert len(rollout_samples.at(db, lease.run_id, 5)) == 1
    with pytest.raises(LeaseLost):
        rollout_samples.add(db, Lease(lease.run_id, 9, lease.slot), 6, [trained(0, 0)])


def test_a_rewind_leaves_no_group_past_its_step(db: Database, lease: Lease):
    for step in (5, 6, 10):
        rollout_samples.add(db, lease, step, [trained(0, 0)])
    metrics.rewind(db, next_attempt(db, lease), 6, now=202.0)
    assert rollout_samples.steps(db, lease.run_id) == [5, 6]


@pytest.mark.parametrize(
    ("spec", "scores", "reward"),
    [
        ({}, {"polite": 0.5}, 0.5),
        ({"reward": [{"kind": "length", "weight": 2}, {"kind": "regex", "name": "a"}]}, {"length": 0.5, "a": 1}, 2.0),
        ({"evaluation": {"reward": [{"kind": "length"}]}, "reward": [{"kind": "polite"}]}, {"length": 0.25}, 0.25),
        ({"reward": [{"kind": "plugin", "plugin": "x"}]}, {"two": 0.5, "parts": 1}, None),
        ({"reward": "odd"}, {"polite": 0.5}, None),
    ],
)
def test_samples_of_older_versions_get_the_reward_that_their_settings_say(
    db: Database, make_run: Any, claim: Any, spec: dict[str, Any], scores: dict[str, float], reward: float | None
):
    run = make_run(spec=spec)
    samples.add(db, claim(), [replace(sample(0, 0, None), scores=scores)])
    migrate_again(db)
    assert samples.listing(db, run.id)[0].reward == reward


def migrate_again(db: Database) -> None:
    """Take the newest migration back by hand, and do it again."""
    from alembic import command

    with db.write() as connection:
        connection.execute(sa.text("DROP TABLE rollout_samples"))
        connection.execute(sa.text("DROP INDEX ix_samples_rewards"))
        for column in ("reward", "kl"):
            connection.execute(sa.text(f"ALTER TABLE samples DROP COLUMN {column}"))
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0005'"))
        command.upgrade(config(connection), "0006")
