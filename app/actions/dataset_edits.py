"""What a person can do with datasets: import, export, rename, delete and freeze them, and edit their items.

Left out: what a dataset or an item may be, which storage checks; the datasets that ship (`app.actions.shipped`).
"""

from pathlib import Path

from app.actions.permissions import record, require, require_reader
from app.people import Person
from storage import dataset_writes, datasets, item_edit_writes
from storage.column_mapping import Columns
from storage.data_files import DataFiles, ImportReport
from storage.database import Database
from storage.exports import ExportReport
from storage.item_edit_writes import Undone, author
from storage.item_edits import Batch
from storage.item_filter import ItemFilter
from storage.judging.judged_preferences import EVERYTHING, JudgementFilter
from storage.records import Dataset, Item, Version


def import_file(
    db: Database,
    person: Person,
    files: Path | DataFiles,
    now: float,
    *,
    name: str,
    format: str = "auto",
    columns: Columns | None = None,
    skip_bad: bool = False,
    leave_unread: bool = False,
) -> ImportReport:
    """Make a dataset of a file, or of its good rows. Raises ImportFailed, Invalid or NotFound; then nothing changed.

    Several files may be read as one. A file with answers that are not read is refused, unless they are to be left.
    """
    require(person, "researcher")
    report = dataset_writes.import_file(
        db, files, name=name, format=format, columns=columns, skip_bad=skip_bad, leave_unread=leave_unread, now=now
    )
    origin = {"origin": files.origin} if isinstance(files, DataFiles) and files.origin else {}
    record(db, person, "dataset.import", report.name, now, items=report.imported, **origin)
    return report


def rename(db: Database, person: Person, name: str, new_name: str, now: float) -> Dataset:
    """Give a dataset another name. Raises Invalid where it cannot have it, NotFound."""
    require(person, "researcher")
    renamed = dataset_writes.rename(db, name, new_name)
    record(db, person, "dataset.rename", renamed.name, now, before=name)
    return renamed


def delete(db: Database, person: Person, name: str, now: float) -> Dataset:
    """Delete a dataset's working copy; its frozen versions stay. Returns the dataset as it was. Raises NotFound."""
    require(person, "researcher")
    deleted = dataset_writes.delete(db, name, now)
    record(db, person, "dataset.delete", name, now, items=deleted.items)
    return deleted


def freeze(
    db: Database,
    person: Person,
    name: str,
    now: float,
    wanted: JudgementFilter = EVERYTHING,
    *,
    note: str | None = None,
) -> Version:
    """Freeze the working copy, unless there is a version with its content. Raises Invalid, NotFound.

    `wanted` says whose verdicts its preferences follow from, by which criterion, and which tags its items have.
    """
    require(person, "researcher")
    version = dataset_writes.freeze(db, name, now, wanted, account=person.account, note=note)
    record(db, person, "dataset.freeze", name, now, version=version.hash)
    return version


def add_item(db: Database, person: Person, name: str, new: Item, now: float) -> Item:
    """Put an item at the end; it gets an id. Raises Invalid for one that makes no sense, NotFound."""
    require(person, "researcher")
    added = dataset_writes.add_item(db, name, new, now, person.account)
    record(db, person, "item.add", name, now, item=added.id)
    return added


def edit_item(db: Database, person: Person, name: str, changed: Item, *, expected: float | None, now: float) -> Item:
    """Replace the item with this id. `expected` is the `edited_at` of the item as the person saw it.

    Raises Invalid for an item that was edited since or that makes no sense, NotFound.
    """
    require(person, "researcher")
    edited = dataset_writes.edit_item(db, name, changed, expected=expected, now=now, account=person.account)
    record(db, person, "item.edit", name, now, item=edited.id)
    return edited


def delete_item(db: Database, person: Person, name: str, item_id: str, *, expected: float | None, now: float) -> Item:
    """Delete an item; returns it as it was. `expected` is its `edited_at` as the person saw it.

    Raises Invalid for an item that was edited since, NotFound.
    """
    require(person, "researcher")
    deleted = dataset_writes.delete_item(db, name, item_id, expected=expected, now=now, account=person.account)
    record(db, person, "item.delete", name, now, item=item_id)
    return deleted


def restore_item(db: Database, person: Person, name: str, item_id: str, now: float) -> Item:
    """Bring a deleted item back to its position. Raises NotFound."""
    require(person, "researcher")
    restored = dataset_writes.restore_item(db, name, item_id, now, person.account)
    record(db, person, "item.restore", name, now, item=item_id)
    return restored


def change_all(
    db: Database,
    person: Person,
    name: str,
    item_filter: ItemFilter,
    action: str,
    now: float,
    *,
    expected: int,
    value: str | None = None,
) -> Batch | None:
    """Do one thing (`item_edits.ACTIONS`) to all items that the filter leaves, of which the person saw `expected`.

    Returns what was changed, None where nothing had to be. Raises Invalid, NotFound.
    """
    require(person, "researcher")
    by = author(person.account, now, action)
    batch = item_edit_writes.change_all(db, name, item_filter, action, value, expected=expected, by=by)
    if batch is not None:
        record(db, person, f"items.{action}", name, now, items=batch.items, value=value, **_named(item_filter))
    return batch


def undo(db: Database, person: Person, name: str, batch: str, now: float) -> Undone:
    """Take back the changes of a batch, but for items that were changed since. Raises Invalid, NotFound."""
    require(person, "researcher")
    undone = item_edit_writes.undo(db, name, batch, now)
    record(db, person, "items.undo", name, now, items=undone.items)
    return undone


def _named(item_filter: ItemFilter) -> dict[str, str]:
    return {facet: value for facet, value in vars(item_filter).items() if value}


def export(
    db: Database, person: Person, name: str, form: str, out: Path, now: float, *, skip_unfit: bool = False
) -> ExportReport:
    """Write the working copy to a file, in a form that trainers read. Raises Invalid, NotFound."""
    require_reader(person)
    report = datasets.export(db, name, form, out, skip_unfit=skip_unfit)
    record(db, person, "dataset.export", name, now, form=form, rows=report.rows)
    return report
