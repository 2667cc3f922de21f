"""How far a machine, a judge or a reward model, agrees with people, and on which pairs it does not.

Left out: agreement among people (`people_agreement`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from engine.analysis.agreement import cohen_kappa
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


@dataclass(frozen=True)
class MachineAgreement:
    """One machine against what people said: the share of equal verdicts, Cohen's kappa, and where they differ."""

    machine: str
    raw: Estimate
    kappa: Estimate
    differing: tuple[Pair, ...]


def machine_agreement(
    people: Iterable[Comparison], machines: Iterable[Comparison], decisions: Mapping[Pair, str]
) -> list[MachineAgreement]:
    """Each machine, by its name, which stands in place of an account.

    People's verdict on a pair is what an adjudicator decided (`decisions`), else that of the strict majority; pairs
    without one are left out.
    """
    truth = human_verdicts(people, decisions)
    groups = by_pair(machines)
    names = sorted({account for verdicts in groups.values() for account in verdicts})
    return [
        _against_people(
            name, truth, {pair: verdicts[name].verdict for pair, verdicts in groups.items() if name in verdicts}
        )
        for name in names
    ]


def human_verdicts(people: Iterable[Comparison], decisions: Mapping[Pair, str]) -> dict[Pair, str]:
    """pair -> what people say of it; without those that they are split over."""
    agreed = {
        pair: majority(comparison.verdict for comparison in verdicts.values())
        for pair, verdicts in by_pair(people).items()
    }
    return {pair: verdict for pair, verdict in {**agreed, **decisions}.items() if verdict is not None}


def _against_people(machine: str, truth: Mapping[Pair, str], verdicts: Mapping[Pair, str]) -> MachineAgreement:
    both = [pair for pair in verdicts if pair in truth]
    if not both:
        return MachineAgreement(machine, nothing(), nothing(), ())
    first, second = (np.array([CODES[source[pair]] for pair in both]) for source in (truth, verdicts))
    equal = [float(truth[pair] == verdicts[pair]) for pair in both]
    n = item_count(dict.fromkeys(both))
    return MachineAgreement(
        machine=machine,
        raw=mean_over_items(equal, [pair[0] for pair in both]),
        kappa=of_coefficient(cohen_kappa(first, second, clusters(both)), n),
        differing=tuple(pair for pair in both if truth[pair] != verdicts[pair]),
    )
