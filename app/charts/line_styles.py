"""How each of several runs is drawn: hue, dash and marker, the same in panels, tables and reports.

A run's look depends on the runs before it alone: one that is added at the end, hidden, or taken out (its place stays,
see `app.compare.compared_groups`) changes no other.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from app.theme import HUES, RUN_COLOURS, RUN_DASHES, SHADES, mark
from storage.records import Run

_OF_METHODS = frozenset(SHADES[hue] for hue in HUES.values())
# Without the first three, which are as good as the hues of methods.
OTHERS = tuple(index for index, shade in enumerate(RUN_COLOURS) if index > 2 and shade not in _OF_METHODS)
DASHES = {"dash": "6 3", "dot": "2 3", "dashdot": "6 3 2 3", "longdash": "10 3", "longdashdot": "9 3 2 3"}
"""Of SVG, for Plotly's names; those of `js/stroke.js`."""


@dataclass(frozen=True)
class LineStyle:
    """How a run is drawn beside others: a token of the theme, a dash, and a marker where points are few."""

    colour: str
    dash: str
    symbol: str


def line_styles(places: Sequence[Run | None]) -> dict[str, LineStyle]:
    """The style of each run, by its id; no two of up to 54 look alike. None is the place of a run that is gone.

    The first run of a method has the method's own hue and dash, as on every page. Any other takes what its place says:
    nine colours, and their dashes only after all nine.
    """
    styles: dict[str, LineStyle] = {}
    owned = set()
    for place, run in enumerate(places):
        if run is None:
            continue
        look = mark(run.algorithm)
        colour, dash = look.hue, look.dash
        if (colour, dash) in owned:
            colour = f"run-{OTHERS[place % len(OTHERS)]}"
            dash = RUN_DASHES[place // len(OTHERS) % len(RUN_DASHES)]
        owned.add((look.hue, look.dash))
        styles[run.id] = LineStyle(colour, dash, look.symbol)
    return styles
