"""Rows that hold a list of responses, each with a score, such as UltraFeedback's. Written back in the same format."""

from collections.abc import Iterator, Sequence
from typing import Any

from storage.errors import Invalid
from storage.formats import field_names, verdicts
from storage.formats.completions import is_completion
from storage.formats.responses import RESPONSE_DETAILS, Candidate, as_message, item, response_turns, with_extra
from storage.formats.row_fields import Row
from storage.records import Item
from words import N_


def is_scored(row: Row) -> bool:
    """Whether the row holds scored responses, as a list or as two sides, or a list that no other format reads."""
    if verdicts.is_scored(row):
        return True
    field = row.first(field_names.LISTS)
    listed = row.look(field) if field else None
    first = listed[0] if isinstance(listed, list) and listed else None
    scores = (*field_names.LISTED_SCORES, *field_names.LISTED_RANKS)
    has_score = isinstance(first, dict) and any(name in first for name in scores)
    beside = field is not None and row.first(field_names.LIST_SCORES) is not None
    return has_score or beside or (field in ("completions", "responses") and not is_completion(row))


def read_scored(row: Row) -> Item:
    """The responses with their scores. What else the list says of each is kept by response."""
    field = row.first(field_names.LISTS)
    if field is None:
        return verdicts.read_scored(row)
    listed = row.items(field)
    numbers = _numbers(row, len(listed))
    candidates, details = [], {}
    for place, (value, number) in enumerate(zip(listed, numbers, strict=True), 1):
        candidate, rest = _candidate(value, number, f"{field} {place}")
        candidates.append(candidate)
        details.update({f"r{place}": rest} if rest else {})
    if not any(candidate.score is not None for candidate in candidates):
        raise Invalid(
            N_("The responses in {field} have no score ({known})."),
            field=field,
            known=", ".join((*field_names.LISTED_SCORES, *field_names.LIST_SCORES)),
        )
    if details:
        row.keep(RESPONSE_DETAILS, details)
    return item(row, candidates)


def write_scored(items: Sequence[Item]) -> Iterator[dict[str, Any]]:
    """One row an item, its responses as a list."""
    for entry in items:
        kept = entry.extra.get(RESPONSE_DETAILS)
        details = kept if isinstance(kept, dict) else {}
        completions = [
            {
                "response": [as_message(entry, response)],
                "score": response.score,
                **({"model": response.origin} if response.origin else {}),
                **details.get(response.id, {}),
            }
            for response in entry.responses
        ]
        yield with_extra({"prompt": list(entry.messages), "completions": completions}, entry)


def _numbers(row: Row, count: int) -> list[float | None]:
    """The scores that stand in a list of their own beside the responses."""
    field = row.first(field_names.LIST_SCORES)
    if field is None:
        return [None] * count
    scores = row.items(field)
    if len(scores) != count:
        raise Invalid(
            N_("The field {field} holds {count} scores for {responses} responses."),
            field=field,
            count=len(scores),
            responses=count,
        )
    return [Row({f"{field} {place}": score}).number(f"{field} {place}") for place, score in enumerate(scores, 1)]


def _candidate(value: Any, number: float | None, field: str) -> tuple[Candidate, dict[str, Any]]:
    if not isinstance(value, dict):
        return Candidate(field, response_turns(value, field), number), {}
    response = Row(value)
    text = response.first(field_names.LISTED_TEXTS)
    if text is None:
        raise Invalid(
            N_("The response {field} has no text ({known})."), field=field, known=", ".join(field_names.LISTED_TEXTS)
        )
    score = response.first(field_names.LISTED_SCORES)
    rank = response.first(field_names.LISTED_RANKS)
    if score:
        number = response.number(score)
    elif rank and number is None:
        place = response.number(rank)
        number = None if place is None else -place
    origin = response.text("model") if isinstance(response.look("model"), str) else ""
    candidate = Candidate(field, response_turns(response.need(text), field), number, origin=origin)
    return candidate, response.unread()
