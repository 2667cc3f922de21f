r"""Whole dialogues as one text, read by the marks before their turns: HH-RLHF's and those of chat templates.

Text without a mark is never split. Left out: which field holds the text.
"""

import re
from dataclasses import dataclass

from storage.formats.chat_turns import ROLES
from storage.records import Message


@dataclass(frozen=True)
class Marks:
    """One way to mark turns. `opening` has the role as its group; one of `endings` may stand at the end of a turn."""

    opening: re.Pattern[str]
    endings: tuple[str, ...] = ()


HH = Marks(re.compile(r"\n\n(Human|Assistant): ?"))
_ROLE = r"(system|developer|user|assistant|prompter|model|tool)"
_FAMILIES = (
    HH,
    Marks(re.compile(rf"<\|im_start\|>{_ROLE}\n"), ("<|im_end|>",)),
    Marks(re.compile(rf"<\|start_header_id\|>{_ROLE}<\|end_header_id\|>\n\n"), ("<|eot_id|>", "<|end_of_text|>")),
    Marks(re.compile(rf"<start_of_turn>{_ROLE}\n"), ("<end_of_turn>",)),
    Marks(re.compile(rf"<\|{_ROLE}\|>\n?"), ("</s>", "<|end|>", "<|endoftext|>")),
    Marks(re.compile(r"(\[/?INST\])"), ("<s>", "</s>")),
)
_BEGINNING = re.compile(r"(?:\s|<s>|<bos>|<\|begin_of_text\|>|<\|endoftext\|>)*")
_INSTRUCTION = {"[INST]": "user", "[/INST]": "assistant"}


def marked_turns(text: str) -> list[Message] | None:
    """The turns of a text that begins with a mark; None for any other text."""
    for marks in _FAMILIES:
        first = marks.opening.search(text)
        if first and _BEGINNING.fullmatch(text, 0, first.start()):
            return split(text[first.start() :], marks)
    return None


def split(text: str, marks: Marks) -> list[Message]:
    """The turns of a text; what stands before the first mark, if anything, is the system's."""
    before, *parts = marks.opening.split(text)
    messages = [
        {"role": _INSTRUCTION.get(mark) or ROLES[mark.casefold()], "content": _without_ending(content, marks.endings)}
        for mark, content in zip(parts[::2], parts[1::2], strict=True)
    ]
    turns = [{"role": "system", "content": before}, *messages]
    return [turn for turn in turns if turn["content"] or turn["role"] != "system"]


def _without_ending(content: str, endings: tuple[str, ...]) -> str:
    """The text of a turn. Templates set white space around it; HH-RLHF's is the text's own."""
    if not endings:
        return content
    text = content.strip()
    for ending in endings:
        text = text.removesuffix(ending).rstrip()
    return text
