"""The figures of a dataset's verdicts in one record: of all people, of each, and of machines.

No Streamlit here. Left out: how they look (`figures_strip`, `annotator_table`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from app.review.judged_pairs import Filter, JudgedDataset, verdict_on
from engine.analysis.annotators import Annotator, annotators
from engine.analysis.comparisons import Comparison, Pair, by_pair
from engine.analysis.machine_agreement import MachineAgreement, machine_agreement
from engine.analysis.people_agreement import PeopleAgreement, people_agreement
from storage.judging.judgement_records import Judgement


@dataclass(frozen=True)
class AgreementReport:
    """What there is to say of the verdicts that a filter leaves."""

    people: PeopleAgreement
    annotators: tuple[Annotator, ...]
    machines: tuple[MachineAgreement, ...]


def report(judged: JudgedDataset, wanted: Filter, decisions: Mapping[Pair, Judgement]) -> AgreementReport:
    """All figures. Machines are compared on the pairs that the people judged."""
    comparisons, people, rows = of_people(judged, wanted)
    pairs = by_pair(comparisons).keys() if judged.machines else set()
    truth = {pair: verdict_on(decision, *pair[1:]) for pair, decision in decisions.items() if pair in pairs}
    return AgreementReport(people, rows, tuple(machine_agreement(comparisons, judged.machines, truth)))


@lru_cache(maxsize=4)  # as many as datasets are kept
def of_people(judged: JudgedDataset, wanted: Filter) -> tuple[list[Comparison], PeopleAgreement, tuple[Annotator, ...]]:
    """The verdicts that the filter leaves and their figures, kept: a decision changes none of them."""
    comparisons = judged.chosen(wanted)
    return comparisons, people_agreement(comparisons), tuple(annotators(comparisons))
