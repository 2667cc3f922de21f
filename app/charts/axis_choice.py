"""What the curves of a page are drawn along: a choice that stands in the address.

Left out: which axes there are (`axes`), and drawing along the chosen one (`js`).
"""

from collections.abc import Collection, Mapping, Sequence

from app.bridge import address
from app.charts import axes
from app.charts.live_panels import Axis
from app.translations import _
from storage.records import Run


def choose(runs: Sequence[Run], present: Mapping[str, Collection[str]]) -> Axis:
    """The axis that the reader has chosen. What the runs' budgets count in is suggested.

    `present`: the metrics that each run has reported. An axis that one of the runs cannot have is not offered.
    """
    offered = {name: _(axes.AXES[name].word) for name in axes.offered(runs, present)}
    chosen = address.choice(_("Along"), offered, name=axes.NAME, default=axes.suggested(runs, offered))
    axis = axes.AXES[str(chosen)]
    return Axis(axis.key, _(axis.title), _(axis.at) if axis.at else "", axis.scattered)
