"""Opening the database: pragmas, transactions, schema version. Knows no table's meaning."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from json import dumps
from typing import Any

import sqlalchemy as sa

from storage import migrations
from storage.errors import StorageError
from storage.workspace import Workspace
from words import N_

PRAGMAS = (
    "PRAGMA busy_timeout = 30000",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",
    "PRAGMA foreign_keys = ON",
)


@dataclass(frozen=True)
class Database:
    """A handle that threads may share. Each call of storage opens one transaction of its own."""

    workspace: Workspace
    engine: sa.Engine

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """One transaction that sees one state of the database and blocks nobody."""
        with self.engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """One transaction that holds the write lock from its start: what it reads is still so when it writes."""
        with self.engine.execution_options(write=True).begin() as connection:
            yield connection

    def close(self) -> None:
        self.engine.dispose()


def connect(workspace: Workspace) -> Database:
    """Open the workspace's database; a new one gets its tables, an old one is migrated, a newer one is refused."""
    workspace.create()
    engine = open_engine(workspace.url)
    try:
        upgrade(engine, migrations.upgrade)
    except sa.exc.DatabaseError as error:
        sentence = N_("The database of the workspace {root} cannot be opened: {cause}.")
        raise StorageError(sentence, root=str(workspace.root), cause=str(error.orig)) from error
    return Database(workspace, engine)


def open_engine(url: str) -> sa.Engine:
    """A SQLAlchemy engine that begins transactions itself: the SQLite driver's own lose read-then-write updates."""
    # the default serializer would turn Chinese into escapes, which a search cannot find
    engine = sa.create_engine(url, json_serializer=partial(dumps, ensure_ascii=False))
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _prepare_sqlite)
        sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def upgrade(engine: sa.Engine, migrate: Callable[[sa.Connection], None]) -> None:
    """Run `migrate` in one transaction, alone, unless the schema is current already; all of it happens or nothing."""
    with engine.connect() as connection:
        if _is_current(connection):
            return
    with engine.connect() as connection:
        sqlite = engine.dialect.name == "sqlite"
        if sqlite:
            # a table that is recreated must not take its children with it; the pragma works outside a transaction only
            connection.connection.driver_connection.execute("PRAGMA foreign_keys = OFF")  # type: ignore[union-attr]
        try:
            with connection.execution_options(write=True).begin():
                if not sqlite:
                    connection.execute(sa.text("SELECT pg_advisory_xact_lock(727001)"))
                migrate(connection)
                if sqlite:
                    _check_foreign_keys(connection)
        finally:
            connection.invalidate()


def _is_current(connection: sa.Connection) -> bool:
    """Whether the schema is the code's. One that is newer is an error."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return False
    revision = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
    if revision is not None and revision > migrations.HEAD:
        raise StorageError(
            N_(
                "This workspace was written by a newer AlignLab (schema {found}, known here up to {known}). "
                "Update AlignLab, or choose another workspace with --workspace."
            ),
            found=revision,
            known=migrations.HEAD,
        )
    return bool(revision == migrations.HEAD)


def _check_foreign_keys(connection: sa.Connection) -> None:
    orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if orphans:
        raise StorageError(
            N_("The migration would leave {count} rows without the row they belong to."), count=len(orphans)
        )


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    for pragma in PRAGMAS:
        connection.execute(pragma)


def _begin_sqlite(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get("write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
