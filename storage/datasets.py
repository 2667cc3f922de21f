"""Datasets: a working copy that people edit, and frozen versions that runs are trained on.

Deleting an item, or a whole dataset, hides its rows: versions and judgements that rest on them stay whole.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from storage import formats, tables, working_copy
from storage import version_files as files
from storage.database import Database
from storage.errors import ImportFailed, Invalid, NotFound
from storage.formats import files as rows
from storage.item_content import check, content_hash, kind_of, prompt_key, split, with_flags
from storage.records import Dataset, Item, Version
from words import N_, Text

KINDS = ("pairs", "groups", "unpaired", "demonstrations", "prompts")
NAME = re.compile(r"[^\W_][\w.-]{0,63}")
MOST_PROBLEMS = 50
PREVIEWED = 5


@dataclass(frozen=True)
class ImportReport:
    """What an import found: `flagged` counts the items by flag, `preview` holds the first few."""

    name: str
    kind: str
    format: str
    imported: int
    flagged: dict[str, int]
    preview: tuple[Item, ...]
    dataset: Dataset | None = None


def create(db: Database, name: str, kind: str, now: float) -> Dataset:
    """An empty dataset."""
    if kind not in KINDS:
        raise Invalid(N_("A dataset is of the kind {known}, not {kind}."), known=", ".join(KINDS), kind=kind)
    with db.write() as connection:
        dataset_id = _create(connection, name, kind, now)
        return working_copy.records(connection, tables.Dataset.id == dataset_id)[0]


def listing(db: Database) -> list[Dataset]:
    """All datasets, by name."""
    with db.read() as connection:
        return working_copy.records(connection)


def get(db: Database, name: str) -> Dataset:
    with db.read() as connection:
        return working_copy.records(connection, tables.Dataset.id == working_copy.find(connection, name).id)[0]


def rename(db: Database, name: str, new_name: str) -> None:
    with db.write() as connection:
        found = working_copy.find(connection, name)
        free = _free_name(connection, new_name)
        connection.execute(sa.update(tables.Dataset).where(tables.Dataset.id == found.id).values(name=free))


def delete(db: Database, name: str, now: float) -> None:
    """Take the dataset off the list; its frozen versions stay for the runs that were trained on them."""
    with db.write() as connection:
        found = working_copy.find(connection, name)
        connection.execute(sa.update(tables.Dataset).where(tables.Dataset.id == found.id).values(deleted_at=now))


def items(
    db: Database,
    name: str,
    *,
    offset: int = 0,
    limit: int | None = None,
    search: str | None = None,
    topic: str | None = None,
    tag: str | None = None,
    flag: str | None = None,
    origin: str | None = None,
    script: str | None = None,
) -> tuple[list[Item], int]:
    """One page of the working copy, and how many items the filters leave in all."""
    labels = {"topic": topic, "tag": tag, "flag": flag, "origin": origin, "script": script}
    with db.read() as connection:
        query = working_copy.filtered(working_copy.of_dataset(working_copy.find(connection, name).id), search, labels)
        total = connection.execute(sa.select(sa.func.count()).select_from(query.order_by(None).subquery())).scalar_one()
        return [working_copy.item(row) for row in connection.execute(query.offset(offset).limit(limit))], total


def facets(db: Database, name: str) -> dict[str, dict[str, int]]:
    """facet -> value -> number of items, the most frequent first; facets are topic, tag, flag, origin and script."""
    label, item = tables.Label, tables.Item
    count = sa.func.count().label("count")
    found: dict[str, dict[str, int]] = {facet: {} for facet in ("topic", "tag", "flag", "origin", "script")}
    with db.read() as connection:
        query = (
            sa.select(label.facet, label.value, count)
            .join(item, sa.and_(item.dataset_id == label.dataset_id, item.id == label.item_id))
            .where(label.dataset_id == working_copy.find(connection, name).id, item.deleted_at.is_(None))
            .group_by(label.facet, label.value)
            .order_by(count.desc(), label.value)
        )
        for facet, value, number in connection.execute(query):
            found[facet][value] = number
    return found


def item(db: Database, name: str, item_id: str) -> Item:
    """One item of the working copy."""
    with db.read() as connection:
        return _item(connection, working_copy.find(connection, name), item_id)


def add_item(db: Database, name: str, new: Item, now: float) -> Item:
    """Put an item at the end; it gets an id of its own."""
    with db.write() as connection:
        found = working_copy.find(connection, name)
        table = tables.Item
        last = sa.select(sa.func.max(table.position)).where(table.dataset_id == found.id)
        position = (connection.execute(last).scalar() or 0) + 1
        taken = set(connection.execute(sa.select(table.id).where(table.dataset_id == found.id)).scalars())
        added = check(replace(new, id=_new_id(position, taken), flags=(), split=None))
        working_copy.insert(connection, found.id, working_copy.Prepared.of([added], position, now))
        _touch(connection, found, [added], now)
        return _item(connection, found, added.id)


def edit_item(db: Database, name: str, changed: Item, now: float) -> Item:
    """Put the item in place of the one with its id."""
    with db.write() as connection:
        found = working_copy.find(connection, name)
        old = _item(connection, found, changed.id)
        working_copy.update(connection, found.id, replace(check(changed), flags=()), now)
        _touch(connection, found, [old, changed], now)
        return _item(connection, found, changed.id)


def delete_item(db: Database, name: str, item_id: str, now: float) -> None:
    """Hide an item; `restore_item` brings it back."""
    with db.write() as connection:
        found = working_copy.find(connection, name)
        old = _item(connection, found, item_id)
        hide = sa.update(tables.Item).where(*working_copy.same(found.id, item_id)).values(deleted_at=now)
        connection.execute(hide)
        _touch(connection, found, [old], now)


def restore_item(db: Database, name: str, item_id: str, now: float) -> Item:
    """Bring a deleted item back to its place."""
    with db.write() as connection:
        found = working_copy.find(connection, name)
        back = sa.update(tables.Item).where(*working_copy.same(found.id, item_id)).values(deleted_at=None)
        connection.execute(back)
        _touch(connection, found, [_item(connection, found, item_id)], now)
        return _item(connection, found, item_id)


def inspect_file(path: Path, format: str = "auto") -> ImportReport:
    """What `import_file` would import, without doing it."""
    return _read_file(path, "", format)[0]


def import_file(db: Database, path: Path, *, name: str, format: str = "auto", now: float) -> ImportReport:
    """Make a dataset of a .json, .jsonl or .gz file, or raise ImportFailed with every bad line and change nothing."""
    with db.read() as connection:
        _free_name(connection, name)
    report, found = _read_file(path, name, format)
    prepared = working_copy.Prepared.of(found, 1, now)  # before the write begins, which keeps all others waiting
    with db.write() as connection:
        dataset_id = _create(connection, name, report.kind, now)
        working_copy.insert(connection, dataset_id, prepared)
        dataset = working_copy.records(connection, tables.Dataset.id == dataset_id)[0]
    return replace(report, name=dataset.name, dataset=dataset)


def export(db: Database, name: str, format: str, out: Path) -> int:
    """Write the working copy to `out` in a form of `formats.FORMATS`; returns the number of rows."""
    form = formats.named(format)
    dataset = get(db, name)
    if form.kind not in (None, dataset.kind):
        fitting = [one.name for one in formats.FORMATS.values() if one.kind in (None, dataset.kind)]
        raise Invalid(
            N_("The form {format} cannot hold {kind}; for {name} there are: {fitting}."),
            format=format,
            kind=dataset.kind,
            name=name,
            fitting=", ".join(fitting),
        )
    return rows.write(out, form.write(items(db, name)[0]))


def freeze(db: Database, name: str, now: float) -> Version:
    """The version that holds what the working copy holds now; made if there is none with this content."""
    dataset = get(db, name)
    found = sorted(items(db, name)[0], key=lambda item: item.id)
    if not found:
        raise Invalid(N_("The dataset {name} is empty."), name=name)
    frozen = split(found)
    version = content_hash(frozen)
    path = db.workspace.datasets / f"{version}.parquet"
    if not path.exists():
        files.write(path, frozen)
    values = {
        "dataset_id": dataset.id,
        "hash": version,
        "kind": dataset.kind,
        "items": len(frozen),
        "held_out": sum(item.split == "held_out" for item in frozen),
        "created_at": now,
    }
    known = sa.select(tables.Version.hash).where(
        tables.Version.dataset_id == dataset.id, tables.Version.hash == version
    )
    with db.write() as connection:
        if connection.execute(known).first() is None:
            connection.execute(sa.insert(tables.Version).values(**values))
    return next(one for one in versions(db, name) if one.hash == version)


def versions(db: Database, name: str) -> list[Version]:
    """The dataset's frozen versions, the newest first."""
    table = tables.Version
    with db.read() as connection:
        mine = table.dataset_id == working_copy.find(connection, name).id
        query = sa.select(*table.__table__.columns).where(mine).order_by(table.created_at.desc())
        found = connection.execute(query).mappings().all()
    return [Version(**row, path=db.workspace.datasets / f"{row['hash']}.parquet") for row in found]


def held_out(db: Database, version: str) -> int | None:
    """How many items of a frozen version are held out; None for one that was not frozen here."""
    query = sa.select(tables.Version.held_out).where(tables.Version.hash == version).limit(1)
    with db.read() as connection:
        return connection.execute(query).scalar()


def file(db: Database, version: str) -> Path:
    """The file of a frozen version, be its dataset still listed or not. Raises NotFound."""
    path = db.workspace.datasets / f"{version}.parquet"
    if not path.is_file():
        raise NotFound(N_("The dataset version {hash} is not in this workspace."), hash=version)
    return path


def load(db: Database, version: str) -> list[Item]:
    """The items of a frozen version in the order of their ids, each with its split. Raises NotFound."""
    return files.read(file(db, version))


def _create(connection: sa.Connection, name: str, kind: str, now: float) -> int:
    values = {"name": _free_name(connection, name), "kind": kind, "created_at": now, "edited_at": now}
    return connection.execute(sa.insert(tables.Dataset).values(**values).returning(tables.Dataset.id)).scalar_one()


def _free_name(connection: sa.Connection, name: str) -> str:
    """The name in its one spelling, if a dataset may have it and none has."""
    name = unicodedata.normalize("NFC", name)
    if not NAME.fullmatch(name):
        raise Invalid(
            N_(
                "{name} cannot be a dataset's name: use up to 64 letters, digits, dots, dashes and underscores, "
                "and begin with a letter or digit."
            ),
            name=name or '""',
        )
    table = tables.Dataset
    if connection.execute(sa.select(table.id).where(table.name == name, table.deleted_at.is_(None))).first():
        raise Invalid(N_("There is a dataset named {name} already."), name=name)
    return name


def _item(connection: sa.Connection, dataset: sa.Row[Any], item_id: str) -> Item:
    row = connection.execute(working_copy.of_dataset(dataset.id).where(tables.Item.id == item_id)).first()
    if row is None:
        raise NotFound(N_("The dataset {name} has no item {id}."), name=dataset.name, id=item_id)
    return working_copy.item(row)


def _touch(connection: sa.Connection, dataset: sa.Row[Any], edited: Sequence[Item], now: float) -> None:
    """After an edit: the dataset's time, and the duplicate flags of the prompts that came or went."""
    connection.execute(sa.update(tables.Dataset).where(tables.Dataset.id == dataset.id).values(edited_at=now))
    for key in {prompt_key(item.messages) for item in edited}:
        working_copy.reflag(connection, dataset.id, key, now)


def _new_id(number: int, taken: set[str]) -> str:
    """The first free one: ids are numbers in order, so that the same file always gives the same ids."""
    while f"{number:05d}" in taken:
        number += 1
    return f"{number:05d}"


def _read_file(path: Path, name: str, format: str) -> tuple[ImportReport, list[Item]]:
    """Read and check a whole file: every item with id and flags, or ImportFailed."""
    numbered, problems = rows.read(path)
    problems += [(line, (N_("The row must be an object."), {})) for line, row in numbered if not isinstance(row, dict)]
    objects = [(line, row) for line, row in numbered if isinstance(row, dict)]
    if not objects:
        raise _failed(path, problems or [(0, (N_("The file holds no rows."), {}))])
    form = formats.detect([row for _, row in objects]) if format == "auto" else formats.named(format)
    found: list[Item] = []
    taken: dict[str, int] = {}
    for line, row in objects:
        try:
            one = check(form.read(row))
            if one.id in taken:
                raise Invalid(N_("The id {id} is that of line {line} already."), id=one.id, line=taken[one.id])
            taken.update({one.id: line} if one.id else {})
            found.append(one)
        except Invalid as error:
            problems.append((line, error.text))
    if problems:
        raise _failed(path, problems)
    found = with_flags(_numbered(found, set(taken)))
    counts = {flag: sum(flag in one.flags for one in found) for flag in sorted({f for one in found for f in one.flags})}
    report = ImportReport(name, form.kind or kind_of(found), form.name, len(found), counts, tuple(found[:PREVIEWED]))
    return report, found


def _numbered(found: list[Item], taken: set[str]) -> list[Item]:
    return [one if one.id else replace(one, id=_new_id(place, taken)) for place, one in enumerate(found, 1)]


def _failed(path: Path, problems: list[tuple[int, Text]]) -> ImportFailed:
    problems.sort(key=lambda problem: problem[0])
    sentence = N_("Nothing was imported from {name}; lines with mistakes: {count}.")
    return ImportFailed(problems[:MOST_PROBLEMS], sentence, name=path.name, count=len(problems))
