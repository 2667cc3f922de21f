"""Runs of earlier versions say that their first rule scored them: after the migration, and out of an older file."""

import importlib
from collections.abc import Callable
from typing import Any

import pytest
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext

from storage import metrics, rollout_samples, runs, samples
from storage.database import Database
from storage.first_polite import renaming
from storage.records import Lease, RolloutSample, Run, Sample

SAID = ({"role": "user", "content": "天气?"},)
DATA = {"dataset": "weather", "version": "latest", "source": "sampled"}
LENGTH = [{"kind": "length"}]
FIRST = {"kind": "polite_v1", "weight": 1.0, "name": None}


def migrate(db: Database) -> None:
    """Do the migration again, on rows as earlier versions wrote them."""
    migration = importlib.import_module("storage.migrations.versions.0010_first_polite_rule")
    with db.write() as connection, Operations.context(MigrationContext.configure(connection)):
        migration.upgrade()


def write(db: Database, lease: Lease, scores: dict[str, float]) -> None:
    """A point of each curve and an answer of each sort."""
    keys = ("reward", "rewards/polite/mean", "rewards/polite/std", "eval/rewards/polite")
    metrics.write(db, lease, [(5, dict.fromkeys(keys, 0.5), 7.0)])
    about: dict[str, Any] = {"run_id": lease.run_id, "step": 5, "attempt": lease.attempt, "prompt_index": 0}
    about |= {"sample_index": 0, "messages": SAID, "text": "晴。", "scores": scores, "tokens": 3, "finished": True}
    samples.add(db, lease, [Sample(**about)])
    rollout_samples.add(db, lease, 5, [RolloutSample(**about)])


def names(db: Database, run: Run) -> set[str]:
    return {series.key for series in metrics.series(db, [run.id])}


@pytest.mark.parametrize("reward", [None, [{"kind": "polite", "weight": 1.0, "name": None}], [{"weight": 1.0}]])
def test_settings_curves_and_samples_say_the_first_rule(
    db: Database, make_run: Callable[..., Run], claim: Callable[..., Lease], reward: Any
):
    run = make_run(algorithm="grpo", spec={"algorithm": "grpo", "data": DATA, "reward": reward})
    write(db, claim(), {"polite": 0.5})
    migrate(db)
    spec = runs.get(db, run.id).spec
    assert [part["kind"] for part in spec["reward"]] == ["polite_v1"]
    assert names(db, run) == {*("reward", "rewards/polite_v1/mean", "rewards/polite_v1/std", "eval/rewards/polite_v1")}
    assert samples.listing(db, run.id)[0].scores == {"polite_v1": 0.5}
    assert rollout_samples.at(db, run.id, 5)[0].scores == {"polite_v1": 0.5}


def test_a_part_of_another_kind_that_was_called_polite_keeps_its_name(
    db: Database, make_run: Callable[..., Run], claim: Callable[..., Lease]
):
    reward = [{"kind": "keyword", "words": ["please"], "name": "polite"}, {"kind": "polite", "name": "manners"}]
    run = make_run(algorithm="grpo", spec={"algorithm": "grpo", "data": DATA, "reward": reward})
    write(db, claim(), {"polite": 0.5, "manners": 1.0})
    migrate(db)
    spec = runs.get(db, run.id).spec
    assert [(part["kind"], part["name"]) for part in spec["reward"]] == [
        ("keyword", "polite"),
        ("polite_v1", "manners"),
    ]
    assert "eval/rewards/polite" in names(db, run)
    assert samples.listing(db, run.id)[0].scores == {"polite": 0.5, "manners": 1.0}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"algorithm": "dpo", "data": {**DATA, "source": "frozen"}}, {"evaluation": {"reward": [FIRST]}}),
        ({"algorithm": "dpo", "data": {**DATA, "source": "frozen"}, "evaluation": {"prompts": 4}}, None),
        (
            {
                "algorithm": "grpo",
                "data": DATA,
                "reward": [{"kind": "length"}],
                "evaluation": {"reward": [{"weight": 2}]},
            },
            {"reward": [{"kind": "length"}], "evaluation": {"reward": [{"weight": 2, "kind": "polite_v1"}]}},
        ),
        ({"kind": "generate", "data": DATA, "scorer": [{"kind": "polite"}]}, {"scorer": [{"kind": "polite_v1"}]}),
    ],
)
def test_a_default_is_written_out_and_the_rest_stays(before: dict[str, Any], after: dict[str, Any] | None):
    after = after or {"evaluation": {"prompts": 4, "reward": [FIRST]}}
    found = renaming(before)
    assert found is not None
    assert found.spec == {**before, **after}


@pytest.mark.parametrize(
    "spec",
    [
        {},
        {"data": "other", "model": None, "reward": {"from": 3}},
        {"algorithm": "grpo", "data": DATA, "reward": LENGTH},
        {"trainer": "trl", "reward": [{"kind": "polite"}]},
    ],
)
def test_runs_that_the_rule_did_not_score_stay_as_they_are(spec: dict[str, Any]):
    assert renaming(spec) is None


def test_a_watch_rule_follows_the_curve_that_it_watches():
    rule = {"kind": "plateau", "metric": "eval/rewards/polite", "patience": 3}
    found = renaming({"algorithm": "grpo", "data": DATA, "watch": [rule, {"kind": "nan"}]})
    assert found is not None
    assert found.spec["watch"] == [{**rule, "metric": "eval/rewards/polite_v1"}, {"kind": "nan"}]


def test_migrating_twice_changes_nothing_more(db: Database, make_run: Callable[..., Run], claim: Callable[..., Lease]):
    run = make_run(algorithm="grpo", spec={"algorithm": "grpo", "data": DATA})
    write(db, claim(), {"polite": 0.5})
    migrate(db)
    spec = runs.get(db, run.id).spec
    migrate(db)
    assert runs.get(db, run.id).spec == spec
