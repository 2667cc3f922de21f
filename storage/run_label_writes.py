"""What a person calls and says of runs: their names, tags and notes.

Left out: what a run is (its settings never change), and putting it away (`run_removal_writes`).
"""

from collections.abc import Sequence

import sqlalchemy as sa

from storage import tables
from storage.database import Database
from storage.errors import Invalid, NotFound
from storage.records import Run
from storage.run_tags import MOST_TAGS, TagChanges
from storage.run_writes import searched_columns
from storage.runs import COLUMNS, LONGEST_RUN_NAME, record
from words import N_
from words.names import unseen_character

LONGEST_NOTE = 20_000


def rename(db: Database, run_id: str, name: str) -> Run:
    """Give a run another name; its settings keep the one that it was launched with. Raises Invalid, NotFound."""
    name = name.strip()
    if not name:
        raise Invalid(N_("A run needs a name."))
    if len(name) > LONGEST_RUN_NAME:
        raise Invalid(N_("The name of a run has at most {most} characters."), most=LONGEST_RUN_NAME)
    if character := unseen_character(name):
        text = N_("The name of the run holds the character {character}, which nobody sees: leave it out.")
        raise Invalid(text, character=character)
    run = tables.Run
    with db.write() as connection:
        row = connection.execute(sa.select(run.algorithm, run.spec).where(run.id == run_id)).first()
        if row is None:
            raise NotFound(N_("There is no run {id}."), id=run_id)
        columns = searched_columns(run_id, name, row.algorithm, row.spec)
        changed = sa.update(run).where(run.id == run_id).values(name=name, words=columns["words"])
        return record(connection.execute(changed.returning(*COLUMNS)).one())


def set_note(db: Database, run_id: str, note: str) -> Run:
    """Put this in place of the run's note; an empty one takes it away. Raises Invalid, NotFound."""
    if len(note) > LONGEST_NOTE:
        raise Invalid(N_("A note has at most {most} characters."), most=f"{LONGEST_NOTE:,}")
    run = tables.Run
    changed = sa.update(run).where(run.id == run_id).values(note=note.strip() or None).returning(*COLUMNS)
    with db.write() as connection:
        row = connection.execute(changed).first()
    if row is None:
        raise NotFound(N_("There is no run {id}."), id=run_id)
    return record(row)


def change_tags(db: Database, run_ids: Sequence[str], changes: TagChanges) -> None:
    """Give tags to runs and take tags away, from all of them or from none. Raises Invalid, NotFound."""
    table = tables.RunTag
    with db.write() as connection:
        _require(connection, run_ids)
        removed = sa.delete(table).where(table.run_id.in_(run_ids), table.tag.in_(changes.removed))
        connection.execute(removed)
        present = connection.execute(sa.select(table.run_id, table.tag).where(table.run_id.in_(run_ids))).all()
        has = {(run_id, tag) for run_id, tag in present}
        new = [(run_id, tag) for run_id in run_ids for tag in changes.added if (run_id, tag) not in has]
        if new:
            connection.execute(sa.insert(table), [{"run_id": run_id, "tag": tag} for run_id, tag in new])
        most = sa.select(sa.func.count()).where(table.run_id.in_(run_ids)).group_by(table.run_id)
        if any(count > MOST_TAGS for count in connection.execute(most).scalars()):
            raise Invalid(N_("A run has at most {most} tags: take one away first."), most=MOST_TAGS)


def _require(connection: sa.Connection, run_ids: Sequence[str]) -> None:
    run = tables.Run
    found = set(connection.execute(sa.select(run.id).where(run.id.in_(run_ids))).scalars())
    for run_id in run_ids:
        if run_id not in found:
            raise NotFound(N_("There is no run {id}."), id=run_id)
