"""How a metric is declared. Left out: which there are (`metrics`)."""

from dataclasses import dataclass
from typing import Literal

Reduce = Literal["mean", "sum", "min", "max"]
Section = Literal["held_out", "final", "learning", "machine", "system", "progress"]
Side = Literal["up", "down"]


@dataclass(frozen=True)
class Metric:
    """One curve. `panel` gathers metrics that share a chart.

    `direction` says where better lies. `judged` is false where a person has to weigh whether a change is good. `rank`
    orders the metrics that a person asks for first, from 1. A `wide` chart takes a row of its own. `section` is set
    by the table that declares the metric.
    """

    key: str
    title: str
    panel: str
    help: str
    direction: Literal["up", "down", "none"] = "none"
    unit: str = ""
    reduce: Reduce = "mean"
    rank: int | None = None
    judged: bool = True
    wide: bool = False
    section: Section = "learning"

    @property
    def better(self) -> Side | None:
        """The side on which a value is called better; None where nothing is to be called so."""
        return self.direction if self.judged and self.direction != "none" else None
