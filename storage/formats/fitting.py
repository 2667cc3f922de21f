"""Which items a form can hold. Each row is read back before it is written: what would come back changed is refused.

Left out: writing the rows to a file (`storage.exports`).
"""

import json
from collections.abc import Sequence
from typing import Any

from storage.errors import Invalid
from storage.formats.chat_turns import decoded_json
from storage.formats.responses import message_fields
from storage.item_content import CALLS
from storage.records import Item, Message
from words import N_, Text

NO_ROW: dict[str | None, str] = {
    "pairs": N_("It has no preference between two answers."),
    "unpaired": N_("None of its answers has a label."),
    "demonstrations": N_("It has no answer."),
}
"""Why an item has no row in a form of this kind: nothing of it is lost that such a form is of."""


def no_row(kind: str | None) -> Text:
    """Why an item gives no row in a form of this kind."""
    return NO_ROW.get(kind, N_("It has no answer.")), {}


def check_same(item: Item, read: Item, form: str) -> None:
    """Raise Invalid unless what was read back is part of the item: its prompt, and answers and preferences of it."""
    parts = _parts(item)
    read_parts = _parts(read)
    same_prompt = _plain(item.messages) == _plain(read.messages)
    if not same_prompt or not read_parts <= parts:
        raise Invalid(
            N_(
                "The form {form} would change the {part} of the item {id}: export as jsonl or trl-messages, which hold "
                "every role and tool call."
            ),
            form=form,
            part=(N_("answers") if same_prompt else N_("prompt"), {}),
            id=item.id or "-",
        )


def _parts(item: Item) -> set[str]:
    """Its answers, and its pairs of a better and a worse one, as text that can be compared."""
    answers = {
        response.id: _plain({"content": response.text, **message_fields(item, response)}) for response in item.responses
    }
    pairs = {f"{answers[each.chosen]} > {answers[each.rejected]}" for each in item.preferences}
    return {*answers.values(), *pairs}


def _plain(messages: Sequence[Message] | Message) -> str:
    """Messages as text in which only what they say counts: no nulls, no ids of calls, arguments as values."""
    return json.dumps(_without_nulls(messages), sort_keys=True, default=list)


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        fields = {name: _calls(part) if name in CALLS else part for name, part in value.items()}
        return {name: _without_nulls(part) for name, part in fields.items() if part not in (None, [])}
    return [_without_nulls(part) for part in value] if isinstance(value, list | tuple) else value


def _calls(calls: Any) -> Any:
    """Calls as names and arguments: some forms hold no more of them."""
    return [_call(call) for call in calls] if isinstance(calls, list) else calls


def _call(call: Any) -> Any:
    function = call.get("function", call) if isinstance(call, dict) else call
    if not isinstance(function, dict):
        return function
    arguments = function.get("arguments")
    decoded = decoded_json(arguments) if isinstance(arguments, str) else arguments
    return {"name": function.get("name"), "arguments": decoded}
