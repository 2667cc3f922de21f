"""LLaMA-Factory's alpaca format: instruction, input, system and history as text, then output, or chosen and rejected.

It holds text only: a dialogue of the user's and the assistant's turns in alternation. Reading is `prompt_fields`.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from storage.formats.chat_turns import more_than_text
from storage.formats.responses import (
    cannot_hold,
    message_fields,
    pair_scores,
    preference_pairs,
    response_score,
    with_extra,
)
from storage.formats.row_fields import Row
from storage.item_content import SYSTEM_ROLES
from storage.records import Item, Response


def is_alpaca(row: Row) -> bool:
    """Whether the prompt is an instruction."""
    return "instruction" in row and "prompt" not in row


def write_pairs(items: Sequence[Item]) -> Iterator[dict[str, Any]]:
    """One row for each preference."""
    for item in items:
        for chosen, rejected in preference_pairs(item):
            texts = {"chosen": _text(item, chosen), "rejected": _text(item, rejected)}
            yield with_extra({**_prompt(item), **texts, **pair_scores(chosen, rejected)}, item)


def write_labelled(items: Sequence[Item]) -> Iterator[dict[str, Any]]:
    """One row for each response with a label."""
    for item in items:
        for response in item.responses:
            if response.label is not None:
                row = {**_prompt(item), "output": _text(item, response), "kto_tag": response.label}
                yield with_extra(row | response_score(response), item)


def write_completions(items: Sequence[Item]) -> Iterator[dict[str, Any]]:
    """One row for each response."""
    for item in items:
        for response in item.responses:
            row = {**_prompt(item), "output": _text(item, response)}
            yield with_extra(row | response_score(response), item)


def _prompt(item: Item) -> dict[str, Any]:
    system = item.messages[:1] if item.messages[0]["role"] in SYSTEM_ROLES else ()
    turns = item.messages[len(system) :]
    roles = [message["role"] for message in turns]
    if roles != ["user", "assistant"] * (len(turns) // 2) + ["user"] or any(map(more_than_text, item.messages)):
        raise cannot_hold("alpaca", item)
    texts = [message["content"] for message in turns]
    return {
        "instruction": texts[-1],
        "input": "",
        "system": system[0]["content"] if system else "",
        "history": [list(exchange) for exchange in zip(texts[:-1:2], texts[1:-1:2], strict=True)],
    }


def _text(item: Item, response: Response) -> str:
    if message_fields(item, response):
        raise cannot_hold("alpaca", item)
    return response.text
