"""What differs between two states of one item, field by field, as texts that can be laid beside each other.

Left out: which words differ inside a text, and how it looks (`app.datasets.item_changes`).
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from storage.records import Item
from words import N_, Text


@dataclass(frozen=True)
class Difference:
    """One field, and its text before and after: empty where the item lacked it."""

    field: Text
    before: str
    after: str


def between(before: Item | None, after: Item | None) -> list[Difference]:
    """The fields that differ, in the order in which a reader meets them."""
    old, new = _texts(before), _texts(after)
    return [
        Difference(field, old.get(key, ("", field))[0], new.get(key, ("", field))[0])
        for key, (_text, field) in {**old, **new}.items()
        if old.get(key, ("", field))[0] != new.get(key, ("", field))[0]
    ]


def _texts(item: Item | None) -> dict[str, tuple[str, Text]]:
    """key -> (text, name) of each field."""
    return {} if item is None else {f"{name[0]}{sorted(name[1].items())}": (text, name) for text, name in _named(item)}


def _named(item: Item) -> Iterator[tuple[str, Text]]:
    for number, message in enumerate(item.messages, 1):
        more = {key: value for key, value in message.items() if key not in ("role", "content")}
        written = f"{message['role']}: {message['content']}" + (f" {_json(more)}" if more else "")
        yield written, (N_("message {number}"), {"number": number})
    for response in item.responses:
        yield response.text, (N_("answer {id}"), {"id": response.id})
        if response.score is not None:
            yield f"{response.score:g}", (N_("score of {id}"), {"id": response.id})
        if response.label is not None:
            yield _json(response.label), (N_("label of {id}"), {"id": response.id})
        if response.origin:
            yield response.origin, (N_("origin of {id}"), {"id": response.id})
    pairs = [f"{own.chosen} > {own.rejected}" for own in item.preferences]
    yield ", ".join(pairs), (N_("which is better"), {})
    yield item.topic or "", (N_("topic"), {})
    yield ", ".join(item.tags), (N_("tags"), {})
    yield _json(item.extra) if item.extra else "", (N_("other fields"), {})


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
