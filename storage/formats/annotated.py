"""Items out of what annotation tools export: answers in numbered fields, and what each annotator said of them.

The preference is what a strict majority says; each verdict is kept with its annotator. Left out: how a tool writes
its verdicts (`label_studio`, `argilla`).
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, Literal

from storage.errors import Invalid
from storage.formats import field_names
from storage.formats.responses import Candidate, item, response_turns
from storage.formats.row_fields import Row
from storage.formats.verdicts import side_of_word
from storage.records import ImportedVerdict, Item, Preference
from words import N_

NUMBERED = re.compile(
    r"(?:[a-z]+[-_ ])?(?:response|answer|reply|completion|output|generation|candidate|text|summary|option)[-_ ]?"
    r"(?P<place>\d{1,2}|[a-h])",
    re.I,
)
COMPARING = re.compile(r"\b(?:is|are|the|much|slightly|clearly|far|better|best|wins?|preferred|one)\b", re.I)


@dataclass
class Annotation:
    """What one annotator said of a row's answers: an order of their fields, the best group first; scores by field.

    `order` is None where nothing was compared; one group with all of them is a tie.
    """

    annotator: str
    order: list[list[str]] | None = None
    both_bad: bool = False
    scores: dict[str, float] = field(default_factory=dict)
    comment: str | None = None
    seconds: float | None = None


def answer_fields(fields: Mapping[str, Any]) -> list[str]:
    """The fields that hold answers: those whose names end in a number or letter, else the one that is called so."""
    numbered = {name: match["place"].lower() for name in fields if (match := NUMBERED.fullmatch(name))}
    if len(numbered) > 1:
        return sorted(numbered, key=lambda name: (len(numbered[name]), numbered[name]))
    return [name for name in field_names.COMPLETIONS if name in fields][:1]


def named_answer(name: Any, answers: Sequence[str]) -> str | None:
    """The answer's field that an option means: its name, or the same number or letter."""
    if not isinstance(name, str):
        return None
    if name in answers:
        return name
    places = {match["place"].lower(): own for own in answers if (match := NUMBERED.fullmatch(own))}
    match = NUMBERED.fullmatch(name.strip())
    return places.get(match["place"].lower() if match else name.strip().lower())


def order_of_word(word: str, answers: Sequence[str]) -> tuple[list[list[str]] | None, bool]:
    """What a word such as left, B or tie says of answers: (order, whether both are bad); (None, False) for others."""
    own = named_answer(word, answers)
    if own is not None and len(answers) > 1:
        return [[own], [other for other in answers if other != own]], False
    if len(answers) != 2:
        return None, False
    verdict = side_of_word(" ".join(COMPARING.sub(" ", word).split()))
    if verdict is None:
        return None, False
    better, both_bad = verdict
    if better is None:
        return [list(answers)], both_bad
    return [[answers[better]], [answers[1 - better]]], False


def read(fields: Mapping[str, Any], annotations: Sequence[Annotation], rest: Mapping[str, Any]) -> Item:
    """The item of a row: `fields` hold prompt and answers, `rest` is kept. Raises Invalid where there is no answer."""
    answers = answer_fields(fields)
    if not answers:
        raise Invalid(
            N_("The row holds no answers under names such as response1 and response2, or answer_a and answer_b.")
        )
    row = Row({**rest, **fields})
    scores = {name: [own.scores[name] for own in annotations if name in own.scores] for name in answers}
    candidates = [
        Candidate(name, response_turns(row.need(name), name), _mean(scores[name]), origin=_origin(row, name))
        for name in answers
    ]
    ids = {name: f"r{place}" for place, name in enumerate(answers, 1)}
    verdicts = tuple(_verdict(own, ids) for own in annotations if own.order is not None and len(ids) > 1)
    return item(row, candidates, tuple(_preferences(list(ids.values()), verdicts)), verdicts)


def _mean(scores: Sequence[float]) -> float | None:
    return sum(scores) / len(scores) if scores else None


def _origin(row: Row, name: str) -> str:
    """The model that gave an answer, where a field beside it says so."""
    match = NUMBERED.fullmatch(name)
    names = [f"model{sign}{match['place']}" for sign in ("_", "")] if match else []
    beside = next((own for own in names if isinstance(row.look(own), str)), None)
    return row.text(beside) if beside else ""


def _verdict(own: Annotation, ids: Mapping[str, str]) -> ImportedVerdict:
    order = [[ids[name] for name in group if name in ids] for group in own.order or []]
    groups = tuple(tuple(group) for group in order if group)
    if len(ids) > 2:
        return ImportedVerdict(own.annotator, "ranking", groups, comment=own.comment, seconds=own.seconds)
    if len(groups) < 2:
        verdict: Literal["a", "b", "tie", "both_bad"] = "both_bad" if own.both_bad else "tie"
    else:
        verdict = "a" if groups[0][0] == "r1" else "b"
    return ImportedVerdict(own.annotator, verdict, comment=own.comment, seconds=own.seconds)


def _preferences(ids: Sequence[str], verdicts: Sequence[ImportedVerdict]) -> Iterator[Preference]:
    """What more than half of those say who compared two answers."""
    for first, second in combinations(ids, 2):
        said = [better for own in verdicts if (better := _better(own, first, second)) is not None]
        if said:
            better, count = Counter(said).most_common(1)[0]
            if better and count * 2 > len(said):
                yield Preference(better, second if better == first else first)


def _better(own: ImportedVerdict, first: str, second: str) -> str | None:
    """The better one of two answers, "" for a tie, None where the verdict does not compare them."""
    if own.verdict != "ranking":
        return {"a": first, "b": second}.get(own.verdict, "")
    places = {answer: place for place, group in enumerate(own.ranking) for answer in group}
    if first not in places or second not in places:
        return None
    return "" if places[first] == places[second] else min(first, second, key=places.__getitem__)
