"""How far people agree on pairs, and how well one of them does against the others: the human ceiling.

Left out: what is peculiar to one person (`annotators`), and machines (`machine_agreement`).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from engine.analysis.agreement import MISSING, krippendorff_alpha
from engine.analysis.comparisons import (
    CODES,
    Comparison,
    Estimate,
    Pair,
    by_pair,
    clusters,
    item_count,
    majority,
    mean_over_items,
    nothing,
    of_coefficient,
)

Verdicts = Mapping[Pair, Mapping[str, Comparison]]


@dataclass(frozen=True)
class PeopleAgreement:
    """Agreement over the pairs that two or more people judged.

    raw: the share of two people's verdicts on a pair that are the same. alpha: Krippendorff's, nominal, over a, b,
    tie and both bad, a the response with the smaller SHA-256; `alpha_as_stored` has the item's own order for a and b.
    ceiling: how often one person is right, taking the majority of the others for the truth.
    """

    raw: Estimate
    alpha: Estimate
    alpha_as_stored: Estimate
    ceiling: Estimate
    people: int
    verdicts: int
    pairs: int
    shared_pairs: int


def people_agreement(comparisons: Iterable[Comparison]) -> PeopleAgreement:
    """All of it, of first verdicts; each person counts once a pair."""
    groups = by_pair(comparisons)
    shared = _shared(groups)
    agreeing = [_agreeing_share(list(verdicts.values())) for verdicts in shared.values()]
    return PeopleAgreement(
        raw=mean_over_items(agreeing, [pair[0] for pair in shared]),
        alpha=_alpha(shared, _codes(shared)),
        alpha_as_stored=_alpha(
            shared,
            [[CODES[comparison.stored_verdict] for comparison in verdicts.values()] for verdicts in shared.values()],
        ),
        ceiling=ceiling(shared),
        people=len({account for verdicts in groups.values() for account in verdicts}),
        verdicts=sum(map(len, groups.values())),
        pairs=len(groups),
        shared_pairs=len(shared),
    )


def alpha(comparisons: Iterable[Comparison]) -> Estimate:
    """Alpha alone, as `PeopleAgreement` has it."""
    shared = _shared(by_pair(comparisons))
    return _alpha(shared, _codes(shared))


def alpha_of_each_two(comparisons: Iterable[Comparison]) -> list[tuple[tuple[str, str], Estimate]]:
    """((account, account), alpha on the pairs that both judged) of each two people who share one, by name."""
    groups = by_pair(comparisons)
    by_two: dict[tuple[str, str], dict[Pair, dict[str, Comparison]]] = defaultdict(dict)
    for pair, verdicts in groups.items():
        for two in combinations(sorted(verdicts), 2):
            by_two[two][pair] = {account: verdicts[account] for account in two}
    return [(two, _alpha(by_two[two], _codes(by_two[two]))) for two in sorted(by_two)]


def ceiling(groups: Verdicts) -> Estimate:
    """The accuracy of one person, the strict majority of the others being the truth; a tie counts one half.

    As a model's accuracy is: pairs that the others call tied or both bad have no better answer, and are left out. With
    one other person that person's verdict is the truth, so the figure lies below what a majority of many would give.
    """
    values, items = [], []
    for pair, verdicts in groups.items():
        for account, comparison in verdicts.items():
            truth = majority(other.verdict for name, other in verdicts.items() if name != account)
            if truth in ("a", "b"):
                values.append(_accuracy(comparison.verdict, truth))
                items.append(pair[0])
    return mean_over_items(values, items)


def agreeing_share(verdicts: Sequence[str]) -> float:
    """The share of two verdicts that are the same; two verdicts at least.

    >>> agreeing_share(["a", "a", "b"]).__round__(3)
    0.333
    """
    pairs = list(combinations(verdicts, 2))
    return sum(first == second for first, second in pairs) / len(pairs)


def _agreeing_share(verdicts: Sequence[Comparison]) -> float:
    return agreeing_share([comparison.verdict for comparison in verdicts])


def _accuracy(verdict: str, truth: str) -> float:
    return 0.5 if verdict not in ("a", "b") else float(verdict == truth)


def _shared(groups: Verdicts) -> Verdicts:
    """The pairs that two or more people judged."""
    return {pair: verdicts for pair, verdicts in groups.items() if len(verdicts) > 1}


def _codes(shared: Verdicts) -> list[list[int]]:
    return [[CODES[comparison.verdict] for comparison in verdicts.values()] for verdicts in shared.values()]


def _alpha(shared: Verdicts, codes: Sequence[Sequence[int]]) -> Estimate:
    if not shared:
        return nothing()
    widest = max(map(len, codes))
    ratings = np.array([[*row, *[MISSING] * (widest - len(row))] for row in codes])
    return of_coefficient(krippendorff_alpha(ratings, clusters(shared)), item_count(shared))
