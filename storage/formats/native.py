"""Our own format: everything an item holds, one JSON object each."""

from collections.abc import Iterator, Sequence
from typing import Any

from storage.errors import Invalid
from storage.formats.chat_turns import decoded_json, turns
from storage.formats.responses import RESPONSE_DETAILS
from storage.formats.row_fields import Row, kind
from storage.item_content import to_json
from storage.records import Item, Message, Preference, Response
from words import N_

NESTED = ("prompt", "responses", "preferences", "tags", "extra")
"""Fields that a table may hold as JSON text."""


def matches(row: Row) -> bool:
    responses = _decoded(row.look("responses"))
    return (
        isinstance(_decoded(row.look("prompt")), list)
        and isinstance(responses, list)
        and all(isinstance(response, dict) and "text" in response for response in responses)
    )


def read(row: Row) -> Item:
    row = Row({name: _decoded(row.look(name)) if name in NESTED else row.look(name) for name in row.names()})
    topic = row.take("topic") or None
    tags = row.items("tags")
    if not (topic is None or isinstance(topic, str)) or not all(isinstance(tag, str) for tag in tags):
        raise Invalid(N_("The fields topic and tags must hold text."))
    details: dict[str, Any] = {}
    responses = tuple(_response(response, place, details) for place, response in enumerate(row.items("responses"), 1))
    return Item(
        id=row.text_or("id", ""),
        messages=tuple(_messages(row.need("prompt"))),
        responses=responses,
        preferences=tuple(_preference(preference) for preference in row.items("preferences")),
        topic=topic,
        tags=tuple(tags),
        extra=_extra(row) | ({RESPONSE_DETAILS: details} if details else {}),
    )


def write(items: Sequence[Item]) -> Iterator[dict[str, Any]]:
    return map(to_json, items)


def _decoded(value: Any) -> Any:
    """The value, also where a table holds it as JSON text."""
    decoded = decoded_json(value) if isinstance(value, str) else None
    return decoded if isinstance(decoded, dict | list) else value


def _extra(row: Row) -> dict[str, Any]:
    """The extra fields, and with them the fields of the row that are not of this format."""
    extra = row.take("extra")
    if not isinstance(extra, dict | None):
        raise Invalid(N_("The field {field} must be an object, not {found}."), field="extra", found=kind(extra))
    unread = row.unread()
    for name in unread.keys() & (extra or {}).keys():
        raise Invalid(N_("The field {field} stands in the row and among its extra fields."), field=name)
    return {**unread, **(extra or {})}


def _messages(prompt: Any) -> list[Message]:
    """The prompt's messages. One that is as we write it is kept whole, with the fields that are null."""
    read = turns(prompt, "prompt")
    written = prompt if isinstance(prompt, list) and len(prompt) == len(read) else read
    return [
        before if all(before.get(name) == message[name] for name in ("role", "content")) else message
        for before, message in zip(written, read, strict=True)
    ]


def _response(fields: Any, place: int, details: dict[str, Any]) -> Response:
    if not isinstance(fields, dict):
        raise Invalid(N_("Response {place} must be an object, not {found}."), place=place, found=kind(fields))
    row = Row(fields)
    response = Response(
        id=row.text_or("id", f"r{place}"),
        text=row.text("text"),
        score=row.number("score"),
        label=row.truth("label") if row.take("label") is not None else None,
        origin=row.text_or("origin", ""),
    )
    if row.unread():
        details[response.id] = row.unread()
    return response


def _preference(fields: Any) -> Preference:
    if not isinstance(fields, dict):
        raise Invalid(N_("A preference must be an object, not {found}."), found=kind(fields))
    row = Row(fields)
    strength = row.number("strength")
    if strength is not None and not 0 <= strength <= 1:
        raise Invalid(
            N_("The strength of a preference lies between 0 and 1, not {value}: divide it by the most of its scale."),
            value=strength,
        )
    return Preference(
        chosen=row.text("chosen"),
        rejected=row.text("rejected"),
        strength=strength,
        source=row.text_or("source", "import"),
        judgements=tuple(row.items("judgements")),
    )
