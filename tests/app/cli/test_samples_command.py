"""`alignlab runs samples`: what scripts read is what is stored, and a wrong step or prompt is told which there are."""

import pytest

from storage import rollout_samples, samples
from storage.database import Database
from storage.records import Lease, RolloutSample, Sample
from tests.app import invented
from tests.app.cli.conftest import Alignlab

QUESTION = ({"role": "user", "content": "Why\nnow?"},)


@pytest.fixture
def lease(database: Database) -> Lease:
    lease = invented.started(database, "grpo", "sampled", 1_700_000_000.0)
    for step in (0, 5):
        rows = [
            Sample("", step, 1, prompt, 0, QUESTION, f"answer {prompt}", {"polite": reward}, 4, True, reward=reward)
            for prompt, reward in enumerate((0.25, 0.75 + step / 50, 0.5))
        ]
        samples.add(database, lease, rows)
    return lease


def test_the_newest_step_is_printed_in_the_order_that_is_asked_for(alignlab: Alignlab, lease: Lease):
    rows = alignlab("runs", "samples", lease.run_id, "--sort", "reward", "--json").json
    assert [(row["step"], row["prompt_index"], row["reward"]) for row in rows] == [
        (5, 1, 0.85),
        (5, 2, 0.5),
        (5, 0, 0.25),
    ]
    assert rows[0]["prompt"] == list(QUESTION)
    assert alignlab("runs", "samples", lease.run_id, "--sort", "worst", "--limit", "1", "--json").json == rows[2:]
    said = alignlab("runs", "samples", lease.run_id, "--step", "0", "--prompt", "1").out
    assert said == "step 0, prompt 1, sample 0: reward 0.75, polite 0.75, 4 tokens\n  > Why now?\n  answer 1\n\n"


def test_one_prompt_is_printed_at_all_steps(alignlab: Alignlab, lease: Lease):
    rows = alignlab("runs", "samples", lease.run_id, "--prompt", "1", "--json").json
    assert [(row["step"], row["reward"]) for row in rows] == [(0, 0.75), (5, 0.85)]


def test_groups_that_were_trained_on_are_printed_apart(alignlab: Alignlab, database: Database, lease: Lease):
    assert alignlab("runs", "samples", lease.run_id, "--training", "--json").json == []
    trained = RolloutSample("", 0, 0, 0, 0, QUESTION, "Yo", {}, 2, finished=False, reward=0.5, advantage=-1.25)
    rollout_samples.add(database, lease, 5, [trained])
    (row,) = alignlab("runs", "samples", lease.run_id, "--training", "--json").json
    assert (row["advantage"], row["trained"], row["step"]) == (-1.25, True, 5)
    assert "advantage -1.25, 2 tokens, cut" in alignlab("runs", "samples", lease.run_id, "--training").out


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--step", "3"], "has no answers at step 3. There are: 0, 5."),
        (["--prompt", "9"], "has no prompt 9. They are numbered from 0 to 2."),
        (["--prompt", "9", "--step", "5"], "has no prompt 9 there. The last is 2."),
        (["--sort", "size"], "There is no order size. There are: prompt, reward, best, worst, changed."),
    ],
)
def test_what_is_not_there_is_told_with_what_is(alignlab: Alignlab, lease: Lease, options: list[str], sentence: str):
    answer = alignlab("runs", "samples", lease.run_id, *options, "--json")
    assert (answer.code, answer.out) == (2, "")
    assert sentence in answer.err
