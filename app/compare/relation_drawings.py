"""Drawings of a comparison: settings and costs against figures, the frontier of reward and KL, what settings had to do
with the result.

A page and the report show the same. No Streamlit. Left out: how they are drawn (`app.charts.drawings`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from app.charts import drawings
from app.charts.drawings import Point, Row
from app.charts.scales import NO_VALUE, Value, as_values
from app.compare.compared_groups import Comparison
from app.compare.group_figures import Figures
from app.compare.group_words import counted
from app.markup import texts
from app.markup.metric_names import declared, title
from app.runs import outcome
from app.translations import N_, _
from engine.analysis import comparison as analysis
from engine.analysis.frontier import frontier
from engine.analysis.importance import FEWEST_RUNS, best_count, importances
from engine.spec import METRICS, key_metrics
from storage import metrics
from storage.database import Database
from storage.records import Run

SETTING, METRIC = "setting", "metric"
SECONDS, SEED = "seconds", "seed"
MOST_COLUMNS = 6
COSTS = (SECONDS, f"{METRIC}:{key_metrics.TRAINED_TOKENS}")
NOT_ON_ONE_SCALE = N_(
    "Not drawn: these runs have other held-out prompts, rewards or references; their figures lie on no common scale."
)


@dataclass(frozen=True)
class Measures:
    """What can be put against each other: the values of each run, in the order of the runs, by name.

    `linked`: points and lines lead to their runs, as they do on a page.
    """

    names: Mapping[str, str]
    values: Mapping[str, Sequence[Value]]
    linked: bool = True

    def link(self, run: Run) -> str:
        """Where a point or line of the run leads; nowhere in a file that stands alone."""
        return run.id if self.linked else ""


def measures(comparison: Comparison, figures: Figures, linked: bool = True) -> Measures:
    """The settings that differ, the seconds, and the last value of every metric that two of the runs have."""
    settings = dict(analysis.differing_settings(comparison.compared))
    keys = [key for key in METRICS if sum(key in figures.series[run.id] for run in comparison.runs) > 1]
    keys.sort(key=lambda key: METRICS[key].rank or len(METRICS))
    names = {f"{SETTING}:{path}": path for path in settings}
    names |= {SECONDS: _("Seconds"), **{f"{METRIC}:{key}": title(key) for key in keys}}
    values: dict[str, Sequence[Value]] = {f"{SETTING}:{path}": as_values(words) for path, words in settings.items()}
    values[SECONDS] = [outcome.seconds(run) for run in comparison.runs]
    values |= {f"{METRIC}:{key}": [figures.of_run(run, key) for run in comparison.runs] for key in keys}
    return Measures(names, values, linked)


def result_key(figures: Figures) -> str | None:
    """The figure that compares runs: the first of those that they have whose better side is known."""
    return next((key for key in figures.keys if declared(key).better), None)


def scatter(comparison: Comparison, measured: Measures, across: str, up: str) -> Markup | None:
    """Each run as a point; None where nothing has both values."""
    label = _("{up} against {across}").format(up=measured.names[up], across=measured.names[across])
    titles = measured.names[across], measured.names[up]
    return drawings.points(_points(comparison, measured, across, up), titles, label)


def cost_against_quality(comparison: Comparison, measured: Measures, cost: str, key: str) -> Markup | None:
    """What the result cost each run, and the frontier of what is to be had for how much."""
    up = f"{METRIC}:{key}"
    placed = _points(comparison, measured, cost, up)
    through = _frontier(placed, declared(key).better == "down")
    names = measured.names
    return drawings.points(placed, (names[cost], names[up]), f"{names[up]} / {names[cost]}", through)


def reward_against_kl(db: Database, comparison: Comparison, figures: Figures, measured: Measures) -> Markup | None:
    """Every evaluation of every run, and the frontier: the reward that no other evaluation had at a smaller KL."""
    placed = [point for run in comparison.runs for point in _evaluations(db, comparison, run, figures, measured)]
    through = frontier([(float(point.x), float(point.y)) for point in placed])  # type: ignore[arg-type]
    placed = [replace(point, faint=index not in through) for index, point in enumerate(placed)]
    titles = title(key_metrics.HELD_OUT_KL), title(key_metrics.HEADLINE)
    return drawings.points(placed, titles, _("Frontier of reward and KL"), through)


def parallel(comparison: Comparison, measured: Measures, key: str) -> Markup | None:
    """The settings that differ and the result; None where no setting differs."""
    settings = [name for name in measured.names if name.startswith(f"{SETTING}:")]
    shared = [name for name in settings if NO_VALUE not in measured.values[name]] or settings
    if not settings:
        return None
    columns = [*shared[:MOST_COLUMNS], f"{METRIC}:{key}"]
    styles = {run.id: group.style for group in comparison.groups for run in group.runs}
    rows = [
        Row(
            [measured.values[name][index] for name in columns],
            styles[run.id],
            _about(run, [(measured.names[name], measured.values[name][index]) for name in columns]),
            measured.link(run),
        )
        for index, run in enumerate(comparison.runs)
    ]
    return drawings.parallel([measured.names[name] for name in columns], rows, _("Settings and result"))


def importance(comparison: Comparison, measured: Measures, key: str) -> Markup | str:
    """What settings had to do with ending among the best, or a sentence on why that is not said."""
    ended = [index for index, run in enumerate(comparison.compared) if run.progress == "completed"]
    if len(ended) < FEWEST_RUNS:
        sentence = _("Importance needs at least {count} runs that ended as planned; here are {present}.")
        return sentence.format(count=FEWEST_RUNS, present=len(ended))
    sign = -1.0 if declared(key).better == "down" else 1.0
    result = [measured.values[f"{METRIC}:{key}"][index] for index in ended]
    values = [sign * value if isinstance(value, float) else float("nan") for value in result]
    settings = dict(analysis.differing_settings([comparison.compared[index] for index in ended]))
    columns: dict[str, Sequence[str | None]] = {**settings, SEED: [comparison.compared[index].seed for index in ended]}
    shares = importances(columns, values)
    if shares is None or set(shares) == {SEED}:
        return _("Importance needs settings that differ and that all of these runs have; there are none.")
    named = [(_("seed (chance alone)") if path == SEED else path, share) for path, share in shares.items()]
    return drawings.bars(named, _("Importance of settings"))


def importance_words(comparison: Comparison, key: str) -> str:
    """How the shares are to be read, and what they are not."""
    ended = sum(run.progress == "completed" for run in comparison.compared)
    return _(
        "Which settings had other values in the best {best} of {count} runs ({metric}) than in all (PED-ANOVA). It is "
        "no effect and no cause: settings that were changed together share it, and one that nobody varied has none. "
        "With few runs chance alone makes shares: those near that of the seed say nothing."
    ).format(best=best_count(ended), count=ended, metric=title(key))


def _points(comparison: Comparison, measured: Measures, across: str, up: str) -> list[Point]:
    groups = {run.id: group for group in comparison.groups for run in group.runs}
    placed = []
    for index, run in enumerate(comparison.runs):
        x, y = measured.values[across][index], measured.values[up][index]
        about = _about(run, [(measured.names[across], x), (measured.names[up], y)])
        placed.append(Point(x, y, groups[run.id].style, about, measured.link(run)))
    return placed


def _evaluations(db: Database, comparison: Comparison, run: Run, figures: Figures, measured: Measures) -> list[Point]:
    keys = key_metrics.HELD_OUT_KL, key_metrics.HEADLINE
    if any(key not in figures.series[run.id] for key in keys):
        return []
    group = next(group for group in comparison.groups if run in group.runs)
    costs, gains = ({step: value for _key, step, value, _at in metrics.points(db, run.id, key)} for key in keys)
    return [
        Point(
            costs[step],
            gain,
            group.style,
            _about(run, [(_("step"), f"{step:,}"), (title(keys[0]), costs[step]), (title(keys[1]), gain)]),
            measured.link(run),
        )
        for step, gain in gains.items()
        if step in costs
    ]


def _frontier(placed: Sequence[Point], less_is_better: bool) -> list[int]:
    sign = -1.0 if less_is_better else 1.0
    numbers = [
        (float(point.x), sign * float(point.y))
        if isinstance(point.x, float | int) and isinstance(point.y, float | int)
        else (float("nan"), float("nan"))
        for point in placed
    ]
    return frontier(numbers)


def _about(run: Run, pairs: Sequence[tuple[str, Value]]) -> str:
    """What is said of a point: its run, and the names and values of what it shows."""
    said = [
        f"{name} {texts.number(value) if isinstance(value, float | int) else value or '–'}" for name, value in pairs
    ]
    return f"{run.name}: {', '.join(said)}"


def key_of_groups(comparison: Comparison) -> Markup:
    """What each look stands for, where a drawing has no legend of its own."""
    entry = Markup('<span class="al-who">{}{}</span>')
    return Markup('<div class="al-looks">{}</div>').format(
        Markup("").join(entry.format(drawings.stroke(group.style), counted(group)) for group in comparison.groups)
    )
