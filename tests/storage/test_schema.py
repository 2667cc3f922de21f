"""The schema's history: the migrations give what the tables declare, and every schema ever released can be opened."""

import shutil
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from storage import datasets, metrics, migrations, queue, runs, samples
from storage.database import Database, connect
from storage.tables import Table
from storage.workspace import Workspace

DATABASES = sorted((Path(__file__).parent / "databases").glob("*.db"))


def test_the_migrations_make_the_tables_that_the_code_declares(db: Database):
    with db.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Table.metadata) == []


@pytest.mark.parametrize("released", DATABASES, ids=lambda path: path.stem)
def test_every_released_database_is_upgraded_with_its_rows(released: Path, tmp_path: Path):
    workspace = Workspace(tmp_path).create()
    shutil.copyfile(released, workspace.root / "alignlab.db")
    db = connect(workspace)
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
    assert queue.resume(db, first.id, 200.0).state == "queued", "and it goes on from there"
    db.close()


def test_there_is_a_released_database_for_every_schema():
    versions = set()
    for path in DATABASES:
        connection = sqlite3.connect(path)
        versions.add(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])
        connection.close()
    assert versions == {f"{number:04d}" for number in range(1, int(migrations.HEAD) + 1)}
