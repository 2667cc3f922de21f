"""What quality is measured of: items with their answers and preferences, and the verdicts that people gave on them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from engine.analysis.judged import Judged


@dataclass(frozen=True)
class Answer:
    """One response; `calls_tools` says that its text may be empty."""

    id: str
    text: str
    score: float | None = None
    label: bool | None = None
    calls_tools: bool = False


@dataclass(frozen=True)
class QualityItem:
    """A prompt with its answers. `prompt` is the text of all turns, `question` that of the last turn of the user.

    `prompt_key` is equal for prompts that count as equal. `preferences` are (chosen, rejected) ids of answers;
    `language` is what the data declares, if it does.
    """

    id: str
    prompt: str
    prompt_key: str
    question: str
    turns: int = 1
    topic: str | None = None
    language: str | None = None
    answers: tuple[Answer, ...] = ()
    preferences: tuple[tuple[str, str], ...] = ()
    held_out: bool = False

    @cached_property
    def by_id(self) -> dict[str, Answer]:
        return {answer.id: answer for answer in self.answers}

    @cached_property
    def pairs(self) -> list[tuple[Answer, Answer]]:
        """(chosen, rejected): its preferences, else the best against the worst score."""
        if self.preferences:
            return [(self.by_id[chosen], self.by_id[rejected]) for chosen, rejected in self.preferences]
        scored = sorted((answer for answer in self.answers if answer.score is not None), key=_score)
        return [(scored[-1], scored[0])] if scored and _score(scored[-1]) > _score(scored[0]) else []

    @cached_property
    def chosen(self) -> list[Answer]:
        """The answers that a model shall learn: chosen ones, good ones, or all where nothing tells them apart."""
        if self.pairs:
            return list({chosen.id: chosen for chosen, _rejected in self.pairs}.values())
        if any(answer.label is not None for answer in self.answers):
            return [answer for answer in self.answers if answer.label]
        return list(self.answers)

    @cached_property
    def is_labelled(self) -> bool:
        """Whether a preference, a score or a label tells its answers apart."""
        return bool(self.preferences) or any(
            answer.score is not None or answer.label is not None for answer in self.answers
        )

    @cached_property
    def rejected(self) -> list[Answer]:
        """The answers that a model shall avoid."""
        if self.pairs:
            return list({rejected.id: rejected for _chosen, rejected in self.pairs}.values())
        return [answer for answer in self.answers if answer.label is False]


def _score(answer: Answer) -> float:
    return answer.score or 0.0


@dataclass(frozen=True)
class QualityInput:
    """A whole dataset. `guideline` is the version that judges read now; `evaluation_prompts` are keys of prompts that
    runs are evaluated on."""

    items: Sequence[QualityItem]
    judged: Sequence[Judged] = ()
    guideline: int | None = None
    evaluation_prompts: frozenset[str] = frozenset()

    @cached_property
    def judged_items(self) -> Sequence[QualityItem]:
        """The items that somebody gave a verdict or whose answers are told apart; all where there is none of them.

        What nobody judged teaches nothing beside what was judged, so that adding it must not raise a score.
        """
        judged = {judged.item for judged in self.judged if judged.verdict != "skip"}
        return [item for item in self.items if item.is_labelled or item.id in judged] or self.items
