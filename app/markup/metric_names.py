"""What metrics are called, also those that only an imported run has.

Left out: their values (`storage.metrics`) and what these come to (`app.runs.outcome`).
"""

from app.translations import _
from engine.spec import Metric, metric
from engine.spec.metrics import undeclared


def declared(key: str) -> Metric:
    """The metric's declaration; an imported run's own metrics are shown under their key."""
    try:
        return metric(key)
    except KeyError:
        return undeclared(key)


def title(key: str) -> str:
    """The metric's name in the reader's language."""
    return _(declared(key).title).format(component=key.rpartition("/")[2])
