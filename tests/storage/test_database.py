"""Transactions, and what opening a database may do to its schema."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from storage import database, migrations, runs
from storage.database import Database, connect, open_engine, upgrade
from storage.errors import StorageError
from storage.records import Run
from storage.workspace import Workspace
from tests.storage.processes import add_many, at_once, open_it
from tests.storage.schemas import step_back


@pytest.mark.slow
def test_no_increment_of_three_processes_is_lost(db: Database, make_run: Callable[..., Run]):
    run = make_run()
    at_once(add_many, [(db.workspace, run.id, 150)] * 3)
    assert runs.get(db, run.id).step == 450


def test_an_error_leaves_nothing_of_its_transaction(db: Database, make_run: Callable[..., Run]):
    run = make_run()

    def fail_half_way() -> None:
        with db.write() as connection:
            connection.execute(sa.text("UPDATE runs SET name = 'changed'"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    assert runs.get(db, run.id).name == run.name


def test_a_reader_is_not_blocked_by_a_writer_and_sees_one_state(db: Database, make_run: Callable[..., Run]):
    make_run("before")
    with db.read() as reader:
        names = sa.text("SELECT name FROM runs")
        assert reader.execute(names).scalars().all() == ["before"]
        make_run("after")
        assert reader.execute(names).scalars().all() == ["before"], "the transaction keeps the state it began with"


@pytest.mark.slow
def test_processes_that_open_a_new_database_at_once_all_succeed(workspace: Workspace):
    counts = at_once(open_it, [(workspace,)] * 4)
    assert len(set(counts)) == 1
    assert counts[0] > 10


def test_a_child_needs_its_parent(db: Database):
    with pytest.raises(sa.exc.IntegrityError), db.write() as connection:
        connection.execute(sa.text("INSERT INTO events (run_id, attempt, kind, at) VALUES ('nobody', 1, 'state', 1.0)"))


def test_a_newer_schema_is_refused_with_what_to_do(workspace: Workspace):
    db = connect(workspace)
    with db.write() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    db.close()
    with pytest.raises(StorageError, match=r"newer AlignLab \(schema 9999.*Update AlignLab"):
        connect(workspace)


def test_the_head_that_code_knows_is_the_last_migration():
    from alembic.script import ScriptDirectory

    with open_engine("sqlite://").connect() as connection:
        script = ScriptDirectory.from_config(migrations.config(connection))
    assert script.get_current_head() == migrations.HEAD


def test_a_migration_that_raises_leaves_the_old_schema(db: Database, make_run: Callable[..., Run]):
    run = make_run()
    step_back(db)

    def broken(connection: sa.Connection) -> None:
        connection.execute(sa.text("CREATE TABLE half_done (id INTEGER)"))
        connection.execute(sa.text("DELETE FROM runs"))
        connection.execute(sa.text("DROP TABLE points"))
        raise RuntimeError("out of ideas")

    with pytest.raises(RuntimeError, match="out of ideas"):
        upgrade(db.engine, broken)
    with db.read() as connection:
        tables = sa.inspect(connection).get_table_names()
    assert "half_done" not in tables
    assert "points" in tables
    assert runs.get(db, run.id) == run


def test_chinese_is_stored_as_chinese(db: Database, make_run: Callable[..., Run]):
    run = make_run("天气", spec={"name": "下雨"})
    assert runs.get(db, run.id).spec == {"name": "下雨"}
    with db.read() as connection:
        assert "下雨" in connection.execute(sa.text("SELECT CAST(spec AS TEXT) FROM runs")).scalar_one()


def test_a_current_database_is_opened_without_alembic(workspace: Workspace, monkeypatch: pytest.MonkeyPatch):
    connect(workspace).close()

    def unexpected(connection: sa.Connection) -> None:
        raise AssertionError("nothing to migrate")

    monkeypatch.setattr(database.migrations, "upgrade", unexpected)
    connect(workspace).close()
