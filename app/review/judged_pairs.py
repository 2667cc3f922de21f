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
from storage import datasets, judged_items, judgements, rounds
from storage.database import Database
from storage.judged_preferences import compared
from storage.judgement_records import Judgement
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
        counted = [verdict_on(own, first, second) for own in self.verdicts if not own.late]
        return [verdict for verdict in counted if verdict in CODES]

    @property
    def is_split(self) -> bool:
        """Whether people differ."""
        return len(set(self.said)) > 1

    @property
    def ends_in_tie(self) -> bool:
        """Whether people agree that neither is better, so that no preference follows."""
        return majority(self.said) in ("tie", "both_bad")

    @property
    def differs_from_machine(self) -> bool:
        """Whether a machine says otherwise than most people."""
        first, second = self.responses
        agreed = majority(self.said)
        return agreed is not None and any(verdict_on(own, first, second) != agreed for own in self.machines)


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
        own = [
            comparison
            for comparison, source in zip(self.comparisons, self.sources, strict=True)
            if wanted.holds(comparison, source.round)
        ]
        if len(wanted.annotators) != 1:
            return own
        judged = {pair for pair, verdicts in by_pair(own).items() if wanted.annotators[0] in verdicts}
        return [comparison for comparison in own if comparison.pair in judged]

    @cached_property
    def pair_by_responses(self) -> dict[tuple[str, frozenset[str]], Pair]:
        """item and its two responses, in whatever order -> the pair."""
        return {(pair[0], frozenset(pair[1:])): pair for pair in self.pairs}


def of_dataset(db: Database, dataset: str) -> JudgedDataset:
    """What was said of the pairs of a dataset whose item and responses are still there. Raises NotFound."""
    data = datasets.get(db, dataset)
    return _read(db, dataset, (data.id, data.edited_at, *judgements.count_and_last(db, dataset)))


def decisions(db: Database, dataset: str, judged: JudgedDataset) -> dict[Pair, Judgement]:
    """pair -> what was decided of it, of those that somebody judged. Raises NotFound."""
    decided = judgements.listing(db, dataset, source="adjudicator")
    keys = [(own.item_id, frozenset((str(own.response_a), str(own.response_b)))) for own in decided]
    pairs = judged.pair_by_responses
    return {pairs[key]: own for key, own in zip(keys, decided, strict=True) if key in pairs}


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
def _read(db: Database, dataset: str, _state: tuple[int, float, int, float]) -> JudgedDataset:
    """Kept until a verdict is given or the dataset is edited."""
    given = judgements.listing(db, dataset, history=True)
    items = judged_items.named(db, dataset, list(dict.fromkeys(own.item_id for own in given)))
    return _Reading(items, given, _expected(db, dataset)).judged()


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

    def __init__(self, items: Mapping[str, Item], given: Sequence[Judgement], expected: Mapping[str, str]) -> None:
        self.items = items
        self.expected = expected
        self.by_id = {own.id: own for own in given}
        superseded = {own.supersedes for own in given}
        given = [own for own in given if own.source != "adjudicator"]
        self.holding = [own for own in given if own.id not in superseded and own.verdict != "withdrawn"]
        self.digests: dict[tuple[str, str], bytes] = {}

    def judged(self) -> JudgedDataset:
        pairs: dict[Pair, JudgedPair] = {}
        comparisons: list[Comparison] = []
        sources: list[Judgement] = []
        machines: list[Comparison] = []
        for own in self.holding:
            for place, (first, second) in enumerate(self._pairs(own)):
                pair = self._oriented(own.item_id, first, second)
                judged = pairs.setdefault(pair, JudgedPair(self.items[own.item_id], pair))
                blind = self._blind(own)
                comparison = self._comparison(blind, pair)
                if place:  # of one ranking, which took its time once
                    comparison = replace(comparison, seconds=None)
                if own.source in ("judge", "reward"):
                    judged.machines.append(own)
                    machines.append(comparison)
                else:
                    _add(judged, own, blind)
                    if not own.late and comparison.verdict in CODES:
                        comparisons.append(comparison)
                        sources.append(blind)
        return JudgedDataset(pairs, comparisons, sources, machines)

    def _pairs(self, own: Judgement) -> Iterable[tuple[str, str]]:
        """The pairs of responses that it is about, if they are still there."""
        item = self.items.get(own.item_id)
        present = {response.id for response in item.responses} if item else set()
        pairs = [(first, second) for first, second, _better in compared(own)]
        if not pairs and own.verdict == "both_bad":  # of answers that were to be ranked
            pairs = list(combinations(own.shown, 2))
        return [pair for pair in pairs if present.issuperset(pair)]

    def _blind(self, own: Judgement) -> Judgement:
        """The verdict as it was before the others' were revealed."""
        while NORMING in own.reasons and own.supersedes in self.by_id:
            own = self.by_id[own.supersedes]
        return own

    def _oriented(self, item_id: str, first: str, second: str) -> Pair:
        """The pair with the response first whose text has the smaller hash."""
        low, high = sorted((first, second), key=lambda response: (self._digest(item_id, response), response))
        return item_id, low, high

    def _digest(self, item_id: str, response: str) -> bytes:
        if (item_id, response) not in self.digests:
            for own in self.items[item_id].responses:
                self.digests[item_id, own.id] = hashlib.sha256(own.text.encode()).digest()
        return self.digests[item_id, response]

    def _comparison(self, own: Judgement, pair: Pair) -> Comparison:
        item = self.items[own.item_id]
        _item, first, second = pair
        lengths = {response.id: len(response.text) for response in item.responses}
        order = [response.id for response in item.responses if response.id in (first, second)]
        expected = self.expected.get(own.question_id or "")
        if expected is not None and own.response_a != first:
            expected = swapped(expected)
        longer = max((first, second), key=lengths.__getitem__) if lengths[first] != lengths[second] else None
        return Comparison(
            item=own.item_id,
            first=first,
            second=second,
            account=own.account or own.machine or "",
            verdict=cast(Verdict, verdict_on(own, first, second)),
            turn=own.turn,
            seconds=own.seconds,
            guideline=own.guideline_version,
            expected=cast(Verdict | None, expected),
            left=own.shown[0] if len(own.shown) == 2 else None,
            longer=longer,
            topic=item.topic,
            stored_verdict=verdict_on(own, *order),
        )


def _add(judged: JudgedPair, own: Judgement, blind: Judgement) -> None:
    """Note a person's verdict on the pair. A repeat says something of the person, not of the pair."""
    if own.turn:
        return
    judged.verdicts.append(own)
    if blind is not own and blind.verdict != own.verdict:
        judged.changes.append((blind, own))
