"""What metrics are called, also those that only an imported run has.

Left out: their values (`storage.metrics`) and what these come to (`app.runs.outcome`).
"""

from app.translations import _
from engine.spec import Metric, metric

# In the order of what a person asks first; a run shows the first three that it measures.
KEY_METRICS = (
    *("eval/reward", "eval/accuracy", "eval/kl", "eval/loss", "eval/distinct_2", "eval/length"),
    *("eval/reference_perplexity", "eval/clipped_ratio", "loss"),
)
HELD_OUT = tuple(key for key in KEY_METRICS if key.startswith("eval/"))  # a training loss is no figure to compare


def declared(key: str) -> Metric:
    """The metric's declaration; an imported run's own metrics are shown under their key."""
    try:
        return metric(key)
    except KeyError:
        return Metric(key, key, key, "")


def title(key: str) -> str:
    """The metric's name in the reader's language."""
    return _(declared(key).title).format(component=key.rpartition("/")[2])
