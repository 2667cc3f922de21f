"""Where the boxes of a graph stand and how the lines between them run: layers from left to right, in pixels.

A line that passes a layer gets a place of its own in it, so it never runs behind a box. Left out: any markup.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

WIDTH, HEIGHT = 196, 92  # of a box
ACROSS, BETWEEN = 52, 12  # from layer to layer, and from box to box
PASSAGE = 20  # what a passing line takes of a layer
HOLD = 25  # below the top of a box its lines begin and end
Point = tuple[float, float]


@dataclass(frozen=True)
class Drawing:
    """`boxes` by id: left and top. `lines` by edge: the path of an SVG."""

    width: float
    height: float
    boxes: Mapping[str, Point]
    lines: Mapping[tuple[str, str], str]


def draw(layers: Sequence[Sequence[str]], edges: Sequence[tuple[str, str]]) -> Drawing:
    """Each edge leads from an earlier layer to a later one."""
    depth = {box: number for number, layer in enumerate(layers) for box in layer}
    routes = {edge: _route(edge, depth) for edge in edges}
    slots = _arranged([list(layer) for layer in layers], list(routes.values()))
    heights = [sum(_size(slot) + BETWEEN for slot in layer) - BETWEEN for layer in slots]
    height = max(heights, default=0)
    ends: dict[str, Point] = {}  # the left of each slot, at the height of its lines
    for number, layer in enumerate(slots):
        top = (height - heights[number]) / 2
        for slot in layer:
            ends[slot] = (number * (WIDTH + ACROSS), top + (PASSAGE / 2 if " " in slot else HOLD))
            top += _size(slot) + BETWEEN
    boxes = {box: (ends[box][0], ends[box][1] - HOLD) for box in depth}
    lines = {edge: _path([ends[slot] for slot in route]) for edge, route in routes.items()}
    return Drawing(len(layers) * (WIDTH + ACROSS) - ACROSS, height, boxes, lines)


def _route(edge: tuple[str, str], depth: Mapping[str, int]) -> list[str]:
    """The two ends, and a passage through each layer between them."""
    start, end = edge
    return [start, *(f"{start} {end} {number}" for number in range(depth[start] + 1, depth[end])), end]


def _arranged(slots: list[list[str]], routes: Sequence[Sequence[str]]) -> list[list[str]]:
    """The layers with their passages, each slot about as high as what it comes from."""
    before: dict[str, list[str]] = {}
    for route in routes:
        for earlier, later in pairwise(route):
            before.setdefault(later, []).append(earlier)
            number = int(later.rpartition(" ")[2]) if " " in later else None
            if number is not None:
                slots[number].append(later)
    for earlier_layer, layer in pairwise(slots):
        index_of = {slot: at for at, slot in enumerate(earlier_layer)}
        sources = {
            slot: [index_of[slot_before] for slot_before in before.get(slot, []) if slot_before in index_of]
            for slot in layer
        }
        layer.sort(key=lambda slot: sum(sources[slot]) / len(sources[slot]) if sources[slot] else len(index_of))
    return slots


def _size(slot: str) -> int:
    return PASSAGE if " " in slot else HEIGHT


def _path(ends: Sequence[Point]) -> str:
    """From the right edge of the first box to the left edge of the last, level where it meets a box."""
    path = f"M{ends[0][0] + WIDTH:g} {ends[0][1]:g}"
    for (x0, y0), (x1, y1) in pairwise(ends):
        start, bend = x0 + WIDTH, ACROSS / 2
        path += f"C{start + bend:g} {y0:g} {x1 - bend:g} {y1:g} {x1:g} {y1:g}"
        if x1 != ends[-1][0]:
            path += f"H{x1 + WIDTH:g}"
    return path
