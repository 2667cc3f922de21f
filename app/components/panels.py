"""Which curves share a panel, in which order and colours: read from the metrics' declarations.

Left out: drawing them (`live.panels`).
"""

from collections.abc import Iterable

from app.components.live import Panel, Trace
from app.components.metrics import MATTERS, declared, title
from app.theme import mark
from app.translations import N_, _
from engine.spec import SpecError, metric_keys, parse
from storage.records import Run

SECTIONS = (("", "learning"), (N_("Machine"), "machine"))
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


def _worth_showing(keys: Iterable[str]) -> list[str]:
    """All but the only part of a reward, whose curve is that of the whole."""
    known = list(keys)
    parts = [key for key in known if key.startswith("eval/rewards/")]
    return [key for key in known if key not in parts] if len(parts) == 1 else known


def _weight(key: str) -> int:
    """What matters comes first; the rest keeps its order."""
    return MATTERS.index(key) if key in MATTERS else len(MATTERS)


def _expected(run: Run) -> tuple[str, ...]:
    try:
        return metric_keys(parse(run.spec))
    except SpecError:  # imported, or from a later version
        return ()


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
