"""What metrics are called, also those that only an imported run has.

Left out: which of them matter first (`app.contrast`), their values (`storage.metrics`) and what these come to
(`app.parts.verdict`).
"""

from app.translations import _
from engine.spec import Metric, metric


def declared(key: str) -> Metric:
    """The metric's declaration; an imported run's own metrics are shown under their key."""
    try:
        return metric(key)
    except KeyError:
        return Metric(key, key, key, "")


def title(key: str) -> str:
    """The metric's name in the reader's language."""
    return _(declared(key).title).format(component=key.rpartition("/")[2])
