"""Writes of a generate run while a worker holds it: the dataset that it fills, and the items, batch by batch.

How many prompts are answered is written with the items, so an attempt goes on where the one before it ended, and no
item comes twice. Left out: reading (`storage.generated_items`).
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from storage import dataset_writes, generated_items, tables, working_copy
from storage.attempt_writes import require_lease
from storage.data_files import Numbering
from storage.database import Database
from storage.errors import Invalid, NotFound
from storage.generated_items import Generation
from storage.item_content import check, kinds_in_words, prompt_key
from storage.records import Item, Lease
from words import N_, Text

KIND = "pairs"  # of a dataset whose answers people will compare
DELETED = N_("The dataset that the run fills was deleted.")


def unfit(db: Database, name: str) -> Text | None:
    """Why no run may put its answers into a dataset of this name; None where it may, or there is none yet."""
    name = _normal(name)
    if dataset_writes.NAME.fullmatch(name) is None:
        return (dataset_writes.BAD_NAME, {"name": name})
    with db.read() as connection:
        try:
            dataset = working_copy.find(connection, name)
        except NotFound:
            return None
        return _unfit(connection, dataset)


def open_dataset(db: Database, lease: Lease, name: str, now: float) -> Generation:
    """The dataset that the run fills, made if it is not there; a later attempt finds it under whatever name it has.

    Raises Invalid for a dataset that holds other items than those of generate runs.
    """
    generation = generated_items.of_run(db, lease.run_id)
    if generation is not None:
        return generation
    name = _normal(name)
    with db.read() as connection:
        exists = connection.execute(_named(name)).first() is not None
    if not exists:
        dataset_writes.create(db, name, KIND, now)
    with db.write() as connection:
        require_lease(connection, lease)
        dataset = working_copy.find(connection, name)
        text = _unfit(connection, dataset)
        if text is not None:
            raise Invalid(text[0], **text[1])
        values = {"run_id": lease.run_id, "dataset_id": dataset.id, "prompts": 0}
        connection.execute(sa.insert(tables.Generation).values(**values))
        return Generation(lease.run_id, dataset.id, dataset.name, 0)


def add(db: Database, lease: Lease, items: Sequence[Item], prompts: int, now: float) -> None:
    """Put the items at the end of the run's dataset; `prompts` are answered with them, those before them included.

    They get ids. Raises Invalid where the dataset was deleted meanwhile.
    """
    dataset, item, run = tables.Dataset, tables.Item, tables.Run
    with db.write() as connection:
        require_lease(connection, lease)
        generation = generated_items.read(connection, lease.run_id)
        if generation is None or generation.name is None:
            raise Invalid(DELETED)
        dataset_id = generation.dataset_id
        of_dataset = item.dataset_id == dataset_id
        last = connection.execute(sa.select(sa.func.max(item.position)).where(of_dataset)).scalar() or 0
        ids = set(connection.execute(sa.select(item.id).where(of_dataset)).scalars())
        numbered = _numbered(items, last + 1, ids)
        if numbered:
            working_copy.insert(connection, dataset_id, working_copy.Prepared.from_items(numbered, last + 1, now))
        for key in {prompt_key(new.messages) for new in numbered}:
            working_copy.reflag(connection, dataset_id, key)
        connection.execute(sa.update(dataset).where(dataset.id == dataset_id).values(edited_at=now))
        answered = sa.update(tables.Generation).where(tables.Generation.run_id == lease.run_id)
        connection.execute(answered.values(prompts=prompts))
        # as after a checkpoint: an attempt that got on does not count as a failed one
        connection.execute(sa.update(run).where(run.id == lease.run_id).values(advanced_attempt=lease.attempt))


def _numbered(items: Sequence[Item], first: int, ids: set[str]) -> list[Item]:
    numbering = Numbering(ids, first)
    return [check(replace(item, id=numbering.name(""))) for item in items]


def _unfit(connection: sa.Connection, dataset: sa.Row[Any]) -> Text | None:
    """Why the dataset cannot take answers to judge."""
    if dataset.kind != KIND:
        msgid = N_("The dataset {name} holds {kind}, so no answers to compare can be added to it: choose another name.")
        return msgid, {"name": dataset.name, "kind": kinds_in_words([dataset.kind])}
    generation, item = tables.Generation, tables.Item
    filled = sa.select(generation.run_id).where(generation.dataset_id == dataset.id).limit(1)
    holds = sa.select(item.id).where(item.dataset_id == dataset.id).limit(1)
    if connection.execute(filled).first() is None and connection.execute(holds).first() is not None:
        msgid = N_(
            "There is a dataset named {name} already, which no generate run made: choose another name for the answers."
        )
        return msgid, {"name": dataset.name}
    return None


def _normal(name: str) -> str:
    """The one spelling under which names are kept."""
    return unicodedata.normalize("NFC", name)


def _named(name: str) -> sa.Select[Any]:
    return sa.select(tables.Dataset.id).where(tables.Dataset.name == name, tables.Dataset.deleted_at.is_(None))
