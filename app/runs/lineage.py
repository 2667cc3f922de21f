"""In which order linked runs are drawn: layers, each behind all that it takes from.

Left out: which runs are linked (`storage.run_links`), and drawing them (`lineage_graph`).
"""

from collections.abc import Collection, Mapping, Sequence

from storage.records import RunLink


def layers(members: Collection[str], linked: Sequence[RunLink], order: Mapping[str, int]) -> list[list[str]]:
    """The members by how many links lie before them at most; within a layer by `order`."""
    inner = [link for link in linked if link.parent in members and link.child in members]
    depth = dict.fromkeys(members, 0)
    for _round in range(len(depth)):  # enough for any chain, and an end for what is no chain at all
        deeper = {link.child: depth[link.parent] + 1 for link in inner if depth[link.child] <= depth[link.parent]}
        if not deeper:
            break
        depth |= deeper
    layered: list[list[str]] = [[] for _layer in range(max(depth.values(), default=-1) + 1)]
    for run in sorted(members, key=lambda run: order.get(run, 0)):
        layered[depth[run]].append(run)
    return [layer for layer in layered if layer]
