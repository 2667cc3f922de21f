"""Draws docs/pictures/rooms.svg: the rooms of the house by floor, and which of them import which, read off the code.

`python docs/draw_rooms.py` writes the picture; `--check` only says whether it is up to date. A room is a package or
module directly below a floor, or below a package that holds packages only. A room stands above those it imports. An
arrow that other arrows imply is not drawn. Left out: imports between floors (each floor's heading names them), tests.
"""

import ast
import sys
from collections.abc import Collection, Mapping, Sequence
from html import escape
from pathlib import Path

ROOT = Path(__file__).parents[1]
PICTURE = ROOT / "docs" / "pictures" / "rooms.svg"
FLOORS = ("app", "engine", "storage", "words")
WIDTH, HEIGHT, GAP, ROW = 178, 58, 14, 92  # of a box, between boxes, from row to row
MARGIN, HEADING, LINE, MOST = 20, 40, 30, 6  # characters in a line of a box, boxes in a row
STYLE = """
text { font: 12px sans-serif; fill: #1c2330 } .name { font-weight: 600 } .about { font-size: 10px; fill: #5a6475 }
.floor { font-size: 15px; font-weight: 600 } .box { fill: #fff; stroke: #4a4fd9 } .band { fill: #f5f6f9 }
.arrow { fill: none; stroke: #8791a3; marker-end: url(#head) }
"""
Edges = dict[str, set[str]]


def rooms(floor: str) -> dict[str, str]:
    """The rooms of a floor, and what each says of itself: the first sentence of its docstring."""
    return {name: _first_sentence(path) for name, path in sorted(_paths(ROOT / floor).items())} or {
        floor: _first_sentence(ROOT / floor / "__init__.py")
    }


def _paths(folder: Path, prefix: str = "") -> dict[str, Path]:
    """The file that holds the docstring of each room below a folder; packages of packages only are opened."""
    paths = {prefix + path.stem: path for path in folder.glob("*.py") if not path.stem.startswith("__")}
    for path in folder.glob("*/__init__.py"):
        name = prefix + path.parent.name
        inner = _paths(path.parent, f"{name}.")
        is_open = bool(inner) and not [other for other in path.parent.glob("*.py") if other != path]
        paths |= inner if is_open else {name: path}
    return paths


def imports(floor: str, names: Collection[str]) -> tuple[Edges, set[str]]:
    """Which room imports which other room of its floor, and the rooms of other floors that the floor imports."""
    inner: Edges = {name: set() for name in names}
    outer: set[str] = set()
    for path in sorted((ROOT / floor).rglob("*.py")):
        own = _room(path.relative_to(ROOT / floor).with_suffix("").parts, names)
        for parts in _imported(path):
            target = _room(parts[1:], names)
            if parts[0] != floor:
                outer.add(".".join(parts[:2]) if parts[0] == "engine" else parts[0])
            elif own and target and target != own:
                inner[own].add(target)
    return inner, outer - {floor}


def levels(edges: Edges) -> list[list[str]]:
    """The rooms by how long the longest chain of imports below them is, the highest first."""
    depth = dict.fromkeys(edges, 0)
    for _round in edges:
        for room, targets in edges.items():
            depth[room] = max([depth[target] + 1 for target in targets], default=0)
    highest = max(depth.values(), default=0)
    return [[room for room in edges if depth[room] == level] for level in range(highest, -1, -1)]


def reduced(edges: Edges) -> Edges:
    """The edges without those that a longer way implies."""
    reach = {room: _reachable(room, edges) for room in edges}
    return {
        room: {target for target in targets if not any(target in reach[other] for other in targets - {target})}
        for room, targets in edges.items()
    }


def draw() -> str:
    """The whole picture as SVG."""
    top, bands = MARGIN, []
    width = MOST * (WIDTH + GAP) + GAP + 2 * MARGIN
    for floor in FLOORS:
        names = rooms(floor)
        edges, outer = imports(floor, names)
        rows = _wrapped(levels(edges))
        bands.append(_band(floor, names, rows, reduced(edges), outer, top))
        top += HEADING + len(rows) * ROW + MARGIN
    tip = '<path d="M0 0L6 3L0 6z" fill="#8791a3"/>'
    head = f'<marker id="head" markerWidth="7" markerHeight="7" refX="6" refY="3" orient="auto">{tip}</marker>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {top}" width="{width}" height="{top}">'
        f"<style>{STYLE}</style><defs>{head}</defs>\n" + "\n".join(bands) + "\n</svg>\n"
    )


def _band(floor: str, names: Mapping[str, str], rows: list[list[str]], edges: Edges, outer: set[str], top: int) -> str:
    """A floor: its ground, heading, arrows and boxes; `top` in pixels."""
    width = MOST * (WIDTH + GAP) + GAP
    height = HEADING + len(rows) * ROW
    corners = {
        room: (MARGIN + (width - len(row) * (WIDTH + GAP)) // 2 + column * (WIDTH + GAP), top + HEADING + number * ROW)
        for number, row in enumerate(rows)
        for column, room in enumerate(row)
    }
    arrows = [_arrow(corners[room], corners[target]) for room in edges for target in sorted(edges[room])]
    boxes = [_box(room, names[room], *corners[room]) for room in corners]
    heading = f"{floor}/" + (f"   imports {', '.join(sorted(outer & _ours()))}" if outer & _ours() else "")
    return (
        f'<rect class="band" x="{MARGIN}" y="{top}" width="{width}" height="{height}" rx="8"/>'
        f'<text class="floor" x="{MARGIN + GAP}" y="{top + 24}">{escape(heading)}</text>\n'
        + "\n".join([*arrows, *boxes])
    )


def _box(room: str, about: str, left: int, top: int) -> str:
    lines = "".join(
        f'<text class="about" x="{left + 8}" y="{top + 32 + 12 * number}">{escape(line)}</text>'
        for number, line in enumerate(_two_lines(about))
    )
    return (
        f'<rect class="box" x="{left}" y="{top}" width="{WIDTH}" height="{HEIGHT}" rx="5"/>'
        f'<text class="name" x="{left + 8}" y="{top + 17}">{escape(room)}</text>{lines}'
    )


def _arrow(start: tuple[int, int], end: tuple[int, int]) -> str:
    x0, y0, x1, y1 = start[0] + WIDTH // 2, start[1] + HEIGHT, end[0] + WIDTH // 2, end[1]
    return f'<path class="arrow" d="M{x0} {y0}C{x0} {y0 + 24} {x1} {y1 - 24} {x1} {y1 - 1}"/>'


def _two_lines(text: str) -> list[str]:
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) >= LINE:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines if len(lines) <= 2 else [lines[0], lines[1][: LINE - 2] + " …"]


def _wrapped(rows: list[list[str]]) -> list[list[str]]:
    """Rows of at most MOST boxes."""
    return [row[start : start + MOST] for row in rows for start in range(0, len(row), MOST)]


def _room(parts: Sequence[str], names: Collection[str]) -> str | None:
    """The room that a dotted name below a floor belongs to."""
    return next((name for name in (".".join(parts[:2]), parts[0] if parts else "") if name in names), None)


def _imported(path: Path) -> list[list[str]]:
    """The dotted names that a file imports from floors of ours, its own submodules spelled out."""
    names = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names += [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
    return [name.split(".") for name in names if name.split(".")[0] in FLOORS]


def _ours() -> set[str]:
    return set(FLOORS) | {f"engine.{name}" for name in rooms("engine")}


def _reachable(room: str, edges: Edges) -> set[str]:
    reached: set[str] = set()
    queue = list(edges[room])
    while queue:
        target = queue.pop()
        if target not in reached:
            reached.add(target)
            queue += edges[target]
    return reached


def _first_sentence(path: Path) -> str:
    text = " ".join((ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").split())
    sentence = text.partition(". ")[0].rstrip(".")
    before, colon, after = sentence.partition(": ")
    return before if len(before) > LINE // 2 else (f"{before}: {after}" if colon else sentence)


def main() -> int:
    """Write the picture; with --check, 1 where it is out of date."""
    picture = draw()
    if "--check" in sys.argv:
        return int(not PICTURE.exists() or PICTURE.read_text(encoding="utf-8") != picture)
    PICTURE.write_text(picture, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
