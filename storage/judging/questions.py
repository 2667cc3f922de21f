"""What a round asks, and how a person sees it: pure functions from items to questions, shuffles and tokens.

Left out: rows of rounds and questions (`rounds`, `round_writes`).
"""

import hashlib
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from storage.judging.judgement_records import EVERYBODY, Question, RoundSettings, Shown
from storage.records import Preference, Response

GOLD_TAG = "gold"
MOST_PAIRS = 3
MOST_RANKED = 8
TOKEN_DIGITS = 16


@dataclass(frozen=True)
class Candidate:
    """What of an item decides which questions it gives."""

    item_id: str
    responses: tuple[Response, ...]
    preferences: tuple[Preference, ...]
    tags: tuple[str, ...]


def make(candidates: Iterable[Candidate], settings: RoundSettings, new_id: Callable[[], str]) -> list[Question]:
    """The round's questions in the order in which they are asked.

    Items with fewer than two responses give none, and equal responses are not compared.
    """
    questions = [
        _question(candidate, responses, settings.people, new_id())
        for candidate in candidates
        for responses in _groups(candidate, settings)
    ]
    ordered = _ORDERS[settings.order](questions, settings, random.Random(settings.seed))
    return [_placed(question, position, settings) for position, question in enumerate(ordered, 1)]


def shown(question: Question, account: str, turn: int, seed: str) -> Shown:
    """The responses in the order in which this person sees them: left first; turn 1 reverses turn 0.

    `seed` is the round's: without it nobody can tell from the order which response is which.
    """
    order = tuple(sorted(question.responses, key=lambda response: _digest(seed, question.id, account, response)))
    return order[::-1] if turn else order


def token(question_id: str, account: str, response: str, seed: str) -> str:
    """What stands for the response towards this person's browser; says nothing of its id."""
    return _digest(seed, "token", question_id, account, response)[:TOKEN_DIGITS]


def is_repeated(question_id: str, account: str, settings: RoundSettings) -> bool:
    """Whether this person gets the question a second time: so for a share `repeats` of them."""
    return int(_digest(settings.seed, "repeat", question_id, account)[:8], 16) < settings.repeats * 16**8


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _groups(candidate: Candidate, settings: RoundSettings) -> Iterator[tuple[Response, ...]]:
    """The responses of each question: all of them to rank, or neighbours to compare."""
    if len(candidate.responses) < 2:
        return
    if settings.mode == "ranking":
        yield candidate.responses[:MOST_RANKED]
    else:
        neighbours = pairwise(candidate.responses)
        yield from [(one, other) for one, other in neighbours if one.text.strip() != other.text.strip()][:MOST_PAIRS]


def _question(candidate: Candidate, responses: Sequence[Response], people: int, question_id: str) -> Question:
    ids = tuple(response.id for response in responses)
    expected = _expected(candidate, ids) if GOLD_TAG in candidate.tags else None
    return Question(
        id=question_id,
        item_id=candidate.item_id,
        position=0,
        kind="gold" if expected else "plain",
        responses=ids,
        wanted=EVERYBODY if expected else people,
        expected=expected,
        margin=_margin(responses),
    )


def _expected(candidate: Candidate, ids: tuple[str, ...]) -> str | None:
    """The verdict that the imported preference gives; None for a ranking, and where there is none."""
    verdicts = {
        (preference.chosen, preference.rejected): "a" if preference.chosen == ids[0] else "b"
        for preference in candidate.preferences
    }
    return verdicts.get(ids) or verdicts.get(ids[::-1]) if len(ids) == 2 else None


def _margin(responses: Sequence[Response]) -> float | None:
    scores = sorted(response.score for response in responses if response.score is not None)
    if len(scores) < len(responses):
        return None
    return min(higher - lower for lower, higher in pairwise(scores))


def _placed(question: Question, position: int, settings: RoundSettings) -> Question:
    if position > settings.norming:
        return replace(question, position=position)
    return replace(question, position=position, kind="norming", wanted=EVERYBODY)


def _given(questions: list[Question], _settings: RoundSettings, _rng: random.Random) -> list[Question]:
    return [replace(question, chosen_by="given") for question in questions]


def _shuffled(questions: list[Question], _settings: RoundSettings, rng: random.Random) -> list[Question]:
    return [replace(question, chosen_by="random") for question in rng.sample(questions, len(questions))]


def _uncertain_first(questions: list[Question], settings: RoundSettings, rng: random.Random) -> list[Question]:
    """Those with the closest scores first; a random share of the others is mixed in, as an honest baseline."""
    ordered = sorted(questions, key=lambda question: (question.margin is None, question.margin or 0.0))
    drawn = set(rng.sample([question.id for question in questions], round(settings.random_share * len(questions))))
    baseline = _shuffled([question for question in ordered if question.id in drawn], settings, rng)
    uncertain = [replace(question, chosen_by="uncertain") for question in ordered if question.id not in drawn]
    mixed = []
    while uncertain or baseline:
        takes_baseline = baseline and (not uncertain or rng.random() < settings.random_share)
        mixed.append((baseline if takes_baseline else uncertain).pop(0))
    return mixed


_ORDERS: dict[str, Callable[[list[Question], RoundSettings, random.Random], list[Question]]] = {
    "given": _given,
    "random": _shuffled,
    "uncertain": _uncertain_first,
}
