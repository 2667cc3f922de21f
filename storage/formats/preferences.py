"""Rows that hold a better and a worse response under names that say so. Left out: two and a verdict (`verdicts`)."""

from storage.formats import field_names
from storage.formats.responses import Candidate, item, response_turns
from storage.formats.row_fields import Row
from storage.records import Item, Preference

_CHOSEN_BESIDE_REJECTED = (*field_names.CHOSEN, *field_names.COMPLETIONS, "text", *field_names.DIALOGUES)


def is_pair(row: Row) -> bool:
    """Whether the row names a better and a worse response."""
    return any(name in row for name in (*field_names.CHOSEN, *field_names.REJECTED))


def read_pair(row: Row) -> Item:
    """The pair. Where only the worse response has a name, the better one is the completion, or ends the dialogue."""
    rejected = row.first(field_names.REJECTED) or "rejected"
    chosen = row.first(_CHOSEN_BESIDE_REJECTED) or "chosen"
    dialogues = {name: response_turns(row.need(name), name) for name in (chosen, rejected)}
    scores = next((pair for pair in field_names.PAIR_SCORES if any(name in row for name in pair)), ())
    numbers = [row.number(name) for name in scores] or [None, None]
    candidates = [
        Candidate(name, dialogue, score) for (name, dialogue), score in zip(dialogues.items(), numbers, strict=True)
    ]
    return item(row, candidates, (Preference("r1", "r2"),))
