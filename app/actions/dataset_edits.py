"""What a person can change about datasets: import, rename, delete and freeze them, and edit their items.

Left out: what a dataset or an item may be, which storage checks; the datasets that ship (`app.actions.shipped`).
"""

from pathlib import Path

from app.people import Person
from storage import dataset_writes
from storage.column_mapping import Columns
from storage.data_files import ImportReport
from storage.database import Database
from storage.records import Dataset, Item, Version


def import_file(
    db: Database,
    person: Person,
    path: Path,
    now: float,
    *,
    name: str,
    format: str = "auto",
    columns: Columns | None = None,
    skip_bad: bool = False,
    leave_unread: bool = False,
) -> ImportReport:
    """Make a dataset of a file, or of its good rows. Raises ImportFailed, Invalid or NotFound; then nothing changed.

    A file with answers that are not read is refused, unless they are to be left.
    """
    return dataset_writes.import_file(
        db, path, name=name, format=format, columns=columns, skip_bad=skip_bad, leave_unread=leave_unread, now=now
    )


def rename(db: Database, person: Person, name: str, new_name: str) -> Dataset:
    """Give a dataset another name. Raises Invalid where it cannot have it, NotFound."""
    return dataset_writes.rename(db, name, new_name)


def delete(db: Database, person: Person, name: str, now: float) -> Dataset:
    """Delete a dataset's working copy; its frozen versions stay. Returns the dataset as it was. Raises NotFound."""
    return dataset_writes.delete(db, name, now)


def freeze(db: Database, person: Person, name: str, now: float) -> Version:
    """Freeze the working copy, unless there is a version with its content. Raises Invalid, NotFound."""
    return dataset_writes.freeze(db, name, now)


def add_item(db: Database, person: Person, name: str, new: Item, now: float) -> Item:
    """Put an item at the end; it gets an id. Raises Invalid for one that makes no sense, NotFound."""
    return dataset_writes.add_item(db, name, new, now)


def edit_item(db: Database, person: Person, name: str, changed: Item, *, expected: float | None, now: float) -> Item:
    """Replace the item with this id. `expected` is the `edited_at` of the item as the person saw it.

    Raises Invalid for an item that was edited since or that makes no sense, NotFound.
    """
    return dataset_writes.edit_item(db, name, changed, expected=expected, now=now)


def delete_item(db: Database, person: Person, name: str, item_id: str, *, expected: float | None, now: float) -> Item:
    """Delete an item; returns it as it was. `expected` is its `edited_at` as the person saw it.

    Raises Invalid for an item that was edited since, NotFound.
    """
    return dataset_writes.delete_item(db, name, item_id, expected=expected, now=now)


def restore_item(db: Database, person: Person, name: str, item_id: str, now: float) -> Item:
    """Bring a deleted item back to its position. Raises NotFound."""
    return dataset_writes.restore_item(db, name, item_id, now)
