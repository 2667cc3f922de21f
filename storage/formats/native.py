"""Our own form: everything an item holds, one JSON object each."""

from collections.abc import Iterator, Sequence
from typing import Any

from storage.errors import Invalid
from storage.formats.rows import Row, kind, messages, number, text
from storage.item_content import to_json
from storage.records import Item, Preference, Response
from words import N_


def matches(row: Row) -> bool:
    return isinstance(row.get("prompt"), list) and isinstance(row.get("responses"), list)


def read(row: Row) -> Item:
    topic = row.get("topic")
    tags = _list(row, "tags")
    if not (topic is None or isinstance(topic, str)) or not all(isinstance(tag, str) for tag in tags):
        raise Invalid(N_("The fields topic and tags must hold text."))
    if not isinstance(row.get("extra", {}), dict):
        raise Invalid(N_("The field {field} must be an object, not {found}."), field="extra", found=kind(row["extra"]))
    return Item(
        id=text(row, "id") if row.get("id") is not None else "",
        messages=tuple(messages(row, "prompt")),
        responses=tuple(_response(response, position) for position, response in enumerate(_list(row, "responses"), 1)),
        preferences=tuple(_preference(preference) for preference in _list(row, "preferences")),
        topic=topic,
        tags=tuple(tags),
        extra=row.get("extra", {}),
    )


def write(items: Sequence[Item]) -> Iterator[dict[str, Any]]:
    return map(to_json, items)


def _list(row: Row, field: str) -> list[Any]:
    value = row.get(field, [])
    if not isinstance(value, list):
        raise Invalid(N_("The field {field} must be a list, not {found}."), field=field, found=kind(value))
    return value


def _response(row: Any, position: int) -> Response:
    if not isinstance(row, dict):
        raise Invalid(N_("Response {place} must be an object, not {found}."), place=position, found=kind(row))
    label = row.get("label")
    if not (label is None or isinstance(label, bool)):
        raise Invalid(N_("The field {field} must be true or false, not {found}."), field="label", found=kind(label))
    return Response(
        id=text(row, "id") if row.get("id") is not None else f"r{position}",
        text=text(row, "text"),
        score=number(row, "score"),
        label=label,
        origin=text(row, "origin") if row.get("origin") is not None else "",
    )


def _preference(row: Any) -> Preference:
    if not isinstance(row, dict):
        raise Invalid(N_("A preference must be an object, not {found}."), found=kind(row))
    return Preference(
        chosen=text(row, "chosen"),
        rejected=text(row, "rejected"),
        strength=number(row, "strength"),
        source=text(row, "source") if row.get("source") is not None else "import",
        judgements=tuple(_list(row, "judgements")),
    )
