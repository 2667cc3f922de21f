"""ms-swift's formats. Of pairs: a dialogue that ends with the better response, and the worse one as rejected_response;
of labelled responses and demonstrations: the dialogue. Calls of tools are turns of the role tool_call, as JSON text.

Only writing is here: its rows are read as any others are (`preferences`, `completions`).
"""

from collections.abc import Iterator, Sequence
from typing import Any

from storage.errors import Invalid
from storage.formats import field_names
from storage.formats.chat_turns import called_text, more_than_text, only_calls
from storage.formats.preferences import is_pair
from storage.formats.responses import (
    as_message,
    message_fields,
    pair_scores,
    preference_pairs,
    response_score,
    with_tools_as_text,
)
from storage.formats.row_fields import Row
from storage.records import Item, Message, Response
from words import N_


def is_swift(row: Row) -> bool:
    """Whether the better response is the end of the dialogue."""
    return is_pair(row) and "messages" in row and not any(name in row for name in field_names.CHOSEN)


def write_pairs(items: Sequence[Item]) -> Iterator[dict[str, Any]]:
    """One row for each preference; a worse response that is more than text as messages of its own."""
    for item in items:
        for chosen, rejected in preference_pairs(item):
            row: dict[str, Any] = {"messages": _dialogue(item, chosen)}
            if message_fields(item, rejected):
                row["rejected_messages"] = _dialogue(item, rejected)
            else:
                row["rejected_response"] = rejected.text
            yield with_tools_as_text(row | pair_scores(chosen, rejected), item)


def write_labelled(items: Sequence[Item]) -> Iterator[dict[str, Any]]:
    """One row for each response with a label."""
    for item in items:
        for response in item.responses:
            if response.label is not None:
                row = {"messages": _dialogue(item, response), "label": response.label}
                yield with_tools_as_text(row | response_score(response), item)


def write_demonstrations(items: Sequence[Item]) -> Iterator[dict[str, Any]]:
    """One row for each response."""
    for item in items:
        for response in item.responses:
            yield with_tools_as_text({"messages": _dialogue(item, response)} | response_score(response), item)


def _dialogue(item: Item, response: Response) -> list[Message]:
    return [_turn(message, item) for message in (*item.messages, as_message(item, response))]


def _turn(message: Message, item: Item) -> Message:
    """The turn as ms-swift takes it, which ignores what a message holds beside role and content."""
    if only_calls(message):
        calls = {"role": "tool_call", "content": called_text(message["tool_calls"])}
        return calls | more_than_text(message)
    if message.get("tool_calls"):
        raise Invalid(
            N_("The form swift cannot hold a turn that speaks and calls a tool, as the item {id} has."),
            id=item.id or "-",
        )
    return {**message, "role": "system"} if message["role"] == "developer" else message
