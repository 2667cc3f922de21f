"""The schema's history: the migrations give what the tables declare, and every schema ever released can be opened."""

import shutil
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from storage import (
    datasets,
    metrics,
    migrations,
    queue,
    run_links,
    run_lists,
    run_writes,
    runs,
    samples,
    search_index,
    studies,
)
from storage.database import Database, connect
from storage.tables import Table
from storage.workspace import Workspace

DATABASES = sorted((Path(__file__).parent / "databases").glob("*.db"))
LINKED = [path for path in DATABASES if path.stem.endswith("-linked")]
PLAIN = [path for path in DATABASES if path not in LINKED]


def upgraded(released: Path, folder: Path) -> Database:
    workspace = Workspace(folder).create()
    shutil.copyfile(released, workspace.root / "alignlab.db")
    return connect(workspace)


def is_declared(name: str | None, kind: str, _parents: object) -> bool:
    """Whether tables of this name are declared: the index of searches is SQLite's own kind of table."""
    return not (kind == "table" and str(name).startswith(search_index.TABLE))


def links(db: Database) -> list[tuple[str, str, str, int | None]]:
    with db.read() as connection:
        rows = connection.execute(sa.text("SELECT child, parent, role, step FROM run_links ORDER BY id"))
        return [tuple(row) for row in rows]


def test_the_migrations_make_the_tables_that_the_code_declares(db: Database):
    with db.read() as connection:
        options = {"compare_type": True, "compare_server_default": True, "include_name": is_declared}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, Table.metadata) == []


@pytest.mark.parametrize("released", PLAIN, ids=lambda path: path.stem)
def test_every_released_database_is_upgraded_with_its_rows(released: Path, tmp_path: Path):
    db = upgraded(released, tmp_path)
    with db.read() as connection:
        assert connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar() == migrations.HEAD
    then, first = runs.listing(db)
    assert (first.name, first.state, first.reason) == ("first", "failed", ("The disk is full.", {}))
    assert (then.state, then.waits_for) == ("stopped", first.id)
    loss = next(series for series in metrics.series(db, [first.id]) if series.key == "loss")
    assert (loss.count, loss.last, loss.minimum_step) == (20, 0.05, 19)
    assert samples.listing(db, first.id)[0].text == "今天晴。"
    assert runs.checkpoints(db, first.id)[0].path == tmp_path / "runs" / first.id / "checkpoints" / "10-a1"
    assert datasets.items(db, "weather", search="天气")[1] == 1
    assert [(run.dataset, run.ended_by) for run in (first, then)] == [("weather", "engine"), (None, "parent")]
    assert links(db) == [(then.id, first.id, "turn", None)]
    assert queue.resume(db, first.id, 200.0).state == "queued", "and it goes on from there"
    assert runs.get(db, then.id).state == "waiting", "with the run that its end had stopped"
    db.close()


def test_whoever_migrates_a_database_is_told_and_nobody_else(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    db = upgraded(DATABASES[0], tmp_path)
    (sentence,) = caplog.messages
    assert sentence.startswith(f"Preparing the database {tmp_path / 'alignlab.db'} for this AlignLab, ")
    caplog.clear()
    connect(db.workspace).close()
    connect(Workspace(tmp_path / "new").create()).close()
    assert caplog.messages == []


@pytest.mark.parametrize("released", LINKED, ids=lambda path: path.stem)
def test_links_ends_and_searches_of_a_released_database_are_there(released: Path, tmp_path: Path):
    db = upgraded(released, tmp_path)
    assert links(db) == [
        ("ajudge", "asft", "weights", 50),
        ("ajudge", "asft", "ancestor", 50),
        ("appo", "asft", "weights", 50),
        ("appo", "ajudge", "reward", 10),
        ("appo", "ajudge", "ancestor", 10),
        ("appo", "asft", "ancestor", 0),
        ("appo", "asft", "ancestor", 50),
        ("agrpo", "appo", "weights", None),
        ("aturn", "appo", "turn", None),
        ("aorphan", "afail", "weights", None),
        ("agrandchild", "aorphan", "turn", None),
        ("abyhand", "afail", "turn", None),
    ]
    assert {run.id: run.ended_by for run in runs.listing(db)} == {
        **dict.fromkeys(("asft", "ajudge", "afail"), "engine"),
        **dict.fromkeys(("aorphan", "agrandchild"), "parent"),
        **dict.fromkeys(("abyhand", "astopped"), "person"),
        **dict.fromkeys(("appo", "agrpo", "aturn", "aodd")),
    }
    assert [run.id for run in run_lists.search(db, "STARTER-small 温和", limit=9)] == ["asft"]
    assert [run.id for run in run_lists.search(db, "polite-w policy PPO", limit=9)] == ["appo"]
    assert run_lists.count(db, "other") == 1
    db.close()


@pytest.mark.parametrize("released", DATABASES, ids=lambda path: path.stem)
def test_what_the_migration_reads_is_what_new_rows_get(released: Path, tmp_path: Path):
    db = upgraded(released, tmp_path)
    migrated = links(db)
    with db.write() as connection:
        rows = connection.execute(sa.text("SELECT id, dataset, model, words FROM runs")).all()
        columns = {run_id: tuple(values) for run_id, *values in rows}
        connection.execute(sa.text("DELETE FROM run_links"))
        for run in reversed(runs.listing(db)):
            searched = run_writes.searched_columns(run.id, run.name, run.algorithm, run.spec)
            assert columns[run.id] == tuple(searched[name] for name in ("dataset", "model", "words"))
            run_links.add(connection, run.id, run.spec, run.waits_for)
            run_links.add_ancestors(connection, run.id, run.resolved or {})
    assert links(db) == migrated
    db.close()


def test_a_study_of_before_is_done_where_none_of_its_runs_is_active(tmp_path: Path):
    workspace = Workspace(tmp_path).create()
    database = workspace.root / "alignlab.db"
    shutil.copyfile(DATABASES[0].with_name("schema-0008-linked.db"), database)
    with sqlite3.connect(database) as connection:
        rows = [(name, name, "{}", None, 5.0) for name in ("ended", "active", "empty")]
        connection.executemany("INSERT INTO studies VALUES (?, ?, ?, ?, ?)", rows)
        connection.execute("UPDATE runs SET study_id = 'ended', finished_at = 9.0 WHERE id IN ('asft', 'afail')")
        connection.execute("UPDATE runs SET study_id = 'active' WHERE id IN ('ajudge', 'aodd')")
    connection.close()
    db = connect(workspace)
    states = {study.id: (study.state, study.finished_at) for study in studies.listing(db)}
    assert states == {"ended": ("succeeded", 9.0), "active": ("running", None), "empty": ("succeeded", 5.0)}
    db.close()


def test_there_is_a_released_database_for_every_schema():
    versions = set()
    for path in DATABASES:
        connection = sqlite3.connect(path)
        versions.add(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])
        connection.close()
    assert versions == {f"{number:04d}" for number in range(1, int(migrations.HEAD) + 1)}
