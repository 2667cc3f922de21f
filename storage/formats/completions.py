"""Rows that hold one response, with or without a label, and rows that hold a prompt alone."""

from storage.formats import field_names
from storage.formats.chat_turns import ROLES
from storage.formats.prompt_fields import has_prompt, read_prompt, take_tools
from storage.formats.responses import Candidate, item, no_prompt, response_turns
from storage.formats.row_fields import Row
from storage.records import Item


def completion_field(row: Row) -> str | None:
    """The field that holds the response: a completion by name, a dialogue that ends with one, or another answer."""
    if "completion" in row:
        return "completion"
    dialogue = row.first(field_names.DIALOGUES)
    if dialogue and not _ends_with_question(row, dialogue):
        return dialogue
    return row.first(field_names.COMPLETIONS)


def label_field(row: Row) -> str | None:
    """The field that says whether the response is good."""
    return row.first(field_names.LABELS)


def is_labelled(row: Row) -> bool:
    """Whether the row holds one response and a label."""
    return label_field(row) is not None and is_completion(row)


def is_completion(row: Row) -> bool:
    """Whether the row holds one response to a prompt."""
    return completion_field(row) is not None and (has_prompt(row) or "completion" in row)


def read_labelled(row: Row) -> Item:
    """The response with its label."""
    label = row.truth(label_field(row) or "label")
    return _read(row, label)


def read_completion(row: Row) -> Item:
    """The response, to be imitated."""
    return _read(row, None)


def read_prompt_only(row: Row) -> Item:
    """The prompt; whatever else the row holds stays an extra field."""
    prompt = read_prompt(row)
    if not has_prompt(row):
        raise no_prompt(row)
    take_tools(row)
    return Item("", tuple(prompt), extra=row.unread())


def _read(row: Row, label: bool | None) -> Item:
    field = completion_field(row) or "completion"
    value = row.need(field)
    return item(row, [Candidate(field, response_turns(value, field), _score(row), label)])


def _score(row: Row) -> float | None:
    """The response's score. A field of that name which holds no number is an extra field."""
    value = row.look(field_names.SCORE)
    numeric = value is None or (isinstance(value, int | float) and not isinstance(value, bool))
    return row.number(field_names.SCORE) if numeric else None


def _ends_with_question(row: Row, dialogue: str) -> bool:
    """Whether the dialogue is a prompt: its last turn is not the assistant's."""
    value = row.look(dialogue)
    last = value[-1] if isinstance(value, list) and value else None
    speaker = (last.get("role") or last.get("from")) if isinstance(last, dict) else None
    return isinstance(speaker, str) and ROLES.get(speaker.casefold()) in ("user", "tool")
