"""Which run came from which: weights, a learned reward, or only its turn in the line.

Left out: what a reference means to the engine (`storage.run_references`), and drawing it (`lineage_graph`).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from engine.spec import references
from storage.records import Run

What = Literal["weights", "reward", "turn"]


@dataclass(frozen=True)
class Link:
    """What `child` takes of `parent`; `step` where it names a checkpoint."""

    parent: str
    child: str
    what: What
    step: str = ""


def links(runs: Iterable[Run]) -> list[Link]:
    """All links between these runs. A run that waits for another without taking anything of it takes its turn."""
    known = {run.id: run for run in runs}
    found: dict[tuple[str, str, str], Link] = {}
    for run in known.values():
        for path, block in references(run.spec):
            name, _at, step = block["from"].removeprefix("run:").partition("@")
            parent = name if name in known else next((one for one in known if name and one.startswith(name)), None)
            if parent is not None:
                what: What = "weights" if path.startswith("model") else "reward"
                found[parent, run.id, what] = Link(parent, run.id, what, step)
        linked = {link.parent for link in found.values() if link.child == run.id}
        if run.waits_for in known and run.waits_for not in linked:
            found[run.waits_for, run.id, "turn"] = Link(run.waits_for, run.id, "turn")
    return list(found.values())


def kin(run_id: str, linked: Sequence[Link]) -> set[str]:
    """The run and all that are linked with it, in whatever direction."""
    return _reached({run_id}, [(link.parent, link.child) for link in linked], both=True)


def line(run_id: str, linked: Sequence[Link]) -> set[str]:
    """The run, what it came from, and what came from it."""
    down = [(link.parent, link.child) for link in linked]
    return _reached({run_id}, down) | _reached({run_id}, [(child, parent) for parent, child in down])


def layers(members: Collection[str], linked: Sequence[Link], order: Mapping[str, int]) -> list[list[str]]:
    """The members by how many links lie before them at most; within a layer by `order`."""
    inner = [link for link in linked if link.parent in members and link.child in members]
    depth = dict.fromkeys(members, 0)
    for _round in range(len(depth)):  # enough for any chain, and an end for what is no chain at all
        deeper = {link.child: depth[link.parent] + 1 for link in inner if depth[link.child] <= depth[link.parent]}
        if not deeper:
            break
        depth |= deeper
    found: list[list[str]] = [[] for _layer in range(max(depth.values(), default=-1) + 1)]
    for run in sorted(members, key=lambda run: order.get(run, 0)):
        found[depth[run]].append(run)
    return [layer for layer in found if layer]


def _reached(start: set[str], steps: Sequence[tuple[str, str]], both: bool = False) -> set[str]:
    reached, fresh = set(start), set(start)
    while fresh:
        fresh = {there for here, there in steps if here in fresh} | (
            {here for here, there in steps if there in fresh} if both else set()
        )
        fresh -= reached
        reached |= fresh
    return reached
