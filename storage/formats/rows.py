"""Reading fields of an imported row, with one sentence for each way in which it can be wrong."""

from collections.abc import Collection, Mapping
from typing import Any

from storage.errors import Invalid
from storage.records import Message
from words import N_

Row = Mapping[str, Any]
MESSAGE_ROLES = ("system", "developer", "user", "assistant", "tool")


def need(row: Row, field: str) -> Any:
    """The field's value."""
    if row.get(field) is None:
        raise Invalid(N_("The field {field} is missing."), field=field)
    return row[field]


def text(row: Row, field: str) -> str:
    """The field's value, which must be text."""
    value = need(row, field)
    if not isinstance(value, str):
        raise Invalid(N_("The field {field} must be text, not {found}."), field=field, found=kind(value))
    return value


def number(row: Row, field: str) -> float | None:
    """The field's value, a number or nothing."""
    value = row.get(field)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise Invalid(N_("The field {field} must be a number, not {found}."), field=field, found=kind(value))
    return value


def truth(row: Row, field: str) -> bool:
    """The field's value, which must be true or false."""
    value = need(row, field)
    if not isinstance(value, bool):
        raise Invalid(N_("The field {field} must be true or false, not {found}."), field=field, found=kind(value))
    return value


def messages(row: Row, field: str) -> list[Message]:
    """The field's value: chat messages {role, content}, other fields of a message kept."""
    value = need(row, field)
    if not isinstance(value, list) or not all(isinstance(message, dict) for message in value):
        raise Invalid(N_("The field {field} must be a list of messages."), field=field)
    for number, message in enumerate(value, 1):
        role, content = message.get("role"), message.get("content")
        if role not in MESSAGE_ROLES:
            raise Invalid(
                N_("Message {place} of {field} has the unknown role {role}."), place=number, field=field, role=role
            )
        if not isinstance(content, str):
            raise Invalid(N_("Message {place} of {field} has no text."), place=number, field=field)
    return value


def split_last_response(turns: list[Message], field: str) -> tuple[list[Message], str, dict[str, Any]]:
    """Split a dialogue before its last turn: (prompt, text of the response, other fields of the response)."""
    if not turns or turns[-1]["role"] != "assistant":
        raise Invalid(N_("The last message of {field} must be the assistant's."), field=field)
    last = turns[-1]
    return turns[:-1], last["content"], {name: last[name] for name in last if name not in ("role", "content")}


def extra(row: Row, standard_fields: Collection[str]) -> dict[str, Any]:
    """The fields that mean nothing to us: kept as they are."""
    return {name: value for name, value in row.items() if name not in standard_fields}


def said_by_user(prompt: str) -> list[Message]:
    """A prompt that came as plain text."""
    return [{"role": "user", "content": prompt}]


def kind(value: Any) -> str:
    """What JSON calls a value of this type."""
    names = {dict: "an object", list: "a list", str: "text", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")
