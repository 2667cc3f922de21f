"""What follows from verdicts: preferences, labels and edited responses of an item. Pure: reads no table.

An adjudication beats the strict majority of people, which beats what was imported. A tie, two bad answers or a split
make no preference, and take the place of an imported one.
Left out: reading items and verdicts (`judged_items`).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from statistics import fmean

from storage.judging.judgement_records import MUCH_BETTER, Judgement
from storage.records import Item, Preference, Response

Pair = tuple[str, str]
"""Ids of two responses, in the item's order."""


@dataclass(frozen=True)
class JudgementFilter:
    """Which verdicts count: on one criterion in place of the whole, of these people only. `tags` narrow the items.

    With a criterion or annotators, imported preferences are left out: only what they said is wanted.
    """

    criterion: str | None = None
    annotators: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    @property
    def judged_only(self) -> bool:
        """Whether items without a verdict that counts are left out."""
        return self.criterion is not None or bool(self.annotators)

    def holds(self, item: Item) -> bool:
        """Whether the item is wanted."""
        return not self.tags or not set(self.tags).isdisjoint(item.tags)


EVERYTHING = JudgementFilter()


@dataclass(frozen=True)
class _Vote:
    """One person's verdict on one pair: the id of the better response; None for a tie, two bad answers and the like."""

    judgement: Judgement
    better: str | None
    strength: int | None


def derive(item: Item, judgements: Sequence[Judgement], wanted: JudgementFilter = EVERYTHING) -> Item:
    """The item with the preferences, labels and edited responses that follow from its verdicts."""
    counting = counted(judgements, wanted)
    votes = _votes(item, counting, wanted.criterion)
    preferences = [] if wanted.judged_only else _unjudged(item, votes)
    preferences += [preference for pair in votes if (preference := _preference(pair, votes[pair])) is not None]
    if wanted.criterion is not None:  # labels and edits say what is good in all
        return replace(item, preferences=tuple(preferences))
    edited, edits = _edits(item, counting)
    responses = (*_labelled(item, counting), *edited)
    return replace(item, responses=responses, preferences=(*preferences, *edits))


def counted(judgements: Iterable[Judgement], wanted: JudgementFilter = EVERYTHING) -> list[Judgement]:
    """The verdicts that preferences follow from: first turns of people and adjudicators, in time, not skipped.

    Of one person's verdicts on the same responses, in several rounds, the last one counts.
    """
    latest: dict[tuple[str | None, str, tuple[str, ...]], Judgement] = {}
    for own in judgements:
        counts = own.source in ("human", "adjudicator") and own.turn == 0 and own.verdict not in ("skip", "withdrawn")
        if counts and not own.late and _is_wanted(own, wanted):
            author = None if own.source == "adjudicator" else own.account
            latest[author, own.source, tuple(sorted(own.shown))] = own
    return list(latest.values())


def _is_wanted(own: Judgement, wanted: JudgementFilter) -> bool:
    if wanted.criterion is not None and wanted.criterion not in own.criteria:
        return False
    return not wanted.annotators or (own.source == "human" and own.account in wanted.annotators)


def _votes(item: Item, judgements: Sequence[Judgement], criterion: str | None) -> dict[Pair, list[_Vote]]:
    """pair -> what was said of it, by each person once; the pairs in the item's order."""
    order = {response.id: place for place, response in enumerate(item.responses)}
    votes: dict[Pair, dict[tuple[str, str | None], _Vote]] = {}
    for own in judgements:
        for first, second, better in compared(own, criterion):
            if first in order and second in order:
                pair = (first, second) if order[first] < order[second] else (second, first)
                strength = None if criterion else own.strength
                votes.setdefault(pair, {})[own.source, own.account] = _Vote(own, better, strength)
    pairs = sorted(votes, key=lambda pair: (order[pair[0]], order[pair[1]]))
    return {pair: list(votes[pair].values()) for pair in pairs}


def compared(own: Judgement, criterion: str | None = None) -> list[tuple[str, str, str | None]]:
    """(response, response, the better one or None) of each pair that the verdict compares."""
    if own.response_a is not None and own.response_b is not None:
        verdict = own.verdict if criterion is None else own.criteria[criterion]
        better = {"a": own.response_a, "b": own.response_b}.get(verdict)
        return [(own.response_a, own.response_b, better)]
    ranked = [(response, place) for place, group in enumerate(own.ranking or ()) for response in group]
    return [
        (first, second, None if place == other_place else first)
        for (first, place), (second, other_place) in combinations(ranked, 2)
    ]


def _unjudged(item: Item, votes: dict[Pair, list[_Vote]]) -> list[Preference]:
    """The imported preferences on pairs that nobody judged."""
    judged = set(map(frozenset, votes))
    return [own for own in item.preferences if frozenset((own.chosen, own.rejected)) not in judged]


def _preference(pair: Pair, votes: Sequence[_Vote]) -> Preference | None:
    """What was decided of the pair; None where nothing was."""
    deciding = [vote for vote in votes if vote.judgement.source == "adjudicator"] or list(votes)
    better, count = Counter(vote.better for vote in deciding).most_common(1)[0]
    if better is None or count * 2 <= len(deciding):
        return None
    strengths = [vote.strength for vote in deciding if vote.better == better and vote.strength is not None]
    return Preference(
        chosen=better,
        rejected=pair[1] if better == pair[0] else pair[0],
        strength=fmean(strengths) / MUCH_BETTER if strengths else None,
        source=_source(deciding),
        judgements=tuple(sorted(vote.judgement.id for vote in deciding)),
    )


def _source(deciding: Sequence[_Vote]) -> str:
    if deciding[0].judgement.source == "adjudicator":
        return "adjudicated"
    return "majority" if len(deciding) > 1 else "judged"


def _labelled(item: Item, judgements: Sequence[Judgement]) -> list[Response]:
    """The responses with label true where more people call them good than bad, and false the other way round."""
    balance: Counter[str] = Counter()
    adjudicated = [own for own in judgements if own.source == "adjudicator" and _qualities(own)]
    for own in adjudicated or judgements:
        for response, quality in _qualities(own).items():
            balance[response] += {"good": 1, "bad": -1}.get(quality, 0)
    return [
        replace(response, label=balance[response.id] > 0) if balance[response.id] else response
        for response in item.responses
    ]


def _qualities(own: Judgement) -> dict[str, str]:
    """What the verdict calls each response; both are bad where it says so of both."""
    bad = dict.fromkeys(own.shown, "bad") if own.verdict == "both_bad" else {}
    return {**bad, **own.quality}


def _edits(item: Item, judgements: Sequence[Judgement]) -> tuple[list[Response], list[Preference]]:
    """The edited responses, and that each is better than what it was made of."""
    originals = {response.id: response for response in item.responses}
    responses, preferences = [], []
    for own in judgements:
        for response, text in own.edits.items():
            if response in originals and text.strip() and text.strip() != originals[response].text.strip():
                edited = Response(_free_id(own, response), text, origin=f"edited:{own.account or ''}:{response}")
                responses.append(edited)
                preferences.append(Preference(edited.id, response, None, "edited", (own.id,)))
    return responses, preferences


def _free_id(own: Judgement, response: str) -> str:
    """An id that no other response has, and the same whenever the item is derived again."""
    return f"{response}-edited-{own.id}"
