r"""HH-RLHF: whole dialogues as text, the turns marked "\n\nHuman: " and "\n\nAssistant: "."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from storage.errors import Invalid
from storage.formats.responses import dialogue_pair, preference_pairs, with_extra
from storage.formats.rows import Row, extra, text
from storage.records import Item, Message
from words import N_

TURN = re.compile(r"\n\n(Human|Assistant):")
ROLES = {"Human": "user", "Assistant": "assistant"}
SPEAKERS = {role: speaker for speaker, role in ROLES.items()}


def matches(row: Row) -> bool:
    chosen, rejected = row.get("chosen"), row.get("rejected")
    return "prompt" not in row and all(
        isinstance(dialogue, str) and TURN.search(dialogue) for dialogue in (chosen, rejected)
    )


def read(row: Row) -> Item:
    rest = extra(row, ("chosen", "rejected"))
    return dialogue_pair(None, turns(text(row, "chosen")), turns(text(row, "rejected")), extra=rest)


def turns(dialogue: str) -> list[Message]:
    """The dialogue's turns; what stands before the first mark, if anything, is the system's."""
    before, *parts = TURN.split(dialogue)
    if not parts:
        raise Invalid(N_("The dialogue has no turn that begins with Human: or Assistant:."))
    pairs = zip(parts[::2], parts[1::2], strict=True)
    messages = [{"role": ROLES[speaker], "content": content.removeprefix(" ")} for speaker, content in pairs]
    return [{"role": "system", "content": before}, *messages] if before else messages


def write(items: Sequence[Item]) -> Iterator[dict[str, Any]]:
    for item in items:
        prompt = "".join(_turn(message) for message in item.messages)
        for chosen, rejected in preference_pairs(item):
            texts = {"chosen": chosen.text, "rejected": rejected.text}
            yield with_extra({name: f"{prompt}\n\nAssistant: {text}" for name, text in texts.items()}, item)


def _turn(message: Message) -> str:
    speaker = SPEAKERS.get(message["role"])
    return f"\n\n{speaker}: {message['content']}" if speaker else message["content"]
