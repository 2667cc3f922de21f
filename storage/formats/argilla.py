"""Argilla's exports: records as they are, with fields and responses apart; flattened; and those of its first version.

Read are rankings, labels that name an answer, ratings of an answer, and text as a comment, where they were submitted.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from storage.formats import annotated
from storage.formats.annotated import Annotation
from storage.formats.row_fields import Row
from storage.records import Item

RESPONSES, USERS, STATUS = ".responses", ".responses.users", ".responses.status"
FLAT_SUGGESTION = ".suggestion"
ABOUT = ("id", "status", "_server_id", "metadata", "vectors", "external_id", "inserted_at", "updated_at")
Said = dict[str, list[tuple[str, Any]]]
"""question -> (annotator, value) of each submitted response."""


def matches(row: Row) -> bool:
    """Whether the row is a record, in one of the three ways."""
    return _is_nested(row) or bool(_flat_questions(row.names())) or bool(_first_questions(row))


def read(row: Row) -> Item:
    """The record's answers, and what each annotator said; a suggestion counts where nobody answered."""
    record = {name: row.take(name) for name in row.names()}
    if _is_nested(row):
        fields, said = dict(record["fields"]), _nested(record["responses"])
        suggestions = {name: _value(own) for name, own in _object(record.get("suggestions")).items()}
        kept = {name: record[name] for name in ("metadata", "status") if record.get(name)}
    elif questions := _first_questions(row):
        said = {name: _submitted(record[name]) for name in questions}
        suggestions = {name: record.get(f"{name}-suggestion") for name in questions}
        dashed = {name for name in record for own in questions if name.startswith(f"{own}-suggestion")}
        fields = {name: value for name, value in record.items() if name not in {*questions, *dashed, *ABOUT}}
        kept = {name: record[name] for name in ("metadata", "external_id") if record.get(name)}
    else:
        said = _flattened(record)
        suggestions = {name: record.get(name + FLAT_SUGGESTION) for name in said}
        fields = {name: value for name, value in record.items() if "." not in name and name not in ABOUT}
        kept = {"status": record["status"]} if record.get("status") else {}
    answers = annotated.answer_fields(fields)
    annotations = _annotations(said, answers)
    if any(own.order for own in annotations):
        return annotated.read(fields, annotations, kept)
    suggested = annotated.read(fields, [*annotations, _suggested(suggestions, answers)], kept)
    return replace(suggested, verdicts=())


def _suggested(suggestions: Mapping[str, Any], answers: Sequence[str]) -> Annotation:
    """What a model suggested, as if somebody had said it."""
    own = Annotation("")
    for question, value in suggestions.items():
        _note(own, question, value, answers)
    return own


def _is_nested(row: Row) -> bool:
    return isinstance(row.look("fields"), dict) and isinstance(row.look("responses"), dict)


def _first_questions(row: Row) -> list[str]:
    """The questions of a record of the first version: lists of {user_id, value, status}, beside a suggestion."""
    names = [name for name in row.names() if f"{name}-suggestion" in row and isinstance(row.look(name), list)]
    return sorted(names)


def _nested(responses: Mapping[str, Any]) -> Said:
    return {question: _submitted(given) for question, given in responses.items()}


def _submitted(given: Any) -> list[tuple[str, Any]]:
    return [
        (str(own.get("user_id")), own.get("value"))
        for own in _listed(given)
        if isinstance(own, dict) and own.get("status") in (None, "submitted", "ResponseStatus.submitted")
    ]


def _flat_questions(names: Iterable[str]) -> list[str]:
    """The questions of a flattened record: those with responses or a suggestion."""
    ends = (RESPONSES, FLAT_SUGGESTION)
    return sorted({name.removesuffix(end) for name in names for end in ends if name.endswith(end)})


def _flattened(record: Mapping[str, Any]) -> Said:
    said: Said = {}
    for question in _flat_questions(record):
        values = _listed(record.get(question + RESPONSES))
        users = _listed(record.get(question + USERS)) or ["unknown"] * len(values)
        statuses = _listed(record.get(question + STATUS)) or ["submitted"] * len(values)
        rows = zip(users, values, statuses, strict=False)
        said[question] = [(str(user), value) for user, value, status in rows if status in (None, "submitted")]
    return said


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _value(suggestion: Any) -> Any:
    return suggestion.get("value") if isinstance(suggestion, dict) else suggestion


def _annotations(said: Said, answers: Sequence[str]) -> list[Annotation]:
    """What each person said, over all questions."""
    people: dict[str, Annotation] = defaultdict(lambda: Annotation(""))
    for question, given in said.items():
        for person, value in given:
            people[person].annotator = person
            _note(people[person], question, value, answers)
    return list(people.values())


def _note(own: Annotation, question: str, value: Any, answers: Sequence[str]) -> None:
    """Add the answer to one question."""
    if isinstance(value, list) and value:
        own.order = _ranked(value, answers) or own.order
    elif isinstance(value, int | float) and not isinstance(value, bool):
        rated = next((name for name in answers if name in question), answers[0] if len(answers) == 1 else None)
        own.scores |= {rated: value} if rated else {}
    elif isinstance(value, str):
        order, both_bad = annotated.order_of_word(value, answers)
        if order is not None:
            own.order, own.both_bad = order, both_bad
        else:
            own.comment = "\n".join(filter(None, [own.comment, value]))


def _ranked(value: list[Any], answers: Sequence[str]) -> list[list[str]]:
    """The order that a ranking gives: names from the best on, or {value, rank}, of which equal ranks are ties."""
    ranks: dict[Any, list[str]] = {}
    for place, each in enumerate(value):
        option, rank = (each.get("value"), each.get("rank")) if isinstance(each, dict) else (each, place)
        name = annotated.named_answer(option, answers)
        if name is not None and isinstance(rank, int | float):
            ranks.setdefault(rank, []).append(name)
    return [ranks[rank] for rank in sorted(ranks)]
