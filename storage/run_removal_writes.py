"""Putting runs away and deleting them.

A deleted run's rows go first, in one transaction, then its files: what ends the process in between leaves files that no
row names, which `garbage` finds, and never a row whose files are gone.
"""

import shutil
from collections.abc import Sequence

import sqlalchemy as sa

from storage import tables
from storage.database import Database
from storage.errors import Invalid
from storage.records import ACTIVE
from storage.run_removals import children_of
from words import N_
from words.names import listed


def archive(db: Database, run_ids: Sequence[str], now: float) -> list[str]:
    """Leave these runs out of the lists; returns those that were in them. Raises Invalid where one is active."""
    run = tables.Run
    with db.write() as connection:
        active = sa.select(run.name).where(run.id.in_(run_ids), run.state.in_(ACTIVE))
        if names := list(connection.execute(active).scalars()):
            raise Invalid(
                N_("Only runs that have ended or are paused can be archived: stop {names} first."), names=listed(names)
            )
        put_away = sa.update(run).where(run.id.in_(run_ids), run.archived_at.is_(None)).values(archived_at=now)
        changed = set(connection.execute(put_away.returning(run.id)).scalars())
    return [run_id for run_id in run_ids if run_id in changed]


def unarchive(db: Database, run_ids: Sequence[str]) -> list[str]:
    """Bring archived runs back into the lists; returns those that were archived."""
    run = tables.Run
    back = sa.update(run).where(run.id.in_(run_ids), run.archived_at.is_not(None)).values(archived_at=None)
    with db.write() as connection:
        changed = set(connection.execute(back.returning(run.id)).scalars())
    return [run_id for run_id in run_ids if run_id in changed]


def delete(db: Database, run_ids: Sequence[str]) -> None:
    """Delete runs with their curves, samples, events, checkpoints and logs: all of them or none.

    Raises Invalid where one is running, or where a run that stays rests on one of them.
    """
    with db.write() as connection:
        _require_deletable(connection, run_ids)
        run, link = tables.Run, tables.RunLink
        # by hand what does not go with a row of runs, so that these may name each other
        connection.execute(sa.delete(link).where(link.child.in_(run_ids)))
        connection.execute(sa.update(run).where(run.id.in_(run_ids)).values(waits_for=None, parent_run=None))
        connection.execute(sa.delete(run).where(run.id.in_(run_ids)))
    for run_id in run_ids:
        shutil.rmtree(db.workspace.run_folder(run_id), ignore_errors=True)


def _require_deletable(connection: sa.Connection, run_ids: Sequence[str]) -> None:
    run = tables.Run
    running = sa.select(run.name).where(run.id.in_(run_ids), run.state == "running").with_for_update()
    if names := list(connection.execute(running).scalars()):
        raise Invalid(N_("A run that is running cannot be deleted: stop {names} first."), names=listed(names))
    if children := children_of(connection, run_ids):
        text = N_("Other runs rest on it: {names}. Delete these first, or archive it instead.")
        raise Invalid(text, names=listed([child.name for child in children]))
