"""The figures of a dataset's verdicts in one record: of all people, of each, and of machines.

No Streamlit here. Left out: how they look (`figures_strip`, `annotator_table`).
"""

from dataclasses import dataclass

from app.review.judged_pairs import Filter, JudgedDataset
from engine.analysis.annotators import Annotator, annotators
from engine.analysis.comparisons import by_pair
from engine.analysis.machine_agreement import MachineAgreement, machine_agreement
from engine.analysis.people_agreement import PeopleAgreement, people_agreement


@dataclass(frozen=True)
class AgreementReport:
    """What there is to say of the verdicts that a filter leaves."""

    people: PeopleAgreement
    annotators: tuple[Annotator, ...]
    machines: tuple[MachineAgreement, ...]


def report(judged: JudgedDataset, wanted: Filter) -> AgreementReport:
    """All figures. Machines are compared on the pairs that the people judged."""
    own = judged.chosen(wanted)
    pairs = by_pair(own).keys()
    decisions = {pair: verdict for pair, verdict in judged.decisions.items() if pair in pairs}
    return AgreementReport(
        people_agreement(own),
        tuple(annotators(own)),
        tuple(machine_agreement(own, judged.machines, decisions)),
    )
