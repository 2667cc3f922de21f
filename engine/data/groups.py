"""Units as token ids: the answers to one prompt that are scored together. Knows templates, but no tensors."""

from dataclasses import dataclass

from engine.data.items import Unit
from engine.data.templates import Encoded, Template


@dataclass(frozen=True)
class Group:
    """Answers to one prompt: ids, tokens and scores side by side. Never split over micro-batches."""

    item: str
    ids: tuple[str, ...]
    encoded: tuple[Encoded, ...]
    scores: tuple[float, ...]

    @property
    def tokens(self) -> int:
        """Prompt and response tokens that pass through an update; the prompt counts with every answer."""
        return sum(len(row.prompt) + len(row.response) for row in self.encoded)


def encode(unit: Unit, template: Template, max_tokens: int, max_prompt_tokens: int) -> Group | None:
    """The unit cut to the limits; None where an answer is left without a token."""
    texts = [answer.text for answer in unit.answers]
    encoded = template.encode(unit.messages, texts, max_tokens, max_prompt_tokens)
    if not encoded:
        return None
    ids, scores = tuple(answer.id for answer in unit.answers), tuple(answer.score for answer in unit.answers)
    return Group(unit.item, ids, tuple(encoded), scores)
