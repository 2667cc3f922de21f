"""Writes to frozen versions' rows, and of a version into the working copy. A version's content never changes.

Left out: freezing (`storage.dataset_writes`), and what differs between versions (`storage.version_diffs`).
"""

import sqlalchemy as sa

from storage import datasets, item_edits, tables, version_diffs, working_copy
from storage.database import Database
from storage.item_edit_writes import BATCH_ITEMS, Author, Change, carry_out
from storage.item_edits import Batch
from storage.judging import judged_items
from storage.records import Version


def set_note(db: Database, name: str, version: str, note: str) -> Version:
    """Say what a version is for; an empty note takes it away. Raises NotFound, Ambiguous."""
    found, table = datasets.version(db, name, version), tables.Version
    named = (table.dataset_id == found.dataset_id, table.hash == found.hash)
    with db.write() as connection:
        connection.execute(sa.update(table).where(*named).values(note=note.strip() or None))
    return datasets.version(db, name, found.hash)


def restore(db: Database, name: str, version: str, by: Author) -> Batch | None:
    """Let the working copy hold what the version holds; what was changed, None where nothing had to be.

    Items that hold it already, with what follows from their verdicts, stay as they are. Raises NotFound, Ambiguous,
    Damaged.
    """
    target = datasets.load(db, datasets.version(db, name, version).hash)
    present, _judgement_ids = judged_items.derived(db, name, datasets.items(db, name)[0])
    diff = version_diffs.compare(present, target)
    wanted = {item.id: None for item in diff.removed} | {item.id: item for item in diff.added}
    wanted |= {after.id: after for _before, after in diff.changed}
    ids = sorted(wanted)
    for first in range(0, len(ids), BATCH_ITEMS):
        part = ids[first : first + BATCH_ITEMS]
        with db.write() as connection:
            dataset = working_copy.find(connection, name)
            live = working_copy.items_named(connection, dataset.id, part)
            changes = [Change(live.get(item_id), wanted[item_id]) for item_id in part]
            carry_out(connection, dataset, [own for own in changes if own.before or own.after], by)
    with db.read() as connection:
        return item_edits.batch(connection, by.batch)
