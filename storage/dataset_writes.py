"""Writes to datasets: create, import, rename and delete them, edit their items, freeze their working copy.

Deleting an item, or a whole dataset, hides its rows: versions and judgements that rest on them stay whole.
Left out: reading (`storage.datasets`).
"""

import re
import shlex
import tempfile
import unicodedata
from dataclasses import replace
from pathlib import Path

import sqlalchemy as sa

from storage import datasets, hidden_datasets, import_records, tables, version_files, working_copy
from storage.column_mapping import Columns
from storage.data_files import DataFiles, ImportReport, ItemReader, Numbering, free_id
from storage.database import Database
from storage.errors import Invalid
from storage.import_records import ImportRecord
from storage.item_content import KINDS, check, content_hash, split
from storage.item_edit_writes import Change, author, carry_out
from storage.item_edits import EditConflict
from storage.judging import judged_items
from storage.judging.judged_preferences import EVERYTHING, JudgementFilter
from storage.records import LONGEST_DATASET_NAME, Dataset, Item, Version
from words import N_
from words.names import listed

NAME = re.compile(rf"[^\W_][\w.-]{{0,{LONGEST_DATASET_NAME - 1}}}")
BAD_NAME = N_(
    "{name} cannot be a dataset's name: use up to 64 letters, digits, dots, dashes and underscores, "
    "and begin with a letter or digit."
)


def create(db: Database, name: str, kind: str, now: float) -> Dataset:
    """An empty dataset, to be filled item by item. No page offers this yet."""
    if kind not in KINDS:
        raise Invalid(N_("A dataset is of the kind {known}, not {kind}."), known=", ".join(KINDS), kind=kind)
    with db.write() as connection:
        return _record(connection, _create(connection, name, kind, now))


def rename(db: Database, name: str, new_name: str) -> Dataset:
    """Give the dataset another name, which no other has."""
    with db.write() as connection:
        row = working_copy.find(connection, name)
        free = _free_name(connection, new_name)
        connection.execute(sa.update(tables.Dataset).where(tables.Dataset.id == row.id).values(name=free))
        return _record(connection, row.id)


def delete(db: Database, name: str, now: float) -> Dataset:
    """Take the dataset off the list; its frozen versions stay for the runs that were trained on them."""
    with db.write() as connection:
        dataset = _record(connection, working_copy.find(connection, name).id)
        connection.execute(sa.update(tables.Dataset).where(tables.Dataset.id == dataset.id).values(deleted_at=now))
        return dataset


def add_item(db: Database, name: str, new: Item, now: float, account: str | None = None) -> Item:
    """Put an item at the end; it gets an id of its own."""
    with db.write() as connection:
        dataset = working_copy.find(connection, name)
        table = tables.Item
        position = working_copy.last_position(connection, dataset.id) + 1
        ids = set(connection.execute(sa.select(table.id).where(table.dataset_id == dataset.id)).scalars())
        added = check(replace(new, id=free_id(position, ids), flags=(), split=None))
        carry_out(connection, dataset, [Change(None, added)], author(account, now, "add"))
        return working_copy.find_item(connection, dataset, added.id)


def edit_item(
    db: Database, name: str, changed: Item, *, expected: float | None, now: float, account: str | None = None
) -> Item:
    """Put the item in place of the one with its id, if that is still the one its editor saw.

    `expected` is the `edited_at` of the item as the editor saw it. Raises EditConflict where it was edited since.
    """
    with db.write() as connection:
        dataset = working_copy.find(connection, name)
        old = working_copy.find_item(connection, dataset, changed.id)
        checked = check(changed)
        if old.edited_at != expected:
            raise EditConflict(
                N_(
                    "The item {id} was edited by somebody else, or in another tab, since you opened it: your change "
                    "was not saved."
                ),
                old,
                id=changed.id,
            )
        carry_out(connection, dataset, [Change(old, checked)], author(account, now, "edit"))
        return working_copy.find_item(connection, dataset, changed.id)


def delete_item(
    db: Database, name: str, item_id: str, *, expected: float | None, now: float, account: str | None = None
) -> Item:
    """Hide an item; `restore_item` brings it back. Returns the item as it was.

    `expected` is the `edited_at` of the item as it was seen. Raises EditConflict where it was edited since.
    """
    with db.write() as connection:
        dataset = working_copy.find(connection, name)
        old = working_copy.find_item(connection, dataset, item_id)
        if old.edited_at != expected:
            raise EditConflict(
                N_(
                    "The item {id} was edited by somebody else, or in another tab, since you opened it: it was not "
                    "deleted. Open it again to see what it holds now."
                ),
                old,
                id=item_id,
            )
        carry_out(connection, dataset, [Change(old, None)], author(account, now, "delete"))
        return old


def restore_item(db: Database, name: str, item_id: str, now: float, account: str | None = None) -> Item:
    """Bring a deleted item back to its position."""
    with db.write() as connection:
        dataset = working_copy.find(connection, name)
        hidden = working_copy.hidden_item(connection, dataset.id, item_id)
        if hidden is not None:
            carry_out(connection, dataset, [Change(None, hidden)], author(account, now, "restore"))
        return working_copy.find_item(connection, dataset, item_id)


def import_file(
    db: Database,
    files: Path | DataFiles,
    *,
    name: str,
    format: str = "auto",
    columns: Columns | None = None,
    skip_bad: bool = False,
    leave_unread: bool = False,
    now: float,
) -> ImportReport:
    """Make a dataset of a file. Raises ImportFailed and changes nothing where a row is bad, unless those are skipped.

    Several files may be read as one. `columns` says which column stands for which field. Raises Invalid where fields
    that hold answers are not read, unless those are left. Rows wait in a temporary file until all of them are read,
    so that neither memory holds them nor the database is locked meanwhile; others can write while they are inserted,
    too.
    """
    check_name(db, name)
    reader = ItemReader(files, format, columns)
    with tempfile.TemporaryFile(dir=db.workspace.cache) as waiting:
        hidden_datasets.put_aside(reader.items(), waiting)
        report = reader.report(name, skip_bad=skip_bad)
        if report.unread_answers and not leave_unread:
            raise _answers_lost(reader.files, report, columns or {})
        with hidden_datasets.hidden(db, report.kind, now) as dataset_id:
            hidden_datasets.fill(db, dataset_id, waiting, Numbering(set(reader.ids)), now)
            with db.write() as connection:
                dataset = show(connection, dataset_id, name)
                import_records.write(db.workspace, dataset_id, ImportRecord.of(report, reader.files, columns or {}))
    return replace(report, name=dataset.name, dataset=dataset)


def _answers_lost(files: DataFiles, report: ImportReport, columns: Columns) -> Invalid:
    """The complaint about an import that would leave answers unread, with the mapping that reads them."""
    proposal = report.proposal or {"chosen": "FIELD", "rejected": "FIELD"}
    mapping = ",".join(f"{target}={column}" for target, column in {**columns, **proposal}.items())
    return Invalid(
        N_(
            "{name} holds {fields}, which sound like answers and would not be read. Name them: --map {mapping}. To "
            "import the rest without them: --leave-unread."
        ),
        name=files.name,
        fields=listed(report.unread_answers),
        mapping=shlex.quote(mapping),
    )


def freeze(
    db: Database,
    name: str,
    now: float,
    wanted: JudgementFilter = EVERYTHING,
    *,
    account: str | None = None,
    note: str | None = None,
) -> Version:
    """The version that holds what the working copy holds now, but for excluded items; made if there is none with this.

    Its preferences follow from the verdicts of people; `wanted` says whose, by which criterion, and of which items.
    """
    dataset = datasets.get(db, name)
    judged, judgement_ids = judged_items.derived(db, name, datasets.items(db, name)[0], wanted)
    items = sorted(judged_items.included(judged), key=lambda item: item.id)
    if not items and judged:
        raise Invalid(N_("All items of {name} are excluded from training."), name=name)
    if not items and wanted != EVERYTHING:
        raise Invalid(N_("No item of {name} is left by this choice of tags, annotators and criterion."), name=name)
    if not items:
        raise Invalid(N_("The dataset {name} is empty."), name=name)
    frozen = split(items)
    version = content_hash(frozen)
    path = db.workspace.datasets / f"{version}.parquet"
    if not version_files.is_whole(path):
        version_files.write(path, frozen)
    values = {
        "dataset_id": dataset.id,
        "hash": version,
        "kind": dataset.kind,
        "items": len(frozen),
        "held_out": sum(item.split == "held_out" for item in frozen),
        "created_at": now,
        "created_by": account,
        "note": note,
    }
    table = tables.Version
    existing = sa.select(table.hash).where(table.dataset_id == dataset.id, table.hash == version)
    with db.write() as connection:
        if connection.execute(existing).first() is None:
            connection.execute(sa.insert(table).values(**values))
        judged_items.link(connection, version, judgement_ids)
    return next(frozen for frozen in datasets.versions(db, name) if frozen.hash == version)


def check_name(db: Database, name: str) -> None:
    """Raise Invalid where no dataset can have this name, or one has it."""
    with db.read() as connection:
        _free_name(connection, name)


def show(connection: sa.Connection, dataset_id: int, name: str) -> Dataset:
    """Give a hidden dataset its name, by which it is seen."""
    table = tables.Dataset
    values = {"name": _free_name(connection, name), "deleted_at": None}
    connection.execute(sa.update(table).where(table.id == dataset_id).values(**values))
    return _record(connection, dataset_id)


def _record(connection: sa.Connection, dataset_id: int) -> Dataset:
    return working_copy.records(connection, tables.Dataset.id == dataset_id)[0]


def _create(connection: sa.Connection, name: str, kind: str, now: float) -> int:
    values = {"name": _free_name(connection, name), "kind": kind, "created_at": now, "edited_at": now}
    return connection.execute(sa.insert(tables.Dataset).values(**values).returning(tables.Dataset.id)).scalar_one()


def _free_name(connection: sa.Connection, name: str) -> str:
    """The name in its one spelling, if a dataset may have it and none has."""
    name = unicodedata.normalize("NFC", name)
    if not NAME.fullmatch(name):
        raise Invalid(BAD_NAME, name=name or '""')
    table = tables.Dataset
    if connection.execute(sa.select(table.id).where(table.name == name, table.deleted_at.is_(None))).first():
        raise Invalid(N_("There is a dataset named {name} already."), name=name)
    return name
