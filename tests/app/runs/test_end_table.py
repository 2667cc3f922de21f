"""The table of a run's end evaluation: each figure at both ends with its interval, and nothing where there is none."""

from app.runs import end_table
from storage import metrics, runs
from storage.database import Database
from tests.app import invented


def test_every_figure_stands_at_both_ends_with_what_it_rests_on(empty: Database) -> None:
    lease = invented.started(empty, "dpo", "a", 1_000.0)
    metrics.write(empty, lease, [(step, {"eval/reward": 0.5}, 1_000.0) for step in (0, 300)])
    series = metrics.by_run(empty, [lease.run_id])[lease.run_id]
    assert end_table.table(series) == ""
    invented.report(empty, lease, 300, 1_000.0)
    text = end_table.table(metrics.by_run(empty, [lease.run_id])[lease.run_id]).striptags()
    assert "Reward at the end?0.430 ± 0.0400.760 ± 0.04095 %, 32 prompts" in text
    assert text.index("Reward at the end") < text.index("Reward gained") < text.index("KL to the reference at the end")


def test_a_run_that_came_to_its_end_without_one_is_known(filled: Database) -> None:
    found = {run.name: run for run in runs.listing(filled)}
    for name, missing in (("polite-dpo-seed0", False), ("polite-dpo-seed1", False), ("dpo-learning-rate-2e-2", False)):
        run = found[name]
        series = metrics.by_run(filled, [run.id])[run.id]
        assert end_table.is_missing(run, series) is missing
        without = {key: each for key, each in series.items() if not key.startswith("final/")}
        assert end_table.is_missing(run, without) is (run.state == "succeeded")
