"""Drawings as SVG that need no script: points, lines with bands, parallel coordinates, bars.

Their colours are the theme's variables, so they follow it; a report brings its own values for these. Words are escaped.
A line or point that leads somewhere is a link, so it can be reached by keys. Left out: live charts (`live_panels`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup

from app.charts.line_styles import DASHES, LineStyle
from app.charts.scales import Scale, Value, scale

WIDTH, HEIGHT = 600, 300
LEFT, RIGHT, TOP, BOTTOM = 64, 16, 12, 44
COLUMN_TOP, COLUMN_BOTTOM = 34, 26
LETTER = 6.4  # width of a letter
FAINT = 0.35  # opacity of points that matter less
LONGEST = 26  # letters of a word beside an axis
_FIGURE = Markup(
    '<svg class="al-drawing" viewBox="0 0 {width} {height}" role="group" aria-label="{label}" '
    'style="min-width:{least}px">{content}</svg>'
)
_SHAPES = {
    "square": "M-4 -4H4V4H-4Z",
    "diamond": "M0 -5L5 0L0 5L-5 0Z",
    "triangle-up": "M0 -5L5 4H-5Z",
    "triangle": "M0 -5L5 4H-5Z",
}
_STROKE = Markup(
    '<svg class="al-stroke" viewBox="0 0 24 8" aria-hidden="true"><path d="M0 4H24" '
    'style="stroke:var(--al-{colour});stroke-dasharray:{dashes}"/></svg>'
)
_CIRCLE = "M-4 0A4 4 0 1 0 4 0A4 4 0 1 0 -4 0Z"


@dataclass(frozen=True)
class Point:
    """A measurement with its look, what is said of it, and the run it leads to, empty for none.

    `faint`: others matter more.
    """

    x: Value
    y: Value
    style: LineStyle
    about: str
    run: str
    faint: bool = False


@dataclass(frozen=True)
class Curve:
    """A line with its look; `low` and `high` are the edges of its band, empty where it has none."""

    x: Sequence[float]
    y: Sequence[float]
    style: LineStyle
    name: str
    low: Sequence[float] = ()
    high: Sequence[float] = ()


@dataclass(frozen=True)
class Row:
    """One line of parallel coordinates: a value for each column."""

    values: Sequence[Value]
    style: LineStyle
    about: str
    run: str


def stroke(style: LineStyle) -> Markup:
    """A piece of a line, to stand beside its name."""
    return _STROKE.format(colour=style.colour, dashes=DASHES.get(style.dash, "none"))


def points(
    measured: Sequence[Point], titles: tuple[str, str], label: str, through: Sequence[int] = ()
) -> Markup | None:
    """Points between two axes, with a stepped line through those at the positions `through`, such as a frontier.

    None where no point has a place.
    """
    axes = _Axes.of([point.x for point in measured], [point.y for point in measured])
    if axes is None:
        return None
    marks = [_point(point, axes) for point in measured]
    line = _steps([measured[index] for index in through], axes)
    return _figure([*axes.drawn(titles), line, *marks], label)


def curves(lines: Sequence[Curve], titles: tuple[str, str], label: str) -> Markup | None:
    """Lines with their bands; None where there is no point."""
    heights = [value for line in lines for values in (line.y, line.low, line.high) for value in values]
    axes = _Axes.of([value for line in lines for value in line.x], heights, linear=True)
    if axes is None:
        return None
    bands = [_band(line, axes) for line in lines if len(line.low)]
    return _figure([*axes.drawn(titles), *bands, *(_curve(line, axes) for line in lines)], label)


def parallel(columns: Sequence[str], rows: Sequence[Row], label: str) -> Markup:
    """A vertical axis for each column, and a line through them for each row."""
    scales = [scale([row.values[index] for row in rows]) for index in range(len(columns))]
    places = [LEFT + index * (WIDTH - 2 * LEFT) / max(1, len(columns) - 1) for index in range(len(columns))]
    letters = int((places[1] - places[0]) / LETTER) if len(places) > 1 else LONGEST
    axes = [_column(x, _cut(name, letters), axis) for x, name, axis in zip(places, columns, scales, strict=True)]
    return _figure([*(_row(row, places, scales) for row in rows), *axes], label, extra_class=" al-parallel")


def bars(shares: Sequence[tuple[str, float]], label: str) -> Markup:
    """A bar for each name, as long as its share of the whole."""
    height, left = 24, 210
    rows = [
        Markup(
            '<text x="{left}" y="{base}" text-anchor="end">{name}</text>'
            '<rect x="{start}" y="{top}" width="{width:.1f}" height="12"/><text x="{end:.1f}" y="{base}">{share}</text>'
        ).format(
            left=left - 8,
            base=index * height + 17,
            name=_cut(name),
            start=left,
            top=index * height + 7,
            width=share * (WIDTH - left - 60),
            end=left + share * (WIDTH - left - 60) + 6,
            share=f"{share:.0%}",
        )
        for index, (name, share) in enumerate(shares)
    ]
    return _figure(rows, label, height=len(shares) * height + 8)


@dataclass(frozen=True)
class _Axes:
    x: Scale
    y: Scale

    @classmethod
    def of(cls, across: Sequence[Value], up: Sequence[Value], linear: bool = False) -> "_Axes | None":
        x, y = scale(across, linear), scale(up, linear)
        return None if x is None or y is None else cls(x, y)

    def at(self, x: Value, y: Value) -> tuple[float, float] | None:
        across, up = self.x.place(x), self.y.place(y)
        if across is None or up is None:
            return None
        return LEFT + across * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - up * (HEIGHT - TOP - BOTTOM)

    def drawn(self, titles: tuple[str, str]) -> Iterator[Markup]:
        bottom = HEIGHT - BOTTOM
        for place, text in self.y.marks():
            y = bottom - place * (bottom - TOP)
            yield Markup('<path class="al-rule" d="M{} {:.1f}H{}"/>').format(LEFT, y, WIDTH - RIGHT)
            yield Markup('<text x="{}" y="{:.1f}" text-anchor="end">{}</text>').format(LEFT - 8, y + 4, _cut(text, 9))
        yield Markup('<path class="al-edge" d="M{} {}V{}H{}"/>').format(LEFT, TOP, bottom, WIDTH - RIGHT)
        for place, text in self.x.marks():
            x = LEFT + place * (WIDTH - LEFT - RIGHT)
            yield Markup('<text x="{:.1f}" y="{}" text-anchor="middle">{}</text>').format(
                x, bottom + 16, _cut(text, 14)
            )
        yield Markup('<text class="al-title-x" x="{}" y="{}" text-anchor="middle">{}</text>').format(
            (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, titles[0]
        )
        yield Markup(
            '<text class="al-title-y" transform="translate(13 {}) rotate(-90)" text-anchor="middle">{}</text>'
        ).format((TOP + bottom) / 2, titles[1])


def _figure(content: Sequence[Markup], label: str, height: float = HEIGHT, extra_class: str = "") -> Markup:
    drawn = _FIGURE.format(width=WIDTH, height=height, label=label, least=WIDTH * 0.8, content=Markup("").join(content))
    return Markup('<div class="al-scroll{}" tabindex="0" role="group" aria-label="{}">{}</div>').format(
        extra_class, label, drawn
    )


def _point(point: Point, axes: _Axes) -> Markup:
    place = axes.at(point.x, point.y)
    if place is None:
        return Markup("")
    shape = Markup('<path d="{}" transform="translate({:.1f} {:.1f})" style="fill:var(--al-{});opacity:{}"/>').format(
        _SHAPES.get(point.style.symbol, _CIRCLE), *place, point.style.colour, FAINT if point.faint else 1
    )
    return _link(point.run, point.about, shape)


def _link(run: str, about: str, content: Markup) -> Markup:
    if not run:
        return Markup("<g><title>{}</title>{}</g>").format(about, content)
    return Markup('<a href="run?id={}" data-go="run" aria-label="{}"><title>{}</title>{}</a>').format(
        run, about, about, content
    )


def _steps(corners: Sequence[Point], axes: _Axes) -> Markup:
    """A line that rises where a point does: between two, no more is to be had than at the left one."""
    places = [place for place in (axes.at(point.x, point.y) for point in corners) if place is not None]
    if len(places) < 2:
        return Markup("")
    path = f"M{places[0][0]:.1f} {places[0][1]:.1f}" + "".join(f"H{x:.1f}V{y:.1f}" for x, y in places[1:])
    return Markup('<path class="al-frontier" d="{}"/>').format(path)


def _ink(style: LineStyle) -> str:
    return f"stroke:var(--al-{style.colour});stroke-dasharray:{DASHES.get(style.dash, 'none')}"


def _curve(line: Curve, axes: _Axes) -> Markup:
    places = [axes.at(x, y) for x, y in zip(line.x, line.y, strict=True)]
    return Markup('<path class="al-trace" d="{}" style="{}"><title>{}</title></path>').format(
        _path(places), _ink(line.style), line.name
    )


def _path(places: Sequence[tuple[float, float] | None]) -> str:
    """A line through the places, which is broken where one is missing."""
    pieces = []
    for before, place in pairwise([None, *places]):
        if place is not None:
            pieces.append(f"{'M' if before is None else 'L'}{place[0]:.1f} {place[1]:.1f}")
    return "".join(pieces)


def _band(line: Curve, axes: _Axes) -> Markup:
    upper = [axes.at(x, y) for x, y in zip(line.x, line.high, strict=True)]
    lower = [axes.at(x, y) for x, y in zip(line.x, line.low, strict=True)]
    outline = [place for place in [*upper, *reversed(lower)] if place is not None]
    return Markup('<path d="{}Z" style="fill:var(--al-{})" opacity="0.16"/>').format(_path(outline), line.style.colour)


def _column(x: float, title: str, axis: Scale | None) -> Markup:
    bottom = HEIGHT - COLUMN_BOTTOM
    marks = Markup("").join(
        Markup('<text class="al-on-line" x="{:.1f}" y="{:.1f}">{}</text>').format(
            x + 5, bottom - place * (bottom - COLUMN_TOP) + 4, _cut(text, 12)
        )
        for place, text in (axis.marks() if axis else [])
    )
    head = Markup('<text class="al-title-x" x="{:.1f}" y="16" text-anchor="middle">{}</text>').format(x, title)
    return Markup('<path class="al-edge" d="M{:.1f} {}V{}"/>{}{}').format(x, COLUMN_TOP, bottom, head, marks)


def _row(row: Row, places: Sequence[float], scales: Sequence[Scale | None]) -> Markup:
    bottom = HEIGHT - COLUMN_BOTTOM
    up = [axis.place(value) if axis else None for axis, value in zip(scales, row.values, strict=True)]
    path = _path(
        [
            None if each is None else (x, bottom - each * (bottom - COLUMN_TOP))
            for x, each in zip(places, up, strict=True)
        ]
    )
    line = Markup('<path class="al-trace" d="{}" style="{}"/>').format(path, _ink(row.style))
    return _link(row.run, row.about, line)


def _cut(text: str, longest: int = LONGEST) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"
