"""LLaMA-Factory's sharegpt format: pairs, single labelled responses (KTO), and demonstrations.

Turns are {from, value}. Reading is `preferences` and `completions`.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from storage.formats.chat_turns import spoken
from storage.formats.responses import as_message, pair_scores, preference_pairs, response_score, with_extra
from storage.formats.row_fields import Row
from storage.records import Item


def has_dialogue(row: Row) -> bool:
    """Whether a field bears one of the format's names for a dialogue."""
    return "conversations" in row or "messages" in row


def write_pairs(items: Sequence[Item]) -> Iterator[dict[str, Any]]:
    for item in items:
        for chosen, rejected in preference_pairs(item):
            row = {
                "conversations": [spoken(message) for message in item.messages],
                "chosen": spoken(as_message(item, chosen)),
                "rejected": spoken(as_message(item, rejected)),
                **pair_scores(chosen, rejected),
            }
            yield _with_extra(row, item)


def write_labelled(items: Sequence[Item]) -> Iterator[dict[str, Any]]:
    for item in items:
        for response in item.responses:
            if response.label is not None:
                row = {"messages": [*item.messages, as_message(item, response)], "label": response.label}
                yield with_extra(row | response_score(response), item)


def write_demonstrations(items: Sequence[Item]) -> Iterator[dict[str, Any]]:
    for item in items:
        for response in item.responses:
            row = {"messages": [*item.messages, as_message(item, response)]}
            yield with_extra(row | response_score(response), item)


def _with_extra(row: dict[str, Any], item: Item) -> dict[str, Any]:
    """The row with the extra fields, the tools as JSON text, which is how this format holds them."""
    tools = item.extra.get("tools")
    text = {} if tools is None or isinstance(tools, str) else {"tools": json.dumps(tools, ensure_ascii=False)}
    return with_extra(row, item) | text
