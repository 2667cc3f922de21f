"""Links between runs: whose weights or reward a run takes, whose end it waits for, which checkpoints it rests on.

They are read from a run's settings in the transaction that writes these. Left out: which checkpoint a reference means
(`run_references`), and how links are drawn.
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from storage import tables
from storage.database import Database
from storage.records import CheckpointReference, RunLink

WEIGHTS = ("model", "against")  # blocks of a run file that name a run for its weights
_CHECKPOINT = re.compile(r"run:([A-Za-z0-9]+)@(\d+)")
_DRAWN = tables.RunLink.role != "ancestor"
_FIELDS = (tables.RunLink.parent, tables.RunLink.child, tables.RunLink.role, tables.RunLink.step)


def add(connection: sa.Connection, run_id: str, spec: Mapping[str, Any], waits_for: str | None) -> None:
    """Write the links of a new run. A run that waits for another without taking anything of it takes its turn."""
    named = list(_named(spec))
    existing = _existing(connection, {parent for parent, _role, _step in named})
    links = [RunLink(parent, run_id, role, step) for parent, role, step in named if parent in existing]
    if waits_for is not None and waits_for not in {link.parent for link in links}:
        links.append(RunLink(waits_for, run_id, "turn"))
    _insert(connection, links)


def add_ancestors(connection: sa.Connection, run_id: str, resolved: Mapping[str, Any]) -> None:
    """Write that the run rests on every checkpoint that stands in `resolved`, of whatever generation."""
    pins = {(parent, int(step)) for parent, step in _CHECKPOINT.findall(json.dumps(resolved))}
    existing = _existing(connection, {parent for parent, _step in pins})
    _insert(
        connection, [RunLink(parent, run_id, "ancestor", step) for parent, step in sorted(pins) if parent in existing]
    )


def is_linked(db: Database, run_id: str) -> bool:
    """Whether the run takes anything of another run, or another of it."""
    link = tables.RunLink
    touching = sa.select(link.id).where(_DRAWN, sa.or_(link.child == run_id, link.parent == run_id)).limit(1)
    with db.read() as connection:
        return connection.execute(touching).first() is not None


def forks(db: Database, run_id: str) -> list[RunLink]:
    """The forks of a run, in the order in which they were made."""
    link = tables.RunLink
    query = sa.select(*_FIELDS).where(link.parent == run_id, link.role == "fork").order_by(link.id)
    with db.read() as connection:
        return [RunLink(**row) for row in connection.execute(query).mappings()]


def fork_lines(db: Database, run_ids: Collection[str]) -> dict[str, list[RunLink]]:
    """Of each of these runs that is a fork, the links back to the run it came from and so on; the oldest first."""
    link = tables.RunLink
    lines: dict[str, list[RunLink]] = {}
    children = {run: run for run in run_ids}  # fork -> the oldest run of its line so far
    with db.read() as connection:
        while children:
            query = sa.select(*_FIELDS).where(link.role == "fork", link.child.in_(set(children.values())))
            parents = {row["child"]: RunLink(**row) for row in connection.execute(query).mappings()}
            children = {run: oldest for run, oldest in children.items() if oldest in parents}
            for run, oldest in children.items():
                lines.setdefault(run, []).insert(0, parents[oldest])
            children = {run: parents[oldest].parent for run, oldest in children.items()}
    return lines


def lineage(db: Database, run_id: str) -> list[RunLink]:
    """The links between the run, what it came from, and what came from it; the oldest run's first."""
    link = tables.RunLink
    up, down = _start(run_id, "up"), _start(run_id, "down")
    up = up.union(sa.select(link.parent).where(_DRAWN, link.child == up.c.id))
    down = down.union(sa.select(link.child).where(_DRAWN, link.parent == down.c.id))
    return _among(db, sa.select(up.c.id).union(sa.select(down.c.id)).subquery())


def family(db: Database, run_id: str) -> list[RunLink]:
    """The links between all runs that can be reached from the run, in whatever direction; the oldest run's first."""
    link = tables.RunLink
    members = _start(run_id, "members")
    other_end = sa.case((link.child == members.c.id, link.parent), else_=link.child)
    touching = sa.or_(link.child == members.c.id, link.parent == members.c.id)
    members = members.union(sa.select(other_end).where(_DRAWN, touching))
    return _among(db, members)


def _named(data: object, path: str = "") -> Iterator[tuple[str, Any, int | None]]:
    """Run, role and step of the fork, and of each block that names a run under `from`."""
    if isinstance(data, dict):
        origin = CheckpointReference.parse(data["fork"]) if not path and isinstance(data.get("fork"), str) else None
        if origin is not None:
            yield origin.run, "fork", origin.step
        reference = CheckpointReference.parse(data["from"]) if isinstance(data.get("from"), str) else None
        if reference is not None:
            role = "weights" if path in WEIGHTS else "reward"
            yield reference.run, role, reference.step
        for key, value in data.items():
            yield from _named(value, f"{path}.{key}" if path else str(key))
    elif isinstance(data, list):
        for value in data:
            yield from _named(value, path)


def _existing(connection: sa.Connection, run_ids: set[str]) -> set[str]:
    """Those of the ids that are runs: settings from elsewhere may name a run that is not here."""
    if not run_ids:
        return set()
    return set(connection.execute(sa.select(tables.Run.id).where(tables.Run.id.in_(run_ids))).scalars())


def _insert(connection: sa.Connection, links: list[RunLink]) -> None:
    if links:
        connection.execute(sa.insert(tables.RunLink), [vars(link) for link in dict.fromkeys(links)])


def _start(run_id: str, name: str) -> sa.CTE:
    return sa.select(sa.literal(run_id, sa.String).label("id")).cte(name, recursive=True)


def _among(db: Database, members: sa.FromClause) -> list[RunLink]:
    """The links of which both ends are members. Of several links in one role between two runs the last counts."""
    link = tables.RunLink
    ids = sa.select(members.c.id)
    query = sa.select(*_FIELDS).where(_DRAWN, link.child.in_(ids), link.parent.in_(ids)).order_by(link.id)
    with db.read() as connection:
        links = [RunLink(**row) for row in connection.execute(query).mappings()]
    return list({(link.parent, link.child, link.role): link for link in links}.values())
