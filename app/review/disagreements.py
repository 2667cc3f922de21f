"""Which pairs are to be looked at, in which order, by what is peculiar to them.

No Streamlit here. Left out: how they look (`pair_card`).
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping

from app.review.judged_pairs import JudgedPair
from app.translations import N_
from engine.analysis.comparisons import Pair
from engine.analysis.people_agreement import agreeing_share
from storage.judging.judgement_records import Judgement

KINDS: Mapping[str, tuple[str, Callable[[JudgedPair], bool]]] = {
    "split": (N_("Split"), lambda pair: pair.is_split),
    "neither": (N_("Tie or both bad"), lambda pair: pair.has_no_better),
    "flagged": (N_("Flagged"), lambda pair: any(judgement.flag for judgement in pair.verdicts)),
    "commented": (N_("Commented"), lambda pair: any(judgement.comment for judgement in pair.verdicts)),
    "late": (N_("Late"), lambda pair: any(judgement.late for judgement in pair.verdicts)),
    "norming": (N_("Changed in norming"), lambda pair: bool(pair.changes)),
    "machine": (N_("Machine differs"), lambda pair: pair.differs_from_machine),
    "undecided": (N_("Undecided"), lambda _pair: True),
}
DECIDED = "decided"


Decisions = Mapping[Pair, Judgement]


def of_kind(pairs: Collection[JudgedPair], kind: str, decisions: Decisions) -> list[JudgedPair]:
    """The pairs of a kind that nobody has decided, those that people differ on most first; or those decided."""
    if kind == DECIDED:
        decided = [pair for pair in pairs if pair.pair in decisions]
        return sorted(decided, key=lambda pair: -decisions[pair.pair].created_at)
    holds = KINDS[kind][1]
    return sorted((pair for pair in pairs if pair.pair not in decisions and holds(pair)), key=_order)


def counts(pairs: Collection[JudgedPair], decisions: Decisions) -> dict[str, int]:
    """kind -> how many pairs."""
    undecided = [pair for pair in pairs if pair.pair not in decisions]
    kinds = {kind: sum(map(holds, undecided)) for kind, (_title, holds) in KINDS.items()}
    return {**kinds, DECIDED: len(pairs) - len(undecided)}


def agreement(pair: JudgedPair) -> float | None:
    """The share of two people's verdicts on the pair that are the same; None with fewer than two."""
    return agreeing_share(pair.said) if len(pair.said) > 1 else None


def tally(pair: JudgedPair) -> dict[str, int]:
    """verdict -> how many people gave it, the most frequent first."""
    return dict(Counter(pair.said).most_common())


def _order(pair: JudgedPair) -> tuple[bool, float, int, Pair]:
    share = agreement(pair)
    return share is None, 1.0 if share is None else share, -len(pair.said), pair.pair
