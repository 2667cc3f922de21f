"""TRL's formats: preference, unpaired, prompt-completion, prompt-only. Each as plain text or as chat messages.

Only writing is here: its rows are read as any others are (`preferences`, `completions`).
"""

from collections.abc import Iterator, Sequence
from typing import Any

from storage.formats.responses import as_message, pair_scores, preference_pairs, response_score, with_extra
from storage.item_content import RESPONSE_FIELDS
from storage.records import Item, Response


def write_preference(items: Sequence[Item]) -> Iterator[dict[str, Any]]:
    """Explicit prompts, as plain text where that holds everything, else as messages: one type in all rows of a file."""
    if not all(_is_plain(item) for item in items):
        yield from write_messages(items)
        return
    for item in items:
        for chosen, rejected in preference_pairs(item):
            row = {"prompt": item.messages[0]["content"], "chosen": chosen.text, "rejected": rejected.text}
            yield with_extra(row | pair_scores(chosen, rejected), item)


def write_messages(items: Sequence[Item]) -> Iterator[dict[str, Any]]:
    """Explicit prompts, as messages."""
    for item in items:
        for chosen, rejected in preference_pairs(item):
            responses = {"chosen": [as_message(item, chosen)], "rejected": [as_message(item, rejected)]}
            yield with_extra({"prompt": list(item.messages), **responses, **pair_scores(chosen, rejected)}, item)


def write_unpaired(items: Sequence[Item]) -> Iterator[dict[str, Any]]:
    for item in items:
        for response in item.responses:
            if response.label is not None:
                yield with_extra({**_completion(item, response), "label": response.label}, item)


def write_completion(items: Sequence[Item]) -> Iterator[dict[str, Any]]:
    for item in items:
        for response in item.responses:
            yield with_extra(_completion(item, response), item)


def write_prompt(items: Sequence[Item]) -> Iterator[dict[str, Any]]:
    return (with_extra({"prompt": list(item.messages)}, item) for item in items)


def _completion(item: Item, response: Response) -> dict[str, Any]:
    completion = {"prompt": list(item.messages), "completion": [as_message(item, response)]}
    return completion | response_score(response)


def _is_plain(item: Item) -> bool:
    """Whether the prompt is one message of the user, and no message says more than its text."""
    return [set(message) for message in item.messages] == [{"role", "content"}] and (
        item.messages[0]["role"] == "user" and not {RESPONSE_FIELDS, "tools"} & item.extra.keys()
    )
