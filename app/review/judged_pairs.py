"""The pairs of a dataset with all that was said of each: by people, machines, and whoever decided.

No Streamlit here: the command line uses it too. Left out: figures (`engine.analysis`), and how a pair looks
(`pair_card`).
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from itertools import combinations
from typing import cast

from engine.analysis.comparisons import CODES, Comparison, Pair, by_pair, majority
from engine.analysis.judged import Verdict
from storage import datasets
from storage.database import Database
from storage.judging import judged_items, judgements, rounds, verdict_counts
from storage.judging.judged_preferences import compared
from storage.judging.judgement_records import Judgement
from storage.judging.verdict_counts import JudgedState
from storage.records import Item

NORMING = "norming"  # the reason of a verdict that was given after the others' were revealed


@dataclass(frozen=True)
class Filter:
    """Which verdicts count. One annotator: the pairs that this person judged; several: only what they said."""

    round: int | None = None
    annotators: tuple[str, ...] = ()
    topic: str | None = None
    guideline: int | None = None

    def holds(self, comparison: Comparison, round: int | None) -> bool:
        """Whether the verdict counts, the choice of pairs apart."""
        several = len(self.annotators) > 1
        return (
            self.round in (None, round)
            and self.topic in (None, comparison.topic)
            and self.guideline in (None, comparison.guideline)
            and (not several or comparison.account in self.annotators)
        )


@dataclass
class JudgedPair:
    """Two responses of an item, in the item's order, and what was said of them.

    verdicts: of people, that hold, first turns, also skips and late ones. changes: (before, after) of norming.
    """

    item: Item
    pair: Pair
    verdicts: list[Judgement] = field(default_factory=list)
    machines: list[Judgement] = field(default_factory=list)
    changes: list[tuple[Judgement, Judgement]] = field(default_factory=list)

    @property
    def responses(self) -> tuple[str, str]:
        """The ids of the two, in the item's order."""
        first, second = (response.id for response in self.item.responses if response.id in self.pair[1:])
        return first, second

    @cached_property
    def said(self) -> list[str]:
        """What each person said last: a and b in the item's order."""
        first, second = self.responses
        counted = [verdict_on(judgement, first, second) for judgement in self.verdicts if not judgement.late]
        return [verdict for verdict in counted if verdict in CODES]

    @property
    def is_split(self) -> bool:
        """Whether people differ."""
        return len(set(self.said)) > 1

    @property
    def has_no_better(self) -> bool:
        """Whether people agree that neither is better, so that no preference follows."""
        return majority(self.said) in ("tie", "both_bad")

    @property
    def differs_from_machine(self) -> bool:
        """Whether a machine says otherwise than most people."""
        first, second = self.responses
        agreed = majority(self.said)
        return agreed is not None and any(verdict_on(judgement, first, second) != agreed for judgement in self.machines)


@dataclass(frozen=True, eq=False)
class JudgedDataset:
    """All that people and machines said in a dataset; what was decided is read anew each time (`decisions`).

    `sources` has the stored verdict of each comparison, in their order.
    """

    pairs: dict[Pair, JudgedPair]
    comparisons: list[Comparison]
    sources: list[Judgement]
    machines: list[Comparison]

    def chosen(self, wanted: Filter) -> list[Comparison]:
        """The people's verdicts that the filter leaves."""
        return [comparison for comparison, _source in self._chosen(wanted)]

    def by_criterion(self, wanted: Filter) -> dict[str, list[Comparison]]:
        """criterion -> what people said of it, of the verdicts that the filter leaves."""
        comparisons: dict[str, list[Comparison]] = {}
        for comparison, source in self._chosen(wanted):
            for name, side in source.criteria.items() if source.response_a else ():
                verdict = side if source.response_a == comparison.first else swapped(side)
                said = replace(comparison, verdict=cast(Verdict, verdict), expected=None)
                comparisons.setdefault(name, []).append(said)
        return comparisons

    def _chosen(self, wanted: Filter) -> list[tuple[Comparison, Judgement]]:
        chosen = [
            (comparison, source)
            for comparison, source in zip(self.comparisons, self.sources, strict=True)
            if wanted.holds(comparison, source.round)
        ]
        if len(wanted.annotators) != 1:
            return chosen
        groups = by_pair(comparison for comparison, _source in chosen)
        judged = {pair for pair, verdicts in groups.items() if wanted.annotators[0] in verdicts}
        return [(comparison, source) for comparison, source in chosen if comparison.pair in judged]

    @cached_property
    def pair_by_responses(self) -> dict[tuple[str, frozenset[str]], Pair]:
        """item and its two responses, in whatever order -> the pair."""
        return {(pair[0], frozenset(pair[1:])): pair for pair in self.pairs}


def of_dataset(db: Database, dataset: str) -> JudgedDataset:
    """What was said of the pairs of a dataset whose item and responses are still there. Raises NotFound."""
    data = datasets.get(db, dataset)
    return _read(db, dataset, verdict_counts.state(db, data, decisions=False))


def decisions(db: Database, dataset: str, judged: JudgedDataset) -> dict[Pair, Judgement]:
    """pair -> what was decided of it, of those that somebody judged. Raises NotFound."""
    decided = judgements.listing(db, dataset, source="adjudicator")
    keys = [
        (judgement.item_id, frozenset((str(judgement.response_a), str(judgement.response_b)))) for judgement in decided
    ]
    pairs = judged.pair_by_responses
    return {pairs[key]: judgement for key, judgement in zip(keys, decided, strict=True) if key in pairs}


def verdict_on(judgement: Judgement, first: str, second: str) -> str:
    """What it says of two responses, a being the first; a skip, or nothing, where it compares none."""
    if judgement.response_a is not None:
        return judgement.verdict if judgement.response_a == first else swapped(judgement.verdict)
    for one, other, better in compared(judgement):
        if {one, other} == {first, second}:
            return {first: "a", second: "b"}.get(better or "", "tie")
    return judgement.verdict if judgement.verdict in ("both_bad", "skip") else ""


def swapped(verdict: str) -> str:
    """The verdict on the two in the other order."""
    return {"a": "b", "b": "a"}.get(verdict, verdict)


@lru_cache(maxsize=4)
def _read(db: Database, dataset: str, _state: JudgedState) -> JudgedDataset:
    """Kept until a verdict is given or the dataset is edited."""
    verdicts = judgements.listing(db, dataset, history=True)
    items = judged_items.named(db, dataset, list(dict.fromkeys(judgement.item_id for judgement in verdicts)))
    return _Reading(items, verdicts, _expected(db, dataset)).judged()


def _expected(db: Database, dataset: str) -> dict[str, str]:
    """question -> the verdict that a planted one should get."""
    return {
        question.id: question.expected
        for round_ in rounds.listing(db, dataset)
        for question in rounds.questions(db, dataset, round_.number)
        if question.expected is not None
    }


class _Reading:
    """Sorts the verdicts of a dataset by pair."""

    def __init__(self, items: Mapping[str, Item], verdicts: Sequence[Judgement], expected: Mapping[str, str]) -> None:
        self.items = items
        self.expected = expected
        self.by_id = {judgement.id: judgement for judgement in verdicts}
        superseded = {judgement.supersedes for judgement in verdicts}
        verdicts = [judgement for judgement in verdicts if judgement.source != "adjudicator"]
        self.holding = [
            judgement for judgement in verdicts if judgement.id not in superseded and judgement.verdict != "withdrawn"
        ]
        self.digests: dict[tuple[str, str], bytes] = {}

    def judged(self) -> JudgedDataset:
        pairs: dict[Pair, JudgedPair] = {}
        comparisons: list[Comparison] = []
        sources: list[Judgement] = []
        machines: list[Comparison] = []
        for judgement in self.holding:
            for place, (first, second) in enumerate(self._pairs(judgement)):
                pair = self._oriented(judgement.item_id, first, second)
                judged = pairs.setdefault(pair, JudgedPair(self.items[judgement.item_id], pair))
                blind = self._blind(judgement)
                comparison = self._comparison(blind, pair)
                if place:  # of one ranking, which took its time once
                    comparison = replace(comparison, seconds=None)
                if judgement.source in ("judge", "reward"):
                    judged.machines.append(judgement)
                    machines.append(comparison)
                else:
                    _add(judged, judgement, blind)
                    if not judgement.late and comparison.verdict in CODES:
                        comparisons.append(comparison)
                        sources.append(blind)
        return JudgedDataset(pairs, comparisons, sources, machines)

    def _pairs(self, judgement: Judgement) -> Iterable[tuple[str, str]]:
        """The pairs of responses that it is about, if they are still there."""
        item = self.items.get(judgement.item_id)
        present = {response.id for response in item.responses} if item else set()
        pairs = [(first, second) for first, second, _better in compared(judgement)]
        if not pairs and judgement.verdict == "both_bad":  # of answers that were to be ranked
            pairs = list(combinations(judgement.shown, 2))
        return [pair for pair in pairs if present.issuperset(pair)]

    def _blind(self, judgement: Judgement) -> Judgement:
        """The verdict as it was before the others' were revealed."""
        while NORMING in judgement.reasons and judgement.supersedes in self.by_id:
            judgement = self.by_id[judgement.supersedes]
        return judgement

    def _oriented(self, item_id: str, first: str, second: str) -> Pair:
        """The pair with the response first whose text has the smaller hash."""
        low, high = sorted((first, second), key=lambda response: (self._digest(item_id, response), response))
        return item_id, low, high

    def _digest(self, item_id: str, response: str) -> bytes:
        if (item_id, response) not in self.digests:
            for answer in self.items[item_id].responses:
                self.digests[item_id, answer.id] = hashlib.sha256(answer.text.encode()).digest()
        return self.digests[item_id, response]

    def _comparison(self, judgement: Judgement, pair: Pair) -> Comparison:
        item = self.items[judgement.item_id]
        _item, first, second = pair
        lengths = {response.id: len(response.text) for response in item.responses}
        order = [response.id for response in item.responses if response.id in (first, second)]
        expected = self.expected.get(judgement.question_id or "")
        if expected is not None and judgement.response_a != first:
            expected = swapped(expected)
        longer = max((first, second), key=lengths.__getitem__) if lengths[first] != lengths[second] else None
        return Comparison(
            item=judgement.item_id,
            first=first,
            second=second,
            account=judgement.account or judgement.machine or "",
            verdict=cast(Verdict, verdict_on(judgement, first, second)),
            turn=judgement.turn,
            seconds=judgement.seconds,
            guideline=judgement.guideline_version,
            expected=cast(Verdict | None, expected),
            left=judgement.shown[0] if len(judgement.shown) == 2 else None,
            longer=longer,
            topic=item.topic,
            stored_verdict=verdict_on(judgement, *order),
        )


def _add(judged: JudgedPair, judgement: Judgement, blind: Judgement) -> None:
    """Note a person's verdict on the pair. A repeat says something of the person, not of the pair."""
    if judgement.turn:
        return
    judged.verdicts.append(judgement)
    if blind is not judgement and blind.verdict != judgement.verdict:
        judged.changes.append((blind, judgement))
