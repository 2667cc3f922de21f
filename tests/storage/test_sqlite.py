"""What SQLite alone promises or needs: pragmas, recreated tables, the words of its schema."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations

from storage import run_lists, runs
from storage.database import Database, connect, open_engine, upgrade
from storage.errors import StorageError
from storage.records import Lease
from storage.tables import Table
from storage.workspace import Workspace
from tests.storage.schemas import step_back


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    """The database of a workspace that names no other one."""
    database = connect(Workspace(tmp_path / "workspace"))
    yield database
    database.close()


def objects(engine: sa.Engine) -> dict[str, str]:
    """Name -> definition of all tables and indexes, spelling of white space aside."""
    with engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    # columns are compared as a set: their order has no meaning
    return {name: sorted(sql.replace("\n", " ").replace(",", " ").split()) for name, sql in rows}


def test_a_fresh_schema_equals_a_migrated_one_to_the_letter(db: Database, tmp_path: Path):
    fresh = open_engine(f"sqlite:///{tmp_path / 'fresh.db'}")
    Table.metadata.create_all(fresh)
    migrated = objects(db.engine)
    del migrated["alembic_version"]
    assert migrated == objects(fresh)
    fresh.dispose()


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
    with pytest.raises(
        StorageError, match=f"database of the workspace {tmp_path} cannot be opened: file is not a data"
    ):
        connect(Workspace(tmp_path))


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
