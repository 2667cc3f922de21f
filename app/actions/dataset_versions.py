"""What a person can do with a dataset's frozen versions: say what one is for, and bring one back.

Left out: freezing, which is a change of the dataset (`app.actions.dataset_edits`).
"""

from app.actions.permissions import record, require
from app.people import Person
from storage import version_writes
from storage.database import Database
from storage.item_edit_writes import author
from storage.item_edits import Batch
from storage.records import Version


def set_note(db: Database, person: Person, name: str, version: str, note: str, now: float) -> Version:
    """Say what a version is for; an empty note takes it away. Raises NotFound, Ambiguous."""
    require(person, "researcher")
    noted = version_writes.set_note(db, name, version, note)
    record(db, person, "version.note", name, now, version=noted.hash, note=noted.note)
    return noted


def restore(db: Database, person: Person, name: str, version: str, now: float) -> Batch | None:
    """Let the working copy hold what a version holds; what was changed, None where nothing had to be.

    Raises NotFound, Ambiguous, Damaged.
    """
    require(person, "researcher")
    batch = version_writes.restore(db, name, version, author(person.account, now, "version"))
    if batch is not None:
        record(db, person, "version.restore", name, now, version=version, items=batch.items)
    return batch
