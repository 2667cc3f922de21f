r"""HH-RLHF: whole dialogues as text, the turns marked "\n\nHuman: " and "\n\nAssistant: "."""

from collections.abc import Iterator, Sequence
from typing import Any

from storage.errors import Invalid
from storage.formats.dialogue_marks import HH, split
from storage.formats.responses import Candidate, as_message, cannot_hold, item, preference_pairs, with_extra
from storage.formats.row_fields import Row
from storage.records import Item, Message, Preference, Response
from words import N_

SPEAKERS = {"user": "Human", "assistant": "Assistant"}


def matches(row: Row) -> bool:
    dialogues = (row.look("chosen"), row.look("rejected"))
    return "prompt" not in row and all(isinstance(text, str) and HH.opening.search(text) for text in dialogues)


def read(row: Row) -> Item:
    candidates = [Candidate(field, _turns(row.text(field))) for field in ("chosen", "rejected")]
    return item(row, candidates, (Preference("r1", "r2"),))


def _turns(dialogue: str) -> list[Message]:
    if not HH.opening.search(dialogue):
        raise Invalid(N_("The dialogue has no turn that begins with Human: or Assistant:."))
    return split(dialogue, HH)


def write(items: Sequence[Item]) -> Iterator[dict[str, Any]]:
    for entry in items:
        for chosen, rejected in preference_pairs(entry):
            yield with_extra({"chosen": _dialogue(entry, chosen), "rejected": _dialogue(entry, rejected)}, entry)


def _dialogue(entry: Item, response: Response) -> str:
    messages = [*entry.messages, as_message(entry, response)]
    dialogue = "".join(_turn(message) for message in messages)
    if split(dialogue, HH) != messages:
        raise cannot_hold("hh", entry)
    return dialogue


def _turn(message: Message) -> str:
    speaker = SPEAKERS.get(message["role"])
    return f"\n\n{speaker}: {message['content']}" if speaker else message["content"]
