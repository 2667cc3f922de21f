"""Columns that a person chooses order runs, and groups by a value have the mean and the spread of their results."""

import statistics
from collections.abc import Callable

import pytest

from storage import metrics, queue, run_groups, run_label_writes, run_lists, study_writes
from storage.database import Database
from storage.records import Lease, Run
from storage.run_columns import MetricColumn, SettingColumn
from storage.run_facets import RunFacets
from storage.run_groups import GroupedBy, GroupTotals
from storage.run_lists import Order
from storage.run_tags import TagChanges

RATE = SettingColumn("optimizer.learning_rate", "learning_rate")
RATES = (2e-4, "auto", 1e-5, 2e-4, None)
DRAFT = {"kind": "train", "algorithm": "dpo", "lane": "train", "spec": {}}
REWARDS = (0.5, 0.25, 1.0, 0.75, 0.0)


@pytest.fixture
def sweep(db: Database, make_run: Callable[..., Run], claim: Callable[..., Lease | None]) -> list[str]:
    """Runs of several learning rates, `auto` being 3e-3 and one without any, that succeeded with a reward."""
    ids = []
    for number, (rate, reward) in enumerate(zip(RATES, REWARDS, strict=True)):
        optimizer = {} if rate is None else {"learning_rate": rate}
        run = make_run(f"run {number}", spec={"optimizer": optimizer, "seed": number}, now=float(number))
        lease = claim()
        assert lease is not None
        queue.resolve(db, lease, {} if rate is None else {"learning_rate": 3e-3})
        metrics.write(db, lease, [(1, {"eval/reward": 9.0}, 1.0), (2, {"eval/reward": reward}, 2.0)])
        queue.finish(db, lease, "succeeded", now=50.0)
        ids.append(run.id)
    return ids


@pytest.mark.parametrize(
    ("column", "rising"),
    [
        (RATE, [2, 0, 3, 1, 4]),
        (SettingColumn("seed", "seed"), [0, 1, 2, 3, 4]),
        (MetricColumn("eval/reward"), [4, 1, 0, 3, 2]),
        (MetricColumn("eval/reward", "minimum"), [4, 1, 0, 3, 2]),
    ],
)
def test_runs_come_in_the_order_of_a_chosen_column(
    db: Database, sweep: list[str], column: SettingColumn | MetricColumn, rising: list[int]
):
    found = [sweep.index(run.id) for run in run_lists.search(db, order=Order(column, descending=False))]
    assert [*found[:1], *sorted(found[1:3]), *found[3:]] == rising if column == RATE else found == rising
    last = run_lists.search(db, order=Order(column))[-1].id
    assert sweep.index(last) == (4 if column == RATE else rising[0]), "what has no value is last either way"


def test_a_group_has_mean_and_deviation_of_its_results(db: Database, sweep: list[str]):
    by_rate = {group.value: group for group in run_groups.groups(db, RATE, "eval/reward")}
    assert list(by_rate) == [1e-5, 2e-4, 3e-3, None]
    pair = by_rate[2e-4]
    assert (pair.runs, pair.measured, pair.mean) == (2, 2, statistics.mean((0.5, 0.75)))
    assert pair.deviation == pytest.approx(statistics.stdev((0.5, 0.75)))
    assert by_rate[1e-5] == GroupTotals(1e-5, 1, 1, 1.0, None)


@pytest.mark.parametrize("by", [RATE, "method", "dataset", "tag", "study"])
def test_every_run_is_in_the_group_of_its_value(db: Database, sweep: list[str], by: GroupedBy):
    run_label_writes.change_tags(db, sweep[:2], TagChanges(added=("good",)))
    study_writes.create(db, [{**DRAFT, "name": name} for name in ("one", "two")], name="study", spec={}, now=60.0)
    everything = {run.id for run in run_lists.search(db)}
    assert len(everything) == len(sweep) + 2
    members = [
        {run.id for run in run_lists.search(db, within=run_groups.condition(by, group.value, "sqlite"))}
        for group in run_groups.groups(db, by, "eval/reward")
    ]
    assert set().union(*members) == everything
    assert [len(runs) for runs in members] == [group.runs for group in run_groups.groups(db, by, "eval/reward")]


def test_a_run_with_two_tags_is_in_two_groups_of_those_that_match(db: Database, sweep: list[str]):
    run_label_writes.change_tags(db, sweep[:2], TagChanges(added=("good",)))
    run_label_writes.change_tags(db, sweep[:1], TagChanges(added=("best",)))
    groups = run_groups.groups(db, "tag", "eval/reward", facets=RunFacets(tag="good"))
    assert [(group.value, group.runs, group.mean) for group in groups] == [("best", 1, 0.5), ("good", 2, 0.375)]


def test_only_a_run_that_succeeded_counts_for_a_result(db: Database, lease: Lease):
    metrics.write(db, lease, [(1, {"eval/reward": 1.0}, 1.0)])
    assert run_groups.groups(db, "method", "eval/reward") == [GroupTotals("dpo", 1, 0, None, None)]
