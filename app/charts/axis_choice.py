"""What the curves of a page are drawn along: a choice that stands in the address.

Left out: drawing them along it (`js`).
"""

from collections.abc import Sequence

from app.bridge import address
from app.charts.live_panels import Axis
from app.translations import N_, _
from engine.spec import key_metrics, readable
from engine.spec.blocks import Budget
from storage.records import Run

AXES = {"steps": N_("Steps"), "tokens": N_("Tokens")}


def choose(runs: Sequence[Run]) -> Axis | None:
    """The axis that the reader has chosen; None for the steps. What the runs' budgets count in is suggested."""
    default = "tokens" if runs and all(map(_counts_tokens, runs)) else "steps"
    chosen = address.choice(_("Along"), {name: _(word) for name, word in AXES.items()}, name="x", default=default)
    return Axis(key_metrics.TRAINED_TOKENS, _("tokens"), _("{value} tokens")) if chosen == "tokens" else None


def _counts_tokens(run: Run) -> bool:
    spec = readable(run.spec)
    return spec is not None and isinstance(spec.budget, Budget) and spec.budget.tokens is not None
