"""Rows of a dataset's working copy, inside the caller's transaction: items in and out, labels, duplicates, filters."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import sqlalchemy as sa

from storage import search_index, tables
from storage.errors import NotFound
from storage.item_content import from_json, prompt_key, script, to_json, with_flags, words
from storage.item_filter import ItemFilter
from storage.records import Dataset, Item
from storage.search_words import search_words
from words import N_

COLUMNS = tuple(tables.Item.__table__.columns)
MOST_NAMED = 1_000
"""Ids in one statement."""


def find(connection: sa.Connection, name: str) -> sa.Row[Any]:
    """The dataset's row."""
    table = tables.Dataset
    query = sa.select(*table.__table__.columns).where(table.name == name, table.deleted_at.is_(None))
    row = connection.execute(query).first()
    if row is None:
        raise NotFound(N_("There is no dataset named {name}."), name=name)
    return row


def find_item(connection: sa.Connection, dataset: sa.Row[Any], item_id: str) -> Item:
    """One live item of the dataset's row. Raises NotFound."""
    row = connection.execute(live_items(dataset.id).where(tables.Item.id == item_id)).first()
    if row is None:
        raise NotFound(N_("The dataset {name} has no item {id}."), name=dataset.name, id=item_id)
    return item(row)


def items_named(connection: sa.Connection, dataset_id: int, item_ids: Sequence[str]) -> dict[str, Item]:
    """id -> item, of those that are live."""
    # without an order, for which SQLite would go through the whole dataset
    query = live_items(dataset_id).where(tables.Item.id.in_(item_ids)).order_by(None)
    return {row.id: item(row) for row in connection.execute(query)} if item_ids else {}


def parts(ids: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    """The ids in their order, at most `size` at a time."""
    for first in range(0, len(ids), size):
        yield ids[first : first + size]


def records(connection: sa.Connection, *conditions: sa.ColumnElement[bool]) -> list[Dataset]:
    """Datasets with their counts, by name."""
    table, item, version = tables.Dataset, tables.Item, tables.Version
    items = sa.select(sa.func.count()).where(item.dataset_id == table.id, item.deleted_at.is_(None))
    versions = sa.select(sa.func.count()).where(version.dataset_id == table.id)
    query = sa.select(
        table.id,
        table.name,
        table.kind,
        items.scalar_subquery().label("items"),
        versions.scalar_subquery().label("versions"),
        table.edited_at,
        table.created_at,
    ).where(table.deleted_at.is_(None), *conditions)
    return [Dataset(**row) for row in connection.execute(query.order_by(table.name)).mappings()]


@dataclass(frozen=True)
class Prepared:
    """Items as the rows to insert, and the (facet, value) labels of each. Preparing a large file takes seconds."""

    rows: list[dict[str, Any]]
    labels: list[set[tuple[str, str]]]

    @classmethod
    def from_items(cls, items: Sequence[Item], first_position: int, now: float) -> Self:
        rows = [{**_row(item, now), "position": position} for position, item in enumerate(items, first_position)]
        return cls(rows, [_labels(item) for item in items])


def insert(connection: sa.Connection, dataset_id: int, prepared: Prepared) -> None:
    """Add items at the end."""
    connection.execute(sa.insert(tables.Item), [{**row, "dataset_id": dataset_id} for row in prepared.rows])
    labelled = zip(prepared.rows, prepared.labels, strict=True)
    _label(connection, dataset_id, [label for row, labels in labelled for label in _label_rows(row["id"], labels)])
    search_index.add(connection, dataset_id, [(row["position"], row["words"]) for row in prepared.rows])


def update(connection: sa.Connection, dataset_id: int, item: Item, expected: float | None, now: float) -> bool:
    """Replace the item with this id, if that was last edited at `expected`; returns whether it was."""
    table, values = tables.Item, _row(item, now)
    unchanged = (*item_conditions(dataset_id, item.id), table.edited_at == expected, table.deleted_at.is_(None))
    before = connection.execute(sa.select(table.position, table.words).where(*unchanged)).first()
    if before is None:
        return False
    connection.execute(sa.update(table).where(*unchanged).values(**values))
    _relabel(connection, dataset_id, item)
    if values["words"] != before.words:
        search_index.remove(connection, dataset_id, [(before.position, before.words)])
        search_index.add(connection, dataset_id, [(before.position, values["words"])])
    return True


def hide(connection: sa.Connection, dataset_id: int, item_ids: Sequence[str], now: float) -> None:
    """Take live items out of lists, filters and searches."""
    table, label = tables.Item, tables.Label
    named = (table.dataset_id == dataset_id, table.id.in_(item_ids), table.deleted_at.is_(None))
    rows = connection.execute(sa.select(table.position, table.words).where(*named)).all() if item_ids else []
    if rows:
        connection.execute(sa.update(table).where(*named).values(deleted_at=now))
        connection.execute(sa.delete(label).where(label.dataset_id == dataset_id, label.item_id.in_(item_ids)))
        search_index.remove(connection, dataset_id, [(row.position, row.words) for row in rows])


def unhide(connection: sa.Connection, dataset_id: int, item_id: str) -> Item | None:
    """Bring a hidden item back to its position and return it; None where there is none."""
    table = tables.Item
    hidden = hidden_item(connection, dataset_id, item_id)
    if hidden is not None:
        condition = item_conditions(dataset_id, item_id)
        unhidden = sa.update(table).where(*condition).values(deleted_at=None).returning(table.position, table.words)
        row = connection.execute(unhidden).one()
        _relabel(connection, dataset_id, hidden)
        search_index.add(connection, dataset_id, [(row.position, row.words)])
    return hidden


def hidden_item(connection: sa.Connection, dataset_id: int, item_id: str) -> Item | None:
    """An item that was deleted, as it was."""
    hidden = (*item_conditions(dataset_id, item_id), tables.Item.deleted_at.is_not(None))
    row = connection.execute(sa.select(*COLUMNS).where(*hidden)).first()
    return None if row is None else item(row)


def last_position(connection: sa.Connection, dataset_id: int) -> int:
    """The position of the last item, deleted or not; 0 where there is none."""
    table = tables.Item
    query = sa.select(sa.func.max(table.position)).where(table.dataset_id == dataset_id)
    return connection.execute(query).scalar() or 0


def item_conditions(dataset_id: int, item_id: str) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    """The conditions that select one item, deleted or not."""
    return tables.Item.dataset_id == dataset_id, tables.Item.id == item_id


def live_items(dataset_id: int) -> sa.Select[Any]:
    """The live items, in the order in which they came."""
    table = tables.Item
    query = sa.select(*COLUMNS).where(table.dataset_id == dataset_id, table.deleted_at.is_(None))
    return query.order_by(table.position)


def filtered(connection: sa.Connection, dataset_id: int, item_filter: ItemFilter) -> sa.Select[Any]:
    """The live items that the filter leaves, in the order in which they came."""
    table, label = tables.Item, tables.Label
    words = search_words(item_filter.search or "")
    query = live_items(dataset_id).where(*search_index.holding(connection, dataset_id, words))
    for facet, value in item_filter.labels.items():
        carried = sa.exists().where(
            label.dataset_id == table.dataset_id,
            label.facet == facet,
            label.value == value,
            label.item_id == table.id,
        )
        query = query.where(carried)
    return query


def count(connection: sa.Connection, dataset_id: int, item_filter: ItemFilter) -> int:
    """How many items `filtered` leaves."""
    label, labels = tables.Label, list(item_filter.labels.items())
    if len(labels) == 1 and not search_words(item_filter.search or ""):  # each live item has a label once
        facet, value = labels[0]
        of_facet = (label.dataset_id == dataset_id, label.facet == facet, label.value == value)
        return connection.execute(sa.select(sa.func.count()).select_from(label).where(*of_facet)).scalar_one()
    query = filtered(connection, dataset_id, item_filter).order_by(None)
    counted = query.with_only_columns(sa.func.count(), maintain_column_froms=True)
    return connection.execute(counted).scalar_one()


def item(row: sa.Row[Any]) -> Item:
    """A row of `COLUMNS` as the record that may leave storage."""
    content = from_json({**row._mapping, "prompt": row.messages})
    return replace(content, flags=tuple(row.flags), edited_at=row.edited_at)


def reflag(connection: sa.Connection, dataset_id: int, key: str) -> None:
    """Set the flags of all items with this prompt anew, after one of them came, went or changed.

    Flags are derived, so an item that gets another one keeps its `edited_at`: whoever edits it now is not refused.
    """
    # ordered here, since for an order SQLite would go through the whole dataset
    query = live_items(dataset_id).where(tables.Item.prompt_key == key).order_by(None)
    rows = sorted(connection.execute(query).all(), key=lambda row: row.position)
    items = [item(row) for row in rows]
    for old, new in zip(items, with_flags(items), strict=True):
        if new.flags != old.flags:
            statement = sa.update(tables.Item).where(*item_conditions(dataset_id, new.id)).values(flags=list(new.flags))
            connection.execute(statement)
            _relabel(connection, dataset_id, new)


def _row(item: Item, now: float) -> dict[str, Any]:
    content = to_json(item)
    messages = content.pop("prompt")
    return {
        **content,
        "messages": messages,
        "flags": list(item.flags),
        "prompt_key": prompt_key(item.messages),
        "words": words(item),
        "edited_at": now,
        "deleted_at": None,
    }


def _relabel(connection: sa.Connection, dataset_id: int, item: Item) -> None:
    label = tables.Label
    connection.execute(sa.delete(label).where(label.dataset_id == dataset_id, label.item_id == item.id))
    _label(connection, dataset_id, _label_rows(item.id, _labels(item)))


def _label(connection: sa.Connection, dataset_id: int, labels: Sequence[dict[str, Any]]) -> None:
    if labels:
        connection.execute(sa.insert(tables.Label), [{**row, "dataset_id": dataset_id} for row in labels])


def _label_rows(item_id: str, labels: Iterable[tuple[str, str]]) -> list[dict[str, Any]]:
    return [{"item_id": item_id, "facet": facet, "value": value} for facet, value in labels]


def _labels(item: Item) -> set[tuple[str, str]]:
    """(facet, value) pairs to filter the item by."""
    labels = {("tag", tag) for tag in item.tags} | {("flag", flag) for flag in item.flags}
    labels |= {("origin", response.origin) for response in item.responses if response.origin}
    labels.add(("script", script(item)))
    if item.topic:
        labels.add(("topic", item.topic))
    return labels
