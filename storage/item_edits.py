"""Who changed which items, as a person reads it: the history of one, and the last change that can be undone.

Left out: making changes and undoing them (`storage.item_edit_writes`).
"""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from storage import tables, working_copy
from storage.database import Database
from storage.errors import Invalid
from storage.item_content import from_json
from storage.records import Item
from words import N_

ACTIONS = {
    "add": N_("added"),
    "edit": N_("edited"),
    "delete": N_("deleted"),
    "restore": N_("brought back"),
    "tag": N_("tag added"),
    "untag": N_("tag removed"),
    "topic": N_("topic set"),
    "exclude": N_("excluded from training"),
    "include": N_("included in training again"),
    "version": N_("as in an earlier version"),
}
"""What can be done to items, and what a person reads of it."""


class EditConflict(Invalid):
    """The item was edited since its editor opened it; `current` is what it holds now."""

    def __init__(self, msgid: str, current: Item, **values: Any) -> None:
        super().__init__(msgid, **values)
        self.current = current


@dataclass(frozen=True)
class Edit:
    """One change of one item: `before` is None where it was added, `after` where it was deleted."""

    batch: str
    item_id: str
    at: float
    account: str | None
    action: str
    before: Item | None
    after: Item | None
    undone_at: float | None


@dataclass(frozen=True)
class Batch:
    """All edits of one press; `items` counts those that are not undone."""

    id: str
    action: str
    at: float
    account: str | None
    items: int


def of_item(db: Database, name: str, item_id: str) -> list[Edit]:
    """The changes of an item, the newest first. Raises NotFound for the dataset."""
    table = tables.ItemEdit
    with db.read() as connection:
        dataset = working_copy.find(connection, name)
        query = sa.select(*table.__table__.columns).where(table.dataset_id == dataset.id, table.item_id == item_id)
        return [_edit(row) for row in connection.execute(query.order_by(table.id.desc()))]


def last_batch(db: Database, name: str, *accounts: str | None) -> Batch | None:
    """The newest change of the dataset that is not undone; of these accounts, where some are named."""
    table = tables.ItemEdit
    with db.read() as connection:
        of_dataset = (table.dataset_id == working_copy.find(connection, name).id, table.undone_at.is_(None))
        query = sa.select(table.batch).where(*of_dataset).order_by(table.id.desc()).limit(1)
        if accounts:
            query = query.where(sa.or_(*(table.account.is_not_distinct_from(account) for account in accounts)))
        newest = connection.execute(query).scalar()
        return None if newest is None else batch(connection, newest)


def batch(connection: sa.Connection, batch_id: str) -> Batch | None:
    """What is left of a batch; None where all of it is undone."""
    table = tables.ItemEdit
    left = (table.batch == batch_id, table.undone_at.is_(None))
    columns = (table.batch.label("id"), table.action, table.at, table.account)
    row = connection.execute(sa.select(*columns).where(*left).limit(1)).mappings().first()
    if row is None:
        return None
    return Batch(**row, items=connection.execute(sa.select(sa.func.count()).where(*left)).scalar_one())


def _edit(row: sa.Row[Any]) -> Edit:
    before, after = (None if content is None else from_json(content) for content in (row.before, row.after))
    return Edit(row.batch, row.item_id, row.at, row.account, row.action, before, after, row.undone_at)
