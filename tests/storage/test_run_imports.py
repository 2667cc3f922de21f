"""Imported runs: all of a source or nothing, once, and more of it in the place of what there was."""

import math
from pathlib import Path

import pytest
import sqlalchemy as sa

from storage import (
    event_exports,
    metrics,
    queue,
    rollout_samples,
    run_import_writes,
    run_removal_writes,
    run_sources,
    runs,
    samples,
    tables,
)
from storage.database import Database
from storage.errors import Invalid
from storage.foreign_runs import event_writing
from storage.foreign_runs.find import find
from storage.foreign_runs.foreign_run import Completion, ForeignRun, Point, Records, Rewind
from storage.run_import_writes import import_run
from storage.run_sources import ImportedRun, Vocabulary
from tests.storage.foreign_runs import sources

PLAIN = Vocabulary(lambda key: key.removeprefix("train/"), lambda keys, settings, trainer="": None)


def foreign(folder: Path, *records: Point | Rewind | Completion, content: str = "") -> ForeignRun:
    folder.mkdir(exist_ok=True)
    file = folder / "file"
    file.write_text(content)
    return ForeignRun("tensorboard", "theirs", folder, (file,), lambda run: iter(records))


def imported(db: Database, run: ForeignRun, now: float = 500.0) -> ImportedRun:
    return import_run(db, run, PLAIN, now=now)


def curve(db: Database, run_id: str, key: str) -> list[tuple[int, float]]:
    return [(step, value) for _, step, value, _ in metrics.points(db, run_id, key)]


def rows(db: Database) -> list[int]:
    """How many runs, series, points and sources there are."""
    with db.read() as connection:
        counted = (tables.Run, tables.Series, tables.Point, tables.RunSource)
        return [connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() for table in counted]


def test_an_imported_run_has_its_curves_settings_and_times(db: Database, tmp_path: Path) -> None:
    source = foreign(tmp_path, Point("train/loss", 0, 0.5, 100.0), Point("train/loss", 9, math.nan, 190.0))
    source.settings = {"beta": 0.1, "data": "their word", "model_name_or_path": "org/base"}
    run = imported(db, source).run
    assert curve(db, run.id, "loss")[0] == (0, 0.5)
    assert math.isnan(curve(db, run.id, "loss")[1][1])
    assert (run.origin, run.state, run.step, run.fraction) == ("imported", "succeeded", 9, 1.0)
    assert (run.started_at, run.finished_at, run.model) == (100.0, 190.0, "org/base")
    assert run.spec == {"beta": 0.1, "model_name_or_path": "org/base", "settings": {"data": "their word"}}
    assert run_sources.get(db, run.id) == run_sources.RunSource(run.id, "tensorboard", str(tmp_path), 500.0, 0)


def test_an_imported_run_is_nobodys_to_claim_or_to_resume(db: Database, tmp_path: Path) -> None:
    source = foreign(tmp_path, Point("loss", 0, 0.5, 1.0))
    source.state = "stopped"
    run = imported(db, source).run
    assert queue.claim(db, host="h", device="cpu", lane="train", seconds=60, now=1.0) is None
    for refused in (lambda: queue.resume(db, run.id, 2.0), lambda: queue.request(db, run.id, "stop", 2.0)):
        with pytest.raises(Invalid, match="was not made here"):
            refused()


def test_the_same_source_is_imported_once_also_from_another_place(db: Database, tmp_path: Path) -> None:
    first = imported(db, foreign(tmp_path / "a", Point("loss", 0, 0.5, 1.0))).run
    for place in ("a", "b"):
        with pytest.raises(Invalid, match=f"This was imported already: it is the run theirs, {first.id}"):
            imported(db, foreign(tmp_path / place, Point("loss", 0, 0.5, 1.0)))
    assert rows(db) == [1, 1, 1, 1]


def test_more_of_a_source_takes_the_place_of_what_there_was(db: Database, tmp_path: Path) -> None:
    first = imported(db, foreign(tmp_path, Point("loss", 0, 0.5, 1.0), Completion(0, "Why?", "So.", {})))
    longer = foreign(tmp_path, Point("loss", 0, 0.5, 1.0), Point("loss", 1, 0.4, 2.0), content="longer")
    again = imported(db, longer)
    assert (again.updated, again.run.id, again.run.step) == (True, first.run.id, 1)
    assert curve(db, again.run.id, "loss") == [(0, 0.5), (1, 0.4)]
    assert rollout_samples.steps(db, again.run.id) == []
    assert rows(db) == [1, 1, 2, 1]


def test_a_damaged_source_leaves_nothing_and_spares_what_there_was(db: Database, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(run_import_writes, "POINTS_AT_ONCE", 2)

    def broken(run: ForeignRun) -> Records:
        yield from (Point("loss", step, 9.0, 1.0) for step in range(5))
        raise Invalid("damaged")

    good = imported(db, foreign(tmp_path / "a", Point("loss", 0, 0.5, 1.0))).run
    for folder in (tmp_path / "a", tmp_path / "b"):
        damaged = foreign(folder, content="damaged")
        damaged.read = broken
        with pytest.raises(Invalid, match="damaged"):
            imported(db, damaged)
    with pytest.raises(Invalid, match="There is no value of any metric"):
        imported(db, foreign(tmp_path / "c", content="empty"))
    assert rows(db) == [1, 1, 1, 1]
    assert curve(db, good.id, "loss") == [(0, 0.5)]


def test_what_a_killed_import_left_is_cleared_by_the_next(db: Database, tmp_path: Path) -> None:
    run = imported(db, foreign(tmp_path, Point("loss", 0, 0.5, 1.0)), now=100.0).run
    with db.write() as connection:
        connection.execute(sa.update(tables.Run).values(state="running"))
    again = foreign(tmp_path, Point("loss", 0, 0.5, 1.0))
    with pytest.raises(Invalid, match="is being imported just now"):
        imported(db, again, now=200.0)
    assert imported(db, again, now=1000.0).run.id != run.id
    assert rows(db) == [1, 1, 1, 1]


def test_a_rewind_takes_back_what_came_after(db: Database, tmp_path: Path) -> None:
    points = [Point("loss", step, 1.0, 1.0) for step in range(6)]
    later = [Rewind("loss", 2), Point("loss", 2, 5.0, 2.0)]
    run = imported(db, foreign(tmp_path, *points, Point("other", 5, 0.0, 1.0), *later)).run
    assert curve(db, run.id, "loss") == [(0, 1.0), (1, 1.0), (2, 5.0)]
    assert curve(db, run.id, "other") == [(5, 0.0)]


def test_values_that_no_chart_can_hold_are_left_out_and_counted(db: Database, tmp_path: Path) -> None:
    odd = [Point("loss", -1, 1.0, 1.0), Point("loss", 2**40, 1.0, 1.0), Point("x" * 400, 1, 1.0, 1.0)]
    run = imported(db, foreign(tmp_path, *odd, Point("loss", 1, 1.0, 1.0))).run
    assert rows(db)[1:3] == [1, 1]
    assert runs.notes(db, run.id)[0][1]["count"] == 3


def test_two_metrics_that_would_get_one_name_stay_two(db: Database, tmp_path: Path) -> None:
    run = imported(db, foreign(tmp_path, Point("loss", 0, 1.0, 1.0), Point("train/loss", 0, 2.0, 1.0))).run
    assert (curve(db, run.id, "loss"), curve(db, run.id, "train/loss")) == ([(0, 1.0)], [(0, 2.0)])


def test_answers_become_groups_that_were_trained_on(db: Database, tmp_path: Path) -> None:
    sources.completions(tmp_path, 1, [("Why?", "Because.", 0.5), ("Why?", "No.", 0.1)])
    sources.completions(tmp_path, 2, [("How?", "So.", 0.2), ("Why?", "Well.", 0.9)])
    (source,) = find(tmp_path)
    result = imported(db, source)
    kept = [sample for step in (1, 2) for sample in rollout_samples.at(db, result.run.id, step)]
    listed = [(sample.step, sample.prompt_index, sample.sample_index, sample.text) for sample in kept]
    assert listed == [(1, 0, 0, "Because."), (1, 0, 1, "No."), (2, 0, 0, "Well."), (2, 1, 0, "So.")]
    assert (result.completions, kept[0].scores, kept[0].reward) == (4, {"reward_len": 0.5}, 0.5)
    assert (kept[0].advantage, kept[0].trained) == (0.5, True)
    assert samples.listing(db, result.run.id) == [], "none of them is a held-out answer"


def test_a_run_goes_out_as_event_files_and_comes_back_the_same(db: Database, tmp_path: Path) -> None:
    values = [0.5, math.nan, -math.inf, 0.25]
    points = [Point("rewards/margins", step, value, 10.0 + step) for step, value in enumerate(values)]
    source = foreign(tmp_path / "in", *points)
    source.settings = {"beta": 0.1}
    run = imported(db, source).run
    exported = event_exports.write(db, [run], tmp_path / "out", now=50.0)
    assert exported.points == 4
    assert event_writing.file_name(50.0).startswith("events.out.tfevents.0000000050.")
    (back,) = find(tmp_path / "out")
    assert back.name == f"theirs-{run.id[:6]}"
    returned = imported(db, back).run
    assert repr(list(metrics.points(db, returned.id))) == repr(list(metrics.points(db, run.id)))
    assert returned.spec == {"beta": 0.1}


def test_a_run_without_values_is_not_exported(db: Database, tmp_path: Path) -> None:
    run = imported(db, foreign(tmp_path, Completion(0, "Why?", "So.", {}))).run
    with pytest.raises(Invalid, match="has no values yet"):
        event_exports.write(db, [run], tmp_path / "out", now=50.0)
    assert not (tmp_path / "out").exists()


def test_a_deleted_run_can_be_imported_again(db: Database, tmp_path: Path) -> None:
    first = imported(db, foreign(tmp_path, Point("loss", 0, 0.5, 1.0))).run
    run_removal_writes.delete(db, [first.id])
    assert rows(db) == [0, 0, 0, 0]
    assert imported(db, foreign(tmp_path, Point("loss", 0, 0.5, 1.0))).run.id != first.id
