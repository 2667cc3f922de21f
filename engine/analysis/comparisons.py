"""Verdicts on pairs as agreement is computed of them, and estimates: a value, its 95 % interval, and of how many.

Left out: coefficients (`agreement`), and where verdicts come from; callers convert what they store, and give rankings
as the pairs that follow from them.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engine.analysis.agreement import RESAMPLES, Agreement
from engine.analysis.intervals import wilson
from engine.analysis.judged import Judged

CODES = {"a": 0, "b": 1, "tie": 2, "both_bad": 3}
"""Verdicts that count; a skip does not."""
LEAST_ITEMS = 50
Pair = tuple[str, str, str]
"""An item and two of its responses, `first` and `second` of `Comparison`."""


@dataclass(frozen=True)
class Comparison(Judged):
    """A verdict with what biases are measured by.

    `first` is the response whose text has the smaller SHA-256: an order that says nothing of which one is better. In
    a file the first response often is the chosen one; then nearly all verdicts were a, and agreement would look like
    chance. `left` and `longer` are ids of responses, `longer` None for equal lengths; `stored_verdict` is the verdict
    with a and b in the item's own order.
    """

    left: str | None = None
    longer: str | None = None
    topic: str | None = None
    stored_verdict: str = ""

    @property
    def pair(self) -> Pair:
        """What it is about, whoever was asked in whichever round."""
        return self.item, self.first, self.second

    @property
    def better(self) -> str | None:
        """The id of the response that is called better; None for a tie and the like."""
        return {"a": self.first, "b": self.second}.get(self.verdict)


@dataclass(frozen=True)
class Estimate:
    """A figure with its 95 % interval. `n` says of how many; below `least` it says little, and shall be shown so.

    `value` is None where nothing was there to measure, NaN where agreement is not defined because all verdicts are
    the same.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int
    least: int = LEAST_ITEMS

    @property
    def is_sure(self) -> bool:
        """Whether it rests on enough to be taken for more than a hint."""
        return self.value is not None and not np.isnan(self.value) and self.n >= self.least


def nothing(least: int = LEAST_ITEMS) -> Estimate:
    """The estimate of nothing."""
    return Estimate(None, None, None, 0, least)


def by_pair(comparisons: Iterable[Comparison]) -> dict[Pair, dict[str, Comparison]]:
    """pair -> person -> the first verdict that counts; of several by one person, in several rounds, the last."""
    groups: dict[Pair, dict[str, Comparison]] = defaultdict(dict)
    for comparison in comparisons:
        if comparison.turn == 0 and comparison.verdict in CODES:
            groups[comparison.pair][comparison.account] = comparison
    return dict(groups)


def majority(verdicts: Iterable[str]) -> str | None:
    """The verdict of more than half; None where there is none.

    >>> majority(["a", "a", "b"]), majority(["a", "b"])
    ('a', None)
    """
    counts = Counter(verdicts)
    if not counts:
        return None
    verdict, count = counts.most_common(1)[0]
    return verdict if count * 2 > counts.total() else None


def share(count: int, total: int, least: int = LEAST_ITEMS) -> Estimate:
    """A share with Wilson's interval."""
    return Estimate(count / total, *wilson(count, total), total, least) if total else nothing(least)


def of_coefficient(agreement: Agreement | None, n: int, least: int = LEAST_ITEMS) -> Estimate:
    """A coefficient of agreement as an estimate of `n` items.

    Where all agree a bootstrap has no width: then the lower end is Wilson's for so many that agree.
    """
    if agreement is None:
        return nothing(least)
    low = wilson(n, n)[0] if agreement.low == agreement.high == 1 else agreement.low
    return Estimate(agreement.value, low, agreement.high, n, least)


def mean_over_items(values: Sequence[float], items: Sequence[str], least: int = LEAST_ITEMS) -> Estimate:
    """The mean of values in [0, 1]; its interval is a bootstrap over items, whose values are drawn together.

    Where all values are alike a bootstrap has no width: then the interval is Wilson's, of so many items. `n` counts
    items.
    """
    if not values:
        return nothing(least)
    _names, index = np.unique(np.array(items), return_inverse=True)
    sums = np.zeros((int(index.max()) + 1, 2))
    np.add.at(sums, index, np.column_stack([values, np.ones(len(values))]))
    n, mean = len(sums), float(np.mean(values))
    if mean in (0.0, 1.0):
        return Estimate(mean, *wilson(round(mean) * n, n), n, least)
    kinds, counts = np.unique(sums, axis=0, return_counts=True)
    draws = np.random.default_rng(0).multinomial(n, counts / n, size=RESAMPLES) @ kinds
    low, high = np.quantile(draws[:, 0] / draws[:, 1], [0.025, 0.975])
    return Estimate(mean, float(low), float(high), n, least)


def clusters(pairs: Iterable[Pair]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The number of each pair's item."""
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(pair[0], len(numbers)) for pair in pairs], dtype=np.int64)


def item_count(groups: Mapping[Pair, object]) -> int:
    """How many items the pairs are of."""
    return len({pair[0] for pair in groups})
