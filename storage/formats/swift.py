"""ms-swift's format of pairs: a dialogue that ends with the better response, and the worse one as rejected_response."""

from collections.abc import Iterator, Sequence
from typing import Any

from storage.formats import field_names
from storage.formats.preferences import is_pair
from storage.formats.responses import as_message, message_fields, pair_scores, preference_pairs, with_extra
from storage.formats.row_fields import Row
from storage.records import Item


def is_swift(row: Row) -> bool:
    """Whether the better response is the end of the dialogue."""
    return is_pair(row) and "messages" in row and not any(name in row for name in field_names.CHOSEN)


def write_pairs(items: Sequence[Item]) -> Iterator[dict[str, Any]]:
    """One row for each preference; a worse response that is more than text as messages of its own."""
    for item in items:
        for chosen, rejected in preference_pairs(item):
            row: dict[str, Any] = {"messages": [*item.messages, as_message(item, chosen)]}
            if message_fields(item, rejected):
                row["rejected_messages"] = [*item.messages, as_message(item, rejected)]
            else:
                row["rejected_response"] = rejected.text
            yield with_extra(row | pair_scores(chosen, rejected), item)
