"""Tokens by which a template writes the structure of a conversation, and texts of data that hold the same characters.

Data can open no turn and end none: where such a token is written out in a message or an answer, it is encoded as the
text that it is. A text without one has the tokens it always had. Left out: what the template writes (`rendering`).
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from engine.analysis import thinking


@dataclass(frozen=True)
class ControlTokens:
    """The control tokens of a tokenizer: its special tokens, and what else its template writes around messages.

    The marks of thinking belong to a response, so they are never among them.
    """

    tokenizer: Any
    written: str  # a conversation without content, as the template writes it

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """The tokens as text, the longest first: one may hold another."""
        added = {token.content: token.special for token in self.tokenizer.added_tokens_decoder.values()}
        added |= dict.fromkeys(self.tokenizer.all_special_tokens, True)
        texts = [text for text, special in added.items() if _is_mark(text) and (special or text in self.written)]
        return tuple(sorted(texts, key=len, reverse=True))

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile("|".join(map(re.escape, self.texts)) or "(?!)")

    @cached_property
    def _marks(self) -> tuple[str, str]:
        """What `marked` puts around a token."""
        marked: str = self.marked(self.texts[0])
        return marked[0], marked[-1]

    def found(self, value: Any) -> bool:
        """Whether a text, or one within messages, holds a control token."""
        if isinstance(value, str):
            return self._pattern.search(value) is not None
        if isinstance(value, Mapping):
            return any(map(self.found, value.values()))
        return isinstance(value, list | tuple) and any(map(self.found, value))

    def marked(self, value: Any) -> Any:
        """A text, or messages, with marks around the control tokens in them, for `encode`."""
        from transformers.utils.chat_template_utils import mark_control_tokens

        return mark_control_tokens(value, self._pattern)

    def encode(self, marked: str) -> list[int]:
        """Token ids of a text that holds marked control tokens: these as text, all else as ever."""
        from transformers.utils.chat_template_utils import encode_marked_chat

        for mark in self._marks:
            marked = marked.replace(repr(mark)[1:-1], mark)  # a template that writes a list or a block escapes it
        try:
            return list(encode_marked_chat(self.tokenizer, marked))
        except ValueError:  # this tokenizer finds the token in plain text too, unless a mark within parts it
            return list(encode_marked_chat(self.tokenizer, self._parted(marked)))

    def _parted(self, marked: str) -> str:
        """The text with each marked token in two: a lone mark is dropped, but nothing is joined over it."""
        start, end = self._marks
        for text in self.texts:
            marked = marked.replace(f"{start}{text}{end}", f"{text[0]}{start}{text[1:]}")
        return marked


def end_typed(text: str, ends: Collection[str]) -> str | None:
    """The text without the one end token that it ends with, and without the white space behind that; None without one.

    >>> end_typed("Yes.</s>\\n", ["</s>"])
    'Yes.'
    """
    stripped = text.rstrip()
    end = next((end for end in sorted(ends, key=len, reverse=True) if stripped.endswith(end)), None)
    return None if end is None else stripped[: -len(end)]


def marks(texts: Sequence[str]) -> list[str]:
    """Those of the texts that are marks and not ordinary text."""
    return [text for text in texts if _is_mark(text)]


def _is_mark(text: str) -> bool:
    """White space and single characters occur in all texts, also where a tokenizer calls them special."""
    return len(text.strip()) > 1 and text not in thinking.MARKS
