"""A dataset while its items come in: nobody sees it, and each batch of them is a short transaction of its own.

Other writers wait for one batch, not for the whole file; the dataset appears when it gets its name, or it goes again.
Left out: reading the items (`storage.data_files`), and the name (`storage.dataset_writes`).
"""

import pickle
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from itertools import islice
from typing import IO

import sqlalchemy as sa

from storage import search_index, tables, working_copy
from storage.data_files import Numbering
from storage.database import Database
from storage.errors import StorageError
from storage.judging import imported_verdicts
from storage.records import Item

NAME = ".importing"  # no dataset that is seen may be called so
BATCH_ITEMS = 200
ABANDONED_SECONDS = 24 * 3600.0
"""An import whose process was killed leaves its hidden dataset, which goes with the first import so much later."""


def put_aside(items: Iterable[Item], file: IO[bytes]) -> None:
    """Write items into a file, in batches."""
    rest = iter(items)
    while batch := list(islice(rest, BATCH_ITEMS)):
        pickle.dump(batch, file)
    file.seek(0)


@contextmanager
def hidden(db: Database, kind: str, now: float) -> Iterator[int]:
    """The id of a new hidden dataset, which goes where the caller fails to show it."""
    table = tables.Dataset
    abandoned = sa.select(table.id).where(table.name == NAME, table.created_at < now - ABANDONED_SECONDS)
    with db.read() as connection:
        dataset_ids = connection.execute(abandoned).scalars().all()
    for dataset_id in dataset_ids:
        _remove(db, dataset_id)
    values = {"name": NAME, "kind": kind, "created_at": now, "edited_at": now, "deleted_at": now}
    with db.write() as connection:
        dataset_id = connection.execute(sa.insert(table).values(**values).returning(table.id)).scalar_one()
    try:
        yield dataset_id
    except BaseException:
        with suppress(StorageError):  # where the database is away, a later import removes it
            _remove(db, dataset_id)
        raise


def fill(db: Database, dataset_id: int, waiting: IO[bytes], numbering: Numbering, now: float) -> None:
    """Insert the items that were put aside: each at its place, with an id."""
    position = 1
    while waiting.peek(1):  # type: ignore[attr-defined]
        items = [replace(item, id=numbering.name(item.id)) for item in pickle.load(waiting)]
        prepared = working_copy.Prepared.from_items(items, position, now)
        position += len(items)
        with db.write() as connection:
            working_copy.insert(connection, dataset_id, prepared)
            imported_verdicts.insert(connection, dataset_id, items, now)


def _remove(db: Database, dataset_id: int) -> None:
    """Delete the dataset and its items, a batch at a time; labels go with their items."""
    item = tables.Item
    of_dataset = item.dataset_id == dataset_id
    batch = sa.select(item.position, item.words).where(of_dataset).order_by(item.position).limit(BATCH_ITEMS)
    with db.write() as connection:
        imported_verdicts.remove(connection, dataset_id)
    more = True
    while more:
        with db.write() as connection:
            rows = connection.execute(batch).all()
            more = bool(rows)
            positions = [row.position for row in rows]
            connection.execute(sa.delete(item).where(of_dataset, item.position.in_(positions)))
            search_index.remove(connection, dataset_id, [(row.position, row.words) for row in rows])
    with db.write() as connection:
        connection.execute(sa.delete(tables.Dataset).where(tables.Dataset.id == dataset_id))
