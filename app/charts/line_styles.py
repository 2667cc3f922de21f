"""How each of several runs is drawn: hue, dash and marker, the same in panels, tables and reports."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.theme import RUN_COLOURS, RUN_DASHES, mark
from storage.records import Run


@dataclass(frozen=True)
class LineStyle:
    """How a run is drawn beside others: a token of the theme, a dash, and a marker where points are few."""

    colour: str
    dash: str
    symbol: str


def line_styles(runs: Sequence[Run]) -> dict[str, LineStyle]:
    """The method's own hue and dash where these tell the runs apart, or with a dash for each run of a method; else
    the ordered palette."""
    marks = [mark(run.algorithm) for run in runs]
    styles = [(one.hue, "dash" if one.dashed else "solid") for one in marks]
    if len(set(styles)) < len(runs):
        styles = _by_seed([one.hue for one in marks]) if not any(one.dashed for one in marks) else []
    if len(set(styles)) < len(runs):
        styles = [(f"run-{i % len(RUN_COLOURS)}", RUN_DASHES[i // len(RUN_COLOURS) % 3]) for i in range(len(runs))]
    return {
        run.id: LineStyle(colour, dash, "square" if one.shape == "bar" else one.shape)
        for run, one, (colour, dash) in zip(runs, marks, styles, strict=True)
    }


def _by_seed(hues: list[str]) -> list[tuple[str, str]]:
    """A dash for each run of a hue, in order; nothing where there is one method only, or more runs than dashes."""
    if len(set(hues)) < 2 or max(map(hues.count, hues)) > len(RUN_DASHES):
        return []
    return [(hue, RUN_DASHES[hues[:place].count(hue)]) for place, hue in enumerate(hues)]
