"""What SQLite alone promises or needs: pragmas, recreated tables, the words of its schema."""

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations

from storage import database, run_lists, runs, search_index
from storage.database import Database, connect, open_engine, upgrade
from storage.errors import Damaged, DatabaseBusy, DiskFull, Outage, StorageError
from storage.records import Lease
from storage.tables import Table
from storage.workspace import Workspace
from tests.storage.schemas import step_back


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    """The database of a workspace that names no other one."""
    opened = connect(Workspace(tmp_path / "workspace"))
    yield opened
    opened.close()


def objects(engine: sa.Engine) -> dict[str, str]:
    """Name -> definition of all tables and indexes, spelling of white space aside."""
    with engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    # columns are compared as a set: their order has no meaning
    return {name: sorted(sql.replace("\n", " ").replace(",", " ").split()) for name, sql in rows}


def test_a_fresh_schema_equals_a_migrated_one_to_the_letter(db: Database, tmp_path: Path):
    fresh = open_engine(f"sqlite:///{tmp_path / 'fresh.db'}")
    Table.metadata.create_all(fresh)
    with fresh.begin() as connection:
        connection.exec_driver_sql(search_index.CREATE)  # a virtual table, which SQLAlchemy cannot declare
    migrated = objects(db.engine)
    del migrated["alembic_version"]
    assert migrated == objects(fresh)
    fresh.dispose()


def test_a_sound_file_has_no_damage(db: Database):
    assert db.find_damage() is None


def test_where_no_log_can_be_made_a_connection_reads_the_file_as_it_is(db: Database, monkeypatch: pytest.MonkeyPatch):
    def without_inodes(_connection: sqlite3.Connection) -> sqlite3.Connection:
        error = sqlite3.OperationalError("unable to open database file")
        error.sqlite_errorname = "SQLITE_CANTOPEN"
        raise error

    db.close()
    monkeypatch.setattr(database, "_prepared", without_inodes)
    assert run_lists.count(db) == 0
    with pytest.raises(Outage, match="readonly database"), db.write() as connection:
        connection.exec_driver_sql("DELETE FROM runs")
    assert sorted(path.name for path in db.workspace.root.glob("alignlab.db*")) == ["alignlab.db"]


def test_points_are_narrow_rows_without_a_row_id(db: Database):
    assert {"WITHOUT", "ROWID"} < set(objects(db.engine)["points"])


def test_child_rows_survive_a_table_that_is_recreated(db: Database, lease: Lease):
    before = runs.events(db, lease.run_id)
    step_back(db)

    def recreate(connection: sa.Connection) -> None:
        operations = Operations(MigrationContext.configure(connection))
        with operations.batch_alter_table("runs", recreate="always") as runs_table:
            runs_table.add_column(sa.Column("mood", sa.String()))

    upgrade(db.engine, recreate)
    assert runs.events(db, lease.run_id) == before != []
    with db.read() as connection:
        assert connection.execute(sa.text("SELECT count(mood) FROM runs")).scalar() == 0, "the new column is there"


def test_a_migration_that_orphans_rows_is_undone(db: Database, lease: Lease):
    step_back(db)
    with pytest.raises(StorageError, match="without the row they belong to"):
        upgrade(db.engine, lambda connection: connection.execute(sa.text("DELETE FROM runs")))
    assert runs.get(db, lease.run_id).state == "running"


def test_foreign_keys_hold_again_after_a_migration(db: Database):
    for _ in range(3):
        with db.read() as connection:
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_a_file_that_is_no_database_is_told(tmp_path: Path):
    (tmp_path / "alignlab.db").write_text("not a database, though long enough to look like one" * 100)
    with pytest.raises(Damaged, match=rf"database of the workspace {tmp_path} is damaged \(file is not a data"):
        connect(Workspace(tmp_path))


def test_a_database_that_was_cut_is_told(tmp_path: Path):
    connect(Workspace(tmp_path)).close()
    os.truncate(tmp_path / "alignlab.db", 4096)
    with pytest.raises(Damaged, match="is damaged"):
        connect(Workspace(tmp_path))


def test_a_page_that_was_overwritten_is_told_where_it_is_read(tmp_path: Path):
    path = tmp_path / "alignlab.db"
    db = connect(Workspace(tmp_path))
    with db.read() as connection:
        query = "SELECT rootpage FROM sqlite_master WHERE tbl_name = 'events'"  # the table and its indexes
        pages = connection.exec_driver_sql(query).scalars().all()
        size = connection.exec_driver_sql("PRAGMA page_size").scalar_one()
    db.close()
    with path.open("r+b") as file:
        for page in pages:
            file.seek((page - 1) * size)
            file.write(b"\xff" * size)
    db = connect(Workspace(tmp_path))
    with pytest.raises(Damaged, match="is damaged"):
        runs.events(db, "r1")
    assert run_lists.count(db) == 0
    assert db.find_damage() is not None
    db.close()


@pytest.mark.parametrize("statement", ["CREATE TABLE notes (x)", "CREATE TABLE alembic_version (version_num)"])
def test_a_database_of_another_program_is_refused_and_left_as_it_is(tmp_path: Path, statement: str):
    other = sqlite3.connect(tmp_path / "alignlab.db")
    other.execute(statement)
    with pytest.raises(Damaged, match=r"alignlab\.db belongs to another program"):
        connect(Workspace(tmp_path))
    assert len(other.execute("SELECT * FROM sqlite_master").fetchall()) == 1
    other.close()


def test_a_database_that_another_process_holds_is_told(db: Database, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(database, "PRAGMAS", ("PRAGMA busy_timeout = 1", *database.PRAGMAS[1:]))
    with db.write():
        second = connect(db.workspace)
        with pytest.raises(DatabaseBusy, match="held by another process"), second.write():
            pass
        second.close()


def test_a_write_without_room_is_told(db: Database):
    def fill() -> None:
        with db.write() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count = 1")  # of what there is already
            connection.exec_driver_sql("CREATE TABLE filling (x)")
            connection.exec_driver_sql("INSERT INTO filling VALUES (zeroblob(1000000))")

    with pytest.raises(DiskFull, match="disk is full"):
        fill()


def test_without_room_for_the_shared_index_a_connection_reads_alone(db: Database, monkeypatch: pytest.MonkeyPatch):
    prepare, failures = database._prepared, [1]

    def without_room(connection: sqlite3.Connection) -> sqlite3.Connection:
        if failures:
            failures.clear()
            error = sqlite3.OperationalError("disk I/O error")
            error.sqlite_errorname = "SQLITE_IOERR_SHMSIZE"
            raise error
        return prepare(connection)

    db.engine.dispose()
    monkeypatch.setattr(database, "_prepared", without_room)
    with db.read() as connection:
        assert connection.exec_driver_sql("PRAGMA locking_mode").scalar() == "exclusive"
        assert not (db.workspace.root / "alignlab.db-shm").exists()
    with db.read() as connection:
        assert connection.exec_driver_sql("PRAGMA locking_mode").scalar() == "normal", "it was closed"


def test_the_file_stays_in_wal_mode(db: Database):
    db.close()
    connection = sqlite3.connect(db.workspace.root / "alignlab.db")
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


@pytest.mark.parametrize("states", [(), ("failed", "stopped")])
def test_a_search_skips_and_counts_runs_within_the_index(db: Database, states: tuple[str, ...]):
    statements: list[tuple[str, tuple[object, ...]]] = []
    sa.event.listen(db.engine, "before_cursor_execute", lambda *event: statements.append(event[2:4]))
    run_lists.count(db, "dpo", states)
    run_lists.search(db, "dpo", states, offset=50, limit=50)
    counted, searched = (query for query in statements.copy() if query[0].startswith("SELECT"))
    with db.read() as connection:
        plans = [
            [row.detail for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]
            for statement, values in (counted, searched)
        ]
    assert all(len(plan) == 1 for plan in plans), "no sort"
    assert plans[0][0].endswith("USING COVERING INDEX ix_runs_list")
    assert plans[1][0].endswith("USING INDEX ix_runs_list")
