"""Label Studio's exports: JSON, a task with the annotations of several people, and JSON-MIN, a row an annotation.

Read are pairwise comparisons, rankings, choices that name a side, ratings of an answer, and text as a comment.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from storage.formats import annotated
from storage.formats.annotated import Annotation
from storage.formats.row_fields import Row
from storage.records import Item

MIN_FIELDS = ("annotator", "annotation_id")
MIN_DETAILS = (*MIN_FIELDS, "id", "created_at", "updated_at", "lead_time", "agreement")
SIDES = {"left": 0, "right": 1}
KINDS = ("pairwise", "choices", "ranker", "rating", "textarea")
"""Results that are read."""
LISTS = ("items", "answers", "responses")
"""Fields of a task's data that hold a list of what is ranked."""


def matches(row: Row) -> bool:
    """Whether the row is a task with its annotations, or an annotation with its task."""
    return _is_task(row) or all(name in row for name in MIN_FIELDS)


def read(row: Row) -> Item:
    """The task's answers, and what each annotator said; annotations that were cancelled count for nothing."""
    fields = {name: row.take(name) for name in row.names()}
    if not _is_task(row):
        return _read_min(fields)
    data = _with_numbered_answers(dict(fields.pop("data")))
    people = [own for own in fields["annotations"] if isinstance(own, dict) and not own.get("was_cancelled")]
    answers = annotated.answer_fields(data)
    annotations = [
        _annotation(_person(own.get("completed_by")), own.get("result"), answers, data, own.get("lead_time"))
        for own in people
    ]
    return annotated.read(data, annotations, _kept(fields, people))


def _kept(fields: Mapping[str, Any], people: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What stays with the item: the task's number and notes, and annotations that hold more than what is read."""
    results = [each for own in people for each in _listed(own.get("result")) if isinstance(each, dict)]
    more = {"annotations": people} if any(each.get("type") not in KINDS for each in results) else {}
    return {name: fields[name] for name in ("id", "meta") if fields.get(name)} | more


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _is_task(row: Row) -> bool:
    return isinstance(row.look("data"), dict) and isinstance(row.look("annotations"), list)


def _read_min(fields: Mapping[str, Any]) -> Item:
    """A row of JSON-MIN: what was said stands beside the task's data, as lists of values without their kinds."""
    said = {name: value for name, value in fields.items() if name not in MIN_DETAILS and _is_result(value)}
    data = {name: value for name, value in fields.items() if name not in said and name not in MIN_DETAILS}
    data = _with_numbered_answers(data)
    answers = annotated.answer_fields(data)
    # a choice stands there as its text alone
    words = [name for name in data if isinstance(data[name], str) and name not in answers]
    chosen = [name for name in words if annotated.order_of_word(data[name], answers)[0] is not None]
    results = [{"from_name": name, "value": value} for name, values in said.items() for value in values]
    results += [{"from_name": name, "value": {"choices": [data.pop(name)]}} for name in chosen]
    annotation = _annotation(_person(fields["annotator"]), results, answers, data, fields.get("lead_time"))
    return annotated.read(data, [annotation], {name: fields[name] for name in MIN_DETAILS[2:] if name in fields})


def _is_result(value: Any) -> bool:
    kinds = ("selected", "ranker", "rating", "choices", "text")
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(each, dict) and any(kind in each for kind in kinds) and "role" not in each for each in value)
    )


def _with_numbered_answers(data: dict[str, Any]) -> dict[str, Any]:
    """The data with the answers of a list as fields of their own; a list's ids are kept in `answer_ids`."""
    name = next((name for name in LISTS if isinstance(data.get(name), list) and data[name]), None)
    if name is None or annotated.answer_fields(data):
        return data
    listed = [each if isinstance(each, dict) else {"body": each} for each in data.pop(name)]
    texts = [next((each[key] for key in ("body", "text", "html", "title") if each.get(key)), "") for each in listed]
    ids = [str(each.get("id", place)) for place, each in enumerate(listed, 1)]
    answers = {f"answer{place}": text for place, text in enumerate(texts, 1)}
    return {**data, **answers, "answer_ids": ids}


def _person(value: Any) -> str:
    """The annotator's address or number."""
    if isinstance(value, dict):
        value = value.get("email") or value.get("id")
    return str(value) if value is not None else "unknown"


def _annotation(person: str, results: Any, answers: Sequence[str], data: Mapping[str, Any], seconds: Any) -> Annotation:
    own = Annotation(person, seconds=seconds if isinstance(seconds, int | float) else None)
    for result in _listed(results):
        value = result.get("value") if isinstance(result, dict) else None
        if isinstance(value, dict):
            _note(own, value, result, answers, data)
    return own


def _note(
    own: Annotation,
    value: Mapping[str, Any],
    result: Mapping[str, Any],
    answers: Sequence[str],
    data: Mapping[str, Any],
) -> None:
    """Add what one result says to the annotation."""
    names = [name.strip() for name in str(result.get("to_name", "")).split(",")]
    if value.get("selected") in list(SIDES) and len(answers) == 2:
        sides = names if sorted(names) == sorted(answers) else answers
        better = sides[SIDES[value["selected"]]]
        own.order = [[better], [name for name in answers if name != better]]
    elif isinstance(value.get("choices"), list) and value["choices"]:
        order, both_bad = annotated.order_of_word(str(value["choices"][0]), answers)
        own.order, own.both_bad = (order, both_bad) if order is not None else (own.order, own.both_bad)
    elif "ranker" in value:
        own.order = _ranked(value["ranker"], answers, data.get("answer_ids") or []) or own.order
    elif isinstance(value.get("rating"), int | float):
        name = names[0] if names[0] in answers else answers[0] if len(answers) == 1 else None
        own.scores |= {name: value["rating"]} if name else {}
    elif isinstance(value.get("text"), list | str):
        text = value["text"] if isinstance(value["text"], str) else "\n".join(map(str, value["text"]))
        own.comment = "\n".join(filter(None, [own.comment, text]))


def _ranked(ranker: Any, answers: Sequence[str], ids: Sequence[str]) -> list[list[str]]:
    """The order of a ranker: a list of ids, or lists of them under the names of columns, of which the first counts."""
    listed = next(iter(ranker.values()), []) if isinstance(ranker, dict) else ranker
    if not isinstance(listed, list):
        return []
    by_id = dict(zip(ids, answers, strict=False))
    found = [by_id.get(str(each), annotated.named_answer(each, answers)) for each in listed]
    return [[name] for name in found if name is not None]
