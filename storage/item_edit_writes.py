"""Changes of items, each noted with what was before, so that it can be undone: one, many at once, and undoing them.

Many items change in short transactions, so that others can write meanwhile; all of them share one batch, also where
the process ends midway. Left out: reading what was changed (`storage.item_edits`).
"""

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from storage import item_edits, tables, working_copy
from storage.database import Database
from storage.errors import Invalid
from storage.item_content import EXCLUDED, check_values, from_json, likeness, prompt_key, to_json
from storage.item_edits import Batch
from storage.item_filter import ItemFilter
from storage.records import Item
from words import N_

BATCH_ITEMS = 250


@dataclass(frozen=True)
class Change:
    """One item before and after: `before` is None for one that comes, `after` for one that goes.

    `before` carries flags and `edited_at` as the working copy has them.
    """

    before: Item | None
    after: Item | None

    @property
    def item_id(self) -> str:
        """The id of the item, which no change changes."""
        return next(item.id for item in (self.before, self.after) if item is not None)


@dataclass(frozen=True)
class Author:
    """Who changes items, when, and by what: all edits of one `batch` are undone together."""

    account: str | None
    now: float
    action: str
    batch: str


@dataclass(frozen=True)
class Undone:
    """What an undo did: items as before, and the ids of those that were changed since and stay as they are."""

    items: int
    kept: tuple[str, ...]


def author(account: str | None, now: float, action: str) -> Author:
    """An author with a batch of its own."""
    return Author(account, now, action, secrets.token_hex(8))


def carry_out(connection: sa.Connection, dataset: sa.Row[Any], changes: Sequence[Change], by: Author) -> None:
    """Make the changes and note them. The caller has checked that each `before` is what the working copy holds."""
    apply(connection, dataset, changes, by.now)
    table = tables.ItemEdit
    values = {"batch": by.batch, "dataset_id": dataset.id, "at": by.now, "account": by.account, "action": by.action}
    rows = [
        {**values, "item_id": change.item_id, "before": _content(change.before), "after": _content(change.after)}
        for change in changes
    ]
    if rows:
        connection.execute(sa.insert(table), rows)


def apply(connection: sa.Connection, dataset: sa.Row[Any], changes: Sequence[Change], now: float) -> None:
    """Make the changes without noting them; flags of duplicates and the dataset's time follow."""
    working_copy.hide(connection, dataset.id, [change.item_id for change in changes if change.after is None], now)
    for change in changes:
        if change.before is None and change.after is not None:
            _bring(connection, dataset.id, change.after, now)
        elif change.before is not None and change.after is not None:
            relabelled = likeness(change.before) == likeness(change.after)
            flagged = replace(change.after, flags=change.before.flags if relabelled else ())
            working_copy.update(connection, dataset.id, flagged, change.before.edited_at, now)
    connection.execute(sa.update(tables.Dataset).where(tables.Dataset.id == dataset.id).values(edited_at=now))
    for key in _changed_prompts(changes):
        working_copy.reflag(connection, dataset.id, key)


def _bring(connection: sa.Connection, dataset_id: int, item: Item, now: float) -> None:
    """An item that is not live: one that was hidden comes back to its position, another one goes to the end."""
    unflagged = replace(item, flags=(), split=None)
    hidden = working_copy.unhide(connection, dataset_id, item.id)
    if hidden is None:
        position = working_copy.last_position(connection, dataset_id) + 1
        working_copy.insert(connection, dataset_id, working_copy.Prepared.from_items([unflagged], position, now))
    elif to_json(hidden) != to_json(item):
        working_copy.update(connection, dataset_id, unflagged, hidden.edited_at, now)


def _changed_prompts(changes: Iterable[Change]) -> set[str]:
    """The keys of prompts whose items may have become duplicates, or ceased to be some."""
    keys = set[str]()
    for change in changes:
        items = [item for item in (change.before, change.after) if item is not None]
        if len(items) == 1 or likeness(items[0]) != likeness(items[1]):
            keys |= {prompt_key(item.messages) for item in items}
    return keys


def change_all(
    db: Database, name: str, item_filter: ItemFilter, action: str, value: str | None, *, expected: int, by: Author
) -> Batch | None:
    """Do one thing to all items that the filter leaves, of which the person saw `expected`.

    Returns what was changed; None where nothing had to be. Raises Invalid, NotFound.
    """
    change = _CHANGES[action](value)
    with db.read() as connection:
        dataset = working_copy.find(connection, name)
        query = working_copy.filtered(connection, dataset.id, item_filter)
        ids = connection.execute(query.with_only_columns(tables.Item.id)).scalars().all()
    if len(ids) != expected:
        raise Invalid(
            N_("The filters leave {now} items now, not {before}: nothing was changed. Look at them again."),
            now=len(ids),
            before=expected,
        )
    for part in working_copy.parts(ids, BATCH_ITEMS):
        with db.write() as connection:
            items = working_copy.items_named(connection, dataset.id, part)
            changes = [Change(item, change(item)) for item in items.values()]
            carry_out(connection, dataset, [own for own in changes if own.before != own.after], by)
    with db.read() as connection:
        return item_edits.batch(connection, by.batch)


def undo(db: Database, name: str, batch: str, now: float) -> Undone:
    """Take back the edits of a batch, but for items that were changed since. Raises Invalid where nothing is left."""
    table = tables.ItemEdit
    with db.read() as connection:
        dataset = working_copy.find(connection, name)
        of_batch = (table.batch == batch, table.dataset_id == dataset.id, table.undone_at.is_(None))
        edit_ids = connection.execute(sa.select(table.id).where(*of_batch).order_by(table.id.desc())).scalars().all()
    if not edit_ids:
        raise Invalid(N_("That change is undone already."))
    kept: list[str] = []
    for part in working_copy.parts(edit_ids, BATCH_ITEMS):
        with db.write() as connection:
            query = sa.select(*table.__table__.columns).where(*of_batch, table.id.in_(part)).order_by(table.id.desc())
            edits = connection.execute(query).all()
            items = working_copy.items_named(connection, dataset.id, [edit.item_id for edit in edits])
            undoable = [edit for edit in edits if _content(items.get(edit.item_id)) == edit.after]
            changes = [Change(items.get(edit.item_id), _item(edit.before)) for edit in undoable]
            apply(connection, dataset, changes, now)
            mark = sa.update(table).where(table.id.in_([edit.id for edit in undoable])).values(undone_at=now)
            connection.execute(mark)
            kept += [edit.item_id for edit in edits if edit not in undoable]
    if len(kept) == len(edit_ids):
        raise Invalid(N_("It cannot be undone: all its items were changed since, by you or somebody else."))
    return Undone(len(edit_ids) - len(kept), tuple(kept))


def _content(item: Item | None) -> dict[str, Any] | None:
    return None if item is None else to_json(item)


def _item(content: dict[str, Any] | None) -> Item | None:
    return None if content is None else from_json(content)


def _needed(value: str | None) -> str:
    text = (value or "").strip()
    if not text:
        raise Invalid(N_("Name a tag."))
    check_values({"tag": text})
    return text


def _tag(value: str | None) -> Callable[[Item], Item | None]:
    tag = _needed(value)
    return lambda item: item if tag in item.tags else replace(item, tags=(*item.tags, tag))


def _untag(value: str | None) -> Callable[[Item], Item | None]:
    tag = _needed(value)
    return lambda item: replace(item, tags=tuple(own for own in item.tags if own != tag))


def _topic(value: str | None) -> Callable[[Item], Item | None]:
    topic = (value or "").strip() or None
    check_values({"topic": topic})
    return lambda item: replace(item, topic=topic)


_CHANGES: Mapping[str, Callable[[str | None], Callable[[Item], Item | None]]] = {
    "delete": lambda _value: lambda _item: None,
    "tag": _tag,
    "untag": _untag,
    "topic": _topic,
    "exclude": lambda _value: _tag(EXCLUDED),
    "include": lambda _value: _untag(EXCLUDED),
}
