"""Which curves share a panel, in which order and colours: read from the metrics' declarations.

Left out: drawing them (`live.panels`), and which run has which look (`app.compare.comparability`).
"""

from collections.abc import Iterable, Mapping, Sequence

from app.charts.line_styles import LineStyle
from app.charts.live_panels import Axis, Panel, Trace
from app.markup.metric_names import KEY_METRICS, declared, title
from app.theme import mark
from app.translations import N_, _
from engine.spec import metric_keys, readable
from storage.records import Run

SECTIONS = (("", "learning"), (N_("Machine"), "machine"))
HELD_OUT = "eval/"
COMPARED = (("", "held out"), (N_("In training"), "shared"), (N_("Of one run only"), "single"), SECTIONS[1])
MACHINE = (
    *("learning_rate", "grad_norm", "num_tokens", "generated_tokens", "tokens_per_second", "samples_per_second"),
    *("seconds_per_step", "memory_mb", "data/skipped"),
)
# The second and later curves of a panel: colour and dash both differ, so that neither is needed alone.
OTHERS = (("baseline", "dash"), ("run-1", "dot"), ("run-3", "dashdot"), ("run-5", "longdash"))


def sections(run: Run, present: Iterable[str]) -> list[tuple[str, list[Panel]]]:
    """Panels for all that the run may report and all that it has reported: what it learns, then the machine."""
    keys = sorted(_worth_showing(dict.fromkeys([*_expected(run), *present])), key=_weight)
    found = []
    for name, place in SECTIONS:
        panels: dict[str, list[str]] = {}
        for key in (key for key in keys if _place(key) == place):
            panels.setdefault(declared(key).panel, []).append(key)
        found.append((name and _(name), [_panel(run, name, members) for name, members in panels.items()]))
    return found


def compared(
    runs: Sequence[Run], present: Mapping[str, Iterable[str]], styles: Mapping[str, LineStyle]
) -> list[tuple[str, list[Panel]]]:
    """A panel for each metric with a curve for each run: held-out figures first, and what they cost."""
    known = {run.id: dict.fromkeys([*_expected(run), *present[run.id]]) for run in runs}
    keys = sorted(_worth_showing(dict.fromkeys(key for run in runs for key in known[run.id])), key=_weight)
    places: dict[str, list[Panel]] = {place: [] for _name, place in COMPARED}
    for key in keys:
        members = [run for run in runs if key in known[run.id]]
        place = "single" if len(members) < min(2, len(runs)) else "shared"
        place = "held out" if key.startswith(HELD_OUT) else "machine" if key in MACHINE else place
        places[place].append(_across_runs(key, members, styles))
    weighed = [run for run in runs if {"eval/reward", "eval/kl"} <= set(known[run.id])]
    if weighed:
        places["held out"].insert(1, _frontier(weighed, styles))
    return [(name and _(name), places[place]) for name, place in COMPARED]


def _across_runs(key: str, runs: Sequence[Run], styles: Mapping[str, LineStyle]) -> Panel:
    metric = declared(key)
    panel, own = _(metric.panel), title(key)
    name = own if own.startswith(panel) or metric.panel == key else f"{panel}: {own}"
    unit = _(metric.unit) if metric.unit else ""
    traces = tuple(trace(run, styles[run.id], key) for run in runs)
    return Panel(name, _(metric.help) if metric.help else "", unit, traces, wide=key == "eval/reward")


def _frontier(runs: Sequence[Run], styles: Mapping[str, LineStyle]) -> Panel:
    return Panel(
        _("Held-out reward against KL"),
        _("What each evaluation gained, and how far it had moved from the start for it. Up and to the left is better."),
        "",
        tuple(trace(run, styles[run.id], "eval/reward") for run in runs),
        across=Axis("eval/kl", _("KL to the reference"), ""),
    )


def trace(run: Run, style: LineStyle, key: str) -> Trace:
    """A metric of one of several runs, under the run's own name."""
    return Trace(run.id, key, run.name, style.colour, style.dash, style.symbol)


def _worth_showing(keys: Iterable[str]) -> list[str]:
    """All but the only part of a reward, whose curve is that of the whole."""
    known = list(keys)
    parts = [key for key in known if key.startswith("eval/rewards/")]
    return [key for key in known if key not in parts] if len(parts) == 1 else known


def _weight(key: str) -> int:
    """What matters comes first; the rest keeps its order."""
    return KEY_METRICS.index(key) if key in KEY_METRICS else len(KEY_METRICS)


def _expected(run: Run) -> tuple[str, ...]:
    spec = readable(run.spec)
    return () if spec is None else metric_keys(spec)


def _place(key: str) -> str:
    return "machine" if key in MACHINE else "learning"


def _panel(run: Run, name: str, keys: list[str]) -> Panel:
    first = declared(keys[0])
    look = mark(run.algorithm)
    styles = [(look.hue, "dash" if look.dashed else "solid"), *OTHERS]
    traces = tuple(
        Trace(
            run.id,
            key,
            title(key),
            *styles[index % len(styles)],
            symbol=look.shape if look.shape != "bar" else "square",
        )
        for index, key in enumerate(keys)
    )
    return Panel(_(name), _(first.help) if first.help else "", _(first.unit) if first.unit else "", traces)
