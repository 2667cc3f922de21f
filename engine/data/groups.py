"""Units as token ids: a prompt and the answers to it that are scored together. Knows templates, but no tensors."""

from collections.abc import Sequence
from dataclasses import dataclass

from engine.data.items import Unit
from engine.data.templates import Template


@dataclass(frozen=True)
class Row:
    """One answer: its tokens end with the template's end of turn unless they were cut."""

    id: str
    tokens: tuple[int, ...]
    score: float


@dataclass(frozen=True)
class Group:
    """Answers to one prompt. Never split over micro-batches."""

    item: str
    prompt: tuple[int, ...]
    rows: tuple[Row, ...]

    @property
    def tokens(self) -> int:
        """Prompt and response tokens that pass through an update; the prompt counts with every answer."""
        return sum(len(self.prompt) + len(row.tokens) for row in self.rows)
