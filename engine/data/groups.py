"""Examples as token ids: the responses to one prompt that are scored together. No tensors here."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal, Self

from engine.data.items import Example
from engine.data.templates import Encoded, Template, TemplateProblem

Skip = Literal["refused", "no_room", "equal"]
"""Why an example is passed over: its template refuses the prompt, a response has no token left, or all responses have
the same tokens, cut or not, so that there is nothing to compare.
"""


@dataclass(frozen=True)
class Group:
    """Responses to one prompt: ids, tokens and scores side by side. Never split over micro-batches."""

    item: str
    ids: tuple[str, ...]
    encoded: tuple[Encoded, ...]
    scores: tuple[float, ...]
    strength: float | None = None
    # of sampled responses, one number a token: old, reference, advantages, old_values, returns
    recorded: Mapping[str, tuple[tuple[float, ...], ...]] = field(default_factory=dict)

    @property
    def tokens(self) -> int:
        """Prompt and response tokens that pass through an update; the prompt counts with every response."""
        return sum(len(row.prompt) + len(row.response) for row in self.encoded)

    def of_responses(self, indices: Sequence[int]) -> Self:
        """The group with these of its responses, in this order."""
        return replace(
            self,
            ids=tuple(self.ids[index] for index in indices),
            encoded=tuple(self.encoded[index] for index in indices),
            scores=tuple(self.scores[index] for index in indices),
            recorded={name: tuple(rows[index] for index in indices) for name, rows in self.recorded.items()},
        )

    def state(self) -> dict[str, Any]:
        """Plain JSON, as a checkpoint keeps it."""
        return {**asdict(self), "encoded": [[row.prompt, row.response] for row in self.encoded]}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Self:
        """The group that `state` was taken of."""
        encoded = tuple(Encoded(tuple(prompt), tuple(response)) for prompt, response in state["encoded"])
        recorded = {name: tuple(map(tuple, rows)) for name, rows in state["recorded"].items()}
        return cls(state["item"], tuple(state["ids"]), encoded, tuple(state["scores"]), state["strength"], recorded)


def encode(example: Example, template: Template, max_tokens: int, max_prompt_tokens: int) -> Group | Skip:
    """The example cut to the limits, or why it cannot be trained on."""
    answers = [response.answer for response in example.responses]
    try:
        encoded = template.encode(example.messages, answers, max_tokens, max_prompt_tokens, example.tools)
    except TemplateProblem:
        return "refused"
    return grouped(example, encoded)


def grouped(example: Example, encoded: Sequence[Encoded]) -> Group | Skip:
    """The example with its responses as they were cut, or why it cannot be trained on."""
    if not encoded:
        return "no_room"
    if len(encoded) > 1 and len({row.response for row in encoded}) == 1:
        return "equal"
    ids = tuple(response.id for response in example.responses)
    scores = tuple(response.score for response in example.responses)
    return Group(example.item, ids, tuple(encoded), scores, example.strength)
