"""What the tests let other processes do. Each opens the database anew, as a worker would."""

from collections.abc import Callable
from multiprocessing import get_context
from typing import Any

import sqlalchemy as sa

from storage import queue
from storage.database import connect
from storage.workspace import Workspace


def at_once(target: Callable[..., Any], arguments: list[tuple[Any, ...]]) -> list[Any]:
    """What `target` returned in as many fresh processes, all running at the same time."""
    with get_context("spawn").Pool(len(arguments)) as pool:
        return pool.starmap(target, arguments, chunksize=1)


def add_many(workspace: Workspace, run_id: str, times: int) -> None:
    """Read a number, add one in Python, write it back: the pattern that loses updates where transactions are weak."""
    db = connect(workspace)
    for _ in range(times):
        with db.write() as connection:
            step = connection.execute(sa.text("SELECT step FROM runs WHERE id = :id"), {"id": run_id}).scalar_one()
            connection.execute(sa.text("UPDATE runs SET step = :step WHERE id = :id"), {"step": step + 1, "id": run_id})


def open_it(workspace: Workspace) -> int:
    """Open a database that may have no tables yet; returns the number of its tables."""
    with connect(workspace).read() as connection:
        return len(sa.inspect(connection).get_table_names())


def claim_one(workspace: Workspace) -> bool:
    """Claim a run for the one device that all of them want."""
    return queue.claim(connect(workspace), host="here", device="cpu", lane="train", seconds=60, now=100.0) is not None


def drain(workspace: Workspace, device: str) -> list[str]:
    """Claim and finish runs until there are none."""
    db = connect(workspace)
    done = []
    while lease := queue.claim(db, host="here", device=device, lane="train", seconds=60, now=100.0):
        queue.finish(db, lease, "succeeded", now=101.0)
        done.append(lease.run_id)
    return done
