"""LLaMA-Factory's sharegpt form: pairs, single labelled responses (KTO), and demonstrations.

Turns are {from, value} or {role, content}; a `system` field becomes the first message.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from storage.errors import Invalid
from storage.formats.responses import as_message, dialogue_pair, preference_pairs, single, with_extra
from storage.formats.rows import Row, extra, kind, messages, need, text, truth
from storage.records import Item, Message
from words import N_

ROLES = {"human": "user", "gpt": "assistant", "system": "system", "observation": "tool"}
SPEAKERS = {role: speaker for speaker, role in ROLES.items()}
KNOWN = ("conversations", "messages", "chosen", "rejected", "system", "label", "kto_tag")


def matches_pairs(row: Row) -> bool:
    return "conversations" in row and "chosen" in row and "rejected" in row


def read_pairs(row: Row) -> Item:
    prompt = _dialogue(row)
    chosen, rejected = ([_turn(need(row, field), field)] for field in ("chosen", "rejected"))
    return dialogue_pair(prompt, chosen, rejected, extra=extra(row, KNOWN))


def write_pairs(items: Sequence[Item]) -> Iterator[dict[str, Any]]:
    for item in items:
        for chosen, rejected in preference_pairs(item):
            row = {
                "conversations": [_spoken(message) for message in item.messages],
                "chosen": _spoken(as_message(item, chosen)),
                "rejected": _spoken(as_message(item, rejected)),
            }
            yield with_extra(row, item)


def matches_unpaired(row: Row) -> bool:
    return _has_dialogue(row) and ("label" in row or "kto_tag" in row)


def read_unpaired(row: Row) -> Item:
    label = truth(row, "kto_tag" if "kto_tag" in row else "label")
    return _single(row, label)


def write_unpaired(items: Sequence[Item]) -> Iterator[dict[str, Any]]:
    for item in items:
        for response in item.responses:
            if response.label is not None:
                row = {"messages": [*item.messages, as_message(item, response)], "label": response.label}
                yield with_extra(row, item)


def matches_demonstrations(row: Row) -> bool:
    return _has_dialogue(row) and not {"chosen", "rejected", "label", "kto_tag"} & row.keys()


def read_demonstrations(row: Row) -> Item:
    return _single(row, None)


def write_demonstrations(items: Sequence[Item]) -> Iterator[dict[str, Any]]:
    for item in items:
        for response in item.responses:
            yield with_extra({"messages": [*item.messages, as_message(item, response)]}, item)


def _has_dialogue(row: Row) -> bool:
    return "conversations" in row or "messages" in row


def _single(row: Row, label: bool | None) -> Item:
    field = "messages" if "messages" in row else "conversations"
    return single(_dialogue(row), field, label=label, extra=extra(row, KNOWN))


def _dialogue(row: Row) -> list[Message]:
    """The turns of `conversations` or `messages`, after the `system` field if it says something."""
    field = "messages" if "messages" in row else "conversations"
    value = need(row, field)
    if not isinstance(value, list):
        raise Invalid(N_("The field {field} must be a list, not {found}."), field=field, found=kind(value))
    turns = [_turn(turn, field) for turn in value]
    system = text(row, "system") if row.get("system") is not None else ""
    return [{"role": "system", "content": system}, *turns] if system else turns


def _turn(turn: Any, field: str) -> Message:
    if not isinstance(turn, dict):
        raise Invalid(N_("The field {field} must hold messages, not {found}."), field=field, found=kind(turn))
    if "from" not in turn:
        return messages({field: [turn]}, field)[0]
    if turn["from"] not in ROLES:
        raise Invalid(
            N_("The speaker {name} in {field} is not known; known are {known}."),
            name=turn["from"],
            field=field,
            known=", ".join(ROLES),
        )
    rest = {name: value for name, value in turn.items() if name not in ("from", "value")}
    return {"role": ROLES[turn["from"]], "content": text(turn, "value"), **rest}


def _spoken(message: Message) -> dict[str, Any]:
    rest = {name: value for name, value in message.items() if name not in ("role", "content")}
    return {"from": SPEAKERS.get(message["role"], message["role"]), "value": message["content"], **rest}
