"""What is peculiar to one person who judges: leaning to a side or to length, consistency, pace, agreement, gold.

Left out: agreement of all with all (`people_agreement`).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, floor, sqrt
from statistics import fmean, median

import numpy as np

from engine.analysis.agreement import cohen_kappa
from engine.analysis.comparisons import (
    CODES,
    Comparison,
    Estimate,
    Pair,
    by_pair,
    clusters,
    mean_over_items,
    nothing,
    of_coefficient,
    share,
)
from engine.analysis.intervals import Z

LEAST_GOLD = 20
LEAST_TIMES = 20


@dataclass(frozen=True)
class Annotator:
    """Figures of one person.

    left: share of decided verdicts for the answer that stood left, 1/2 without a leaning. longer: share for the
    longer answer. itself: kappa over questions that were asked again with sides swapped. others: mean share of the
    others who said the same. gold: share of planted questions answered as expected. seconds: the median for a
    verdict.
    """

    account: str
    verdicts: int
    left: Estimate
    longer: Estimate
    itself: Estimate
    others: Estimate
    gold: Estimate
    seconds: Estimate

    @property
    def leans(self) -> str | None:
        """The side, left or right, that the person prefers beyond chance; None where that is not shown."""
        if not self.left.is_sure or self.left.low is None or self.left.high is None:
            return None
        return "left" if self.left.low > 1 / 2 else "right" if self.left.high < 1 / 2 else None


def annotators(comparisons: Sequence[Comparison]) -> list[Annotator]:
    """Each person's figures, who judged most first."""
    groups = by_pair(comparisons)
    comparisons_by_account: dict[str, list[Comparison]] = defaultdict(list)
    for comparison in comparisons:
        comparisons_by_account[comparison.account].append(comparison)
    rows = [_annotator(account, verdicts, groups) for account, verdicts in comparisons_by_account.items()]
    return sorted(rows, key=lambda row: (-row.verdicts, row.account))


def _annotator(account: str, comparisons: Sequence[Comparison], groups: dict[Pair, dict[str, Comparison]]) -> Annotator:
    counted = [comparison for comparison in comparisons if comparison.verdict in CODES]
    decided = [comparison for comparison in counted if comparison.better is not None]
    sided = [comparison for comparison in decided if comparison.left is not None]
    unequal = [comparison for comparison in decided if comparison.longer is not None]
    gold = [comparison for comparison in counted if comparison.expected is not None and comparison.turn == 0]
    return Annotator(
        account=account,
        verdicts=sum(comparison.turn == 0 for comparison in counted),
        left=share(sum(comparison.better == comparison.left for comparison in sided), len(sided)),
        longer=share(sum(comparison.better == comparison.longer for comparison in unequal), len(unequal)),
        itself=_with_itself(counted),
        others=_with_others(account, groups),
        gold=share(sum(comparison.verdict == comparison.expected for comparison in gold), len(gold), LEAST_GOLD),
        seconds=_median(comparison.seconds for comparison in comparisons),
    )


def _with_itself(comparisons: Iterable[Comparison]) -> Estimate:
    """Kappa of the first verdict and the one with sides swapped."""
    turns: dict[Pair, dict[int, int]] = defaultdict(dict)
    for comparison in comparisons:
        turns[comparison.pair][comparison.turn] = CODES[comparison.verdict]
    repeats = {pair: codes for pair, codes in turns.items() if codes.keys() >= {0, 1}}
    if not repeats:
        return nothing()
    first, second = (np.array([codes[turn] for codes in repeats.values()]) for turn in (0, 1))
    return of_coefficient(cohen_kappa(first, second, clusters(repeats)), len(repeats))


def _with_others(account: str, groups: dict[Pair, dict[str, Comparison]]) -> Estimate:
    values, items = [], []
    for pair, verdicts in groups.items():
        if account in verdicts and len(verdicts) > 1:
            others = [other.verdict for name, other in verdicts.items() if name != account]
            values.append(fmean(verdict == verdicts[account].verdict for verdict in others))
            items.append(pair[0])
    return mean_over_items(values, items)


def _median(seconds: Iterable[float | None]) -> Estimate:
    """The median; its interval is the order statistics whose ranks are n/2 -+ 0.98 sqrt(n)."""
    times = sorted(value for value in seconds if value is not None)
    if not times:
        return nothing(LEAST_TIMES)
    half = Z * sqrt(len(times)) / 2
    low = max(0, floor(len(times) / 2 - half))
    high = min(len(times) - 1, ceil(len(times) / 2 + half))
    return Estimate(median(times), times[low], times[high], len(times), LEAST_TIMES)
