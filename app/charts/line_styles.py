"""How each of several runs is drawn: hue, dash and marker, the same in panels, tables and reports."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.theme import RUN_COLOURS, RUN_DASHES, SHADES, mark
from storage.records import Run


@dataclass(frozen=True)
class LineStyle:
    """How a run is drawn beside others: a token of the theme, a dash, and a marker where points are few."""

    colour: str
    dash: str
    symbol: str

    @property
    def printed_colour(self) -> str:
        """The colour on white, as #rrggbb, for a file that does not have the theme."""
        name, _dash, index = self.colour.rpartition("-")
        return (RUN_COLOURS[int(index)] if name == "run" else SHADES[self.colour]).light


def line_styles(runs: Sequence[Run]) -> dict[str, LineStyle]:
    """The style of each run, by its id, so that no two of up to 36 runs look alike.

    Where methods have different looks, a run has its method's hue and dash. Where several runs share a method, they
    share its hue and differ in the dash. Where that is not enough, runs take the ordered palette.
    """
    marks = [mark(run.algorithm) for run in runs]
    styles = [(look.hue, look.dash) for look in marks]
    if len(set(styles)) < len(runs):
        styles = _by_seed([look.hue for look in marks]) if not any(look.dashed for look in marks) else []
    if len(set(styles)) < len(runs):
        styles = [(f"run-{i % len(RUN_COLOURS)}", RUN_DASHES[i // len(RUN_COLOURS) % 3]) for i in range(len(runs))]
    return {
        run.id: LineStyle(colour, dash, look.symbol)
        for run, look, (colour, dash) in zip(runs, marks, styles, strict=True)
    }


def _by_seed(hues: list[str]) -> list[tuple[str, str]]:
    """A dash for each run of a hue, in order; nothing where there is one method only, or more runs than dashes."""
    if len(set(hues)) < 2 or max(map(hues.count, hues)) > len(RUN_DASHES):
        return []
    return [(hue, RUN_DASHES[hues[:index].count(hue)]) for index, hue in enumerate(hues)]
