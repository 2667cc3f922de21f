"""Opening the database: pragmas, transactions, schema version. Knows no table's meaning."""

import logging
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from json import JSONEncoder
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa

from storage import migrations, outages
from storage.errors import Damaged, StorageError
from storage.files import close_to_others, owner_only
from storage.workspace import Workspace
from words import N_

PRAGMAS = (
    "PRAGMA busy_timeout = 30000",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",
    "PRAGMA foreign_keys = ON",
)
SHORT_LIVED = "short-lived"
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Database:
    """A handle that threads may share. Each call of storage opens one transaction of its own."""

    workspace: Workspace
    engine: sa.Engine

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """One transaction that sees one state of the database and blocks nobody. Raises Outage or Damaged."""
        with outages.explained(self.workspace), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """One transaction that holds the write lock from its start: what it reads is still so when it writes.

        Raises Outage or Damaged.
        """
        with outages.explained(self.workspace), self.engine.execution_options(write=True).begin() as connection:
            yield connection

    def find_damage(self) -> str | None:
        """What SQLite finds wrong in its file, which it reads whole; None where it is sound, or another database."""
        if self.engine.dialect.name != "sqlite":
            return None
        with self.read() as connection:
            finding = str(connection.exec_driver_sql("PRAGMA quick_check(1)").scalar())
        return None if finding == "ok" else " ".join(finding.split())

    def close(self) -> None:
        self.engine.dispose()


def connect(workspace: Workspace) -> Database:
    """Open the workspace's database; a new one gets its tables, an old one is migrated, a newer one is refused."""
    workspace.create()
    engine = open_engine(workspace.url)
    _keep_private(engine.url)
    with outages.explained(workspace):
        upgrade(engine, migrations.upgrade)
    return Database(workspace, engine)


def open_engine(url: str) -> sa.Engine:
    """A SQLAlchemy engine that begins transactions itself: the SQLite driver's own lose read-then-write updates."""
    # the default serializer would turn Chinese into escapes, which a search cannot find
    engine = sa.create_engine(url, json_serializer=JSONEncoder(ensure_ascii=False).encode)
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "do_connect", _connect_sqlite)
        sa.event.listen(engine, "checkin", _close_short_lived)
        sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _keep_private(url: sa.URL) -> None:
    """Let only the owner read the files of an SQLite database; SQLite gives the log beside it the database's mode."""
    if url.get_backend_name() != "sqlite" or not url.database or url.database.startswith((":", "file:")):
        return
    file = Path(url.database)
    if not file.exists():
        open(file, "ab", opener=owner_only).close()
    for path in (file, file.with_name(f"{file.name}-wal"), file.with_name(f"{file.name}-shm")):
        close_to_others(path)


def upgrade(engine: sa.Engine, migrate: Callable[[sa.Connection], None]) -> None:
    """Run `migrate` in one transaction, alone, unless the schema is current already; all of it happens or nothing."""
    with engine.connect() as connection:
        revision = _revision(connection)
    if revision == migrations.HEAD:
        return
    if revision is not None:
        name = engine.url.database
        log.warning("Preparing the database %s for this AlignLab, about a minute for every 100,000 items ...", name)
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


def _revision(connection: sa.Connection) -> str | None:
    """The schema that the database has, None for a new one. One newer than the code's is an error."""
    inspector = sa.inspect(connection)
    if not inspector.has_table("alembic_version"):
        if inspector.get_table_names():
            raise _foreign(connection)
        return None
    if not inspector.has_table("runs"):
        raise _foreign(connection)
    revision: str | None = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
    if revision is not None and revision > migrations.HEAD:
        raise StorageError(
            N_(
                "This workspace was written by a newer AlignLab (schema {found}, known here up to {known}). "
                "Update AlignLab, or choose another workspace with --workspace."
            ),
            found=revision,
            known=migrations.HEAD,
        )
    return revision


def _foreign(connection: sa.Connection) -> StorageError:
    msgid = N_(
        "The database {name} belongs to another program: move it away, or choose another workspace with --workspace."
    )
    return Damaged(msgid, name=connection.engine.url.database or "")


def _check_foreign_keys(connection: sa.Connection) -> None:
    orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if orphans:
        raise StorageError(
            N_("The migration would leave {count} rows without the row they belong to."), count=len(orphans)
        )


def _connect_sqlite(dialect: sa.Dialect, record: Any, arguments: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """A connection with our pragmas.

    On a full disk there may be no room for the index of the write-ahead log, which connections share. Then this one
    keeps it in memory, which takes the file for itself alone. Where not even an empty log can be made, as on a disk
    without inodes or one that is read only, it reads the file as it is. Both are closed after their transaction.
    """
    connection: Any = dialect.connect(*arguments, **options)
    try:
        return _prepared(connection)
    except sqlite3.OperationalError as error:
        connection.close()
        exclusive = outages.has_no_room_for_index(error)
        if not exclusive and not _can_only_be_read(error, Path(arguments[0])):
            raise
    record.info[SHORT_LIVED] = True
    if not exclusive:
        immutable = f"file:{quote(os.fsencode(arguments[0]))}?immutable=1"
        connection = dialect.connect(immutable, *arguments[1:], **{**options, "uri": True})
        connection.isolation_level = None
        return connection
    connection = dialect.connect(*arguments, **options)
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    return _prepared(connection)


def _can_only_be_read(error: sqlite3.OperationalError, file: Path) -> bool:
    """Whether the database is there and nothing in a log beside it, and yet it cannot be opened."""
    cannot = getattr(error, "sqlite_errorname", "").startswith(("SQLITE_CANTOPEN", "SQLITE_READONLY"))
    log = file.with_name(f"{file.name}-wal")
    return cannot and file.is_file() and not (log.exists() and log.stat().st_size)


def _prepared(connection: Any) -> Any:
    connection.isolation_level = None
    for pragma in PRAGMAS:
        connection.execute(pragma)
    return connection


def _close_short_lived(_connection: object, record: Any) -> None:
    if record.info.get(SHORT_LIVED):
        record.invalidate()


def _begin_sqlite(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get("write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
