"""OpenAI's preference format: input.messages, preferred_output and non_preferred_output."""

from collections.abc import Iterator, Sequence
from typing import Any

from storage.formats import field_names
from storage.formats.responses import as_message, preference_pairs, with_extra
from storage.formats.row_fields import Row
from storage.records import Item


def is_openai(row: Row) -> bool:
    """Whether the outputs bear OpenAI's names."""
    return "preferred_output" in row or "non_preferred_output" in row


def write_pairs(items: Sequence[Item]) -> Iterator[dict[str, Any]]:
    """One row for each preference."""
    for item in items:
        options = {name: item.extra[name] for name in field_names.OPENAI_OPTIONS if name in item.extra}
        for chosen, rejected in preference_pairs(item):
            row = {
                "input": {"messages": list(item.messages), **options},
                "preferred_output": [as_message(item, chosen)],
                "non_preferred_output": [as_message(item, rejected)],
            }
            others = {name: value for name, value in with_extra(row, item).items() if name not in options}
            yield others
