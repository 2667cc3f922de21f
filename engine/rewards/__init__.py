"""Rewards: a weighted sum of named components, each of which scores the answers to one prompt.

A part takes `(prompt, responses, items)` and gives one number a response: `prompt` is one list of chat messages, and
`items` says of each response which dataset item it answers (topic, tags, extra fields). A plug-in gives several, by
name. Left out: what a run file may say of them (`engine.spec.rewards`), and what they are asked for (rollouts,
evaluation).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, nan
from typing import Any, NamedTuple

from engine.analysis import thinking
from engine.data.tool_calls import Tools
from engine.rewards import article, plugins, polite, polite_reader, polite_v1, texts
from engine.rewards.protocol import Context, Items, JudgeUnavailable, Messages, Prefetch, RewardProblem, Score, Scorer
from engine.spec import rewards as spec
from words import N_, Text

__all__ = ["Context", "JudgeUnavailable", "Reward", "RewardProblem", "Scored", "compose"]


class Scored(NamedTuple):
    """The components' scores, unweighted and by name, and their weighted sum: one number a response."""

    components: dict[str, list[float]]
    total: list[float]


class Part(NamedTuple):
    """One entry of the sum."""

    name: str
    weight: float
    score: Score
    prefetch: Prefetch | None = None
    refusal: Callable[[Messages, Tools], Text | None] | None = None
    whole: bool = True  # reads a response with its thinking, and not the answer alone

    def read(self, response: str) -> str:
        """What of a response is scored: plug-ins see all of it, everything else what follows the thinking."""
        return response if self.whole else thinking.split(response).answer


@dataclass(frozen=True)
class Reward:
    """What a run file calls `reward`."""

    parts: tuple[Part, ...]

    def prefetch(self, answers: Sequence[tuple[Messages, str]]) -> None:
        """Announce the answers that will be scored, prompt after prompt: a judge scores several of them at once."""
        for part in self.parts:
            if part.prefetch is not None:
                part.prefetch([(prompt, part.read(response)) for prompt, response in answers])

    def refusal(self, prompt: Messages, tools: Tools = None) -> Text | None:
        """Why a reward model cannot read the prompt, and so score no answer to it; None where all can."""
        causes = (part.refusal(prompt, tools) for part in self.parts if part.refusal is not None)
        return next((cause for cause in causes if cause is not None), None)

    def score(self, prompt: Messages, responses: Sequence[str], items: Items) -> Scored:
        """Score several responses to one prompt. Raises RewardProblem."""
        components: dict[str, list[float]] = {}
        total = [0.0] * len(responses)
        names = {part.name for part in self.parts}
        for part in self.parts:
            for own, values in part.score(prompt, list(map(part.read, responses)), items).items():
                name = f"{part.name}.{own}" if own != part.name and own in names else own
                components[name] = _checked(name, values, len(responses))
                total = [sum_ + part.weight * value for sum_, value in zip(total, components[name], strict=True)]
                names.add(name)
        return Scored(components, total)


def compose(components: Sequence[spec.Component], context: Context) -> Reward:
    """The reward that a run file's list of components names. Raises RewardProblem."""
    return Reward(tuple(_part(component, context) for component in components))


def _part(component: spec.Component, context: Context) -> Part:
    if isinstance(component, spec.Plugin):
        return Part(component.component, component.weight, plugins.load(component.plugin))
    scorer = _FACTORIES[type(component)](component, context)

    def score(prompt: Messages, responses: Sequence[str], items: Items) -> dict[str, list[float]]:
        return {component.component: scorer(prompt, responses, items)}

    prefetch, refusal = getattr(scorer, "prefetch", None), getattr(scorer, "refusal", None)
    return Part(component.component, component.weight, score, prefetch, refusal, whole=False)


def _each(rule: Callable[[str], float]) -> Scorer:
    """A rule that reads nothing but the answer."""
    return lambda prompt, responses, items: [rule(response) for response in responses]


def _own(part: spec.Component, score: Score) -> Scorer:
    """One of our own rules, which names its score after its kind."""
    return lambda prompt, responses, items: list(score(prompt, responses, items)[part.kind])


def _judge(part: spec.Judge, context: Context) -> Scorer:
    from engine.rewards.judge import Judge

    return Judge(part, context)


_FACTORIES: Mapping[type[spec.Component], Callable[[Any, Context], Scorer]] = {
    spec.Polite: lambda part, context: _own(part, polite.score),
    spec.PoliteV1: lambda part, context: _own(part, polite_v1.score),
    spec.PoliteReader: lambda part, context: _own(part, polite_reader.score),
    spec.ArticleRule: lambda part, context: _each(article.rule),
    spec.ArticleQuality: lambda part, context: _each(article.quality),
    spec.Keyword: lambda part, context: _each(texts.keyword(part)),
    spec.Regex: lambda part, context: _each(texts.regex(part)),
    spec.Length: lambda part, context: _each(texts.length(part)),
    spec.Reference: lambda part, context: texts.reference(part),
    spec.Learned: lambda part, context: context.learned(part.from_),
    spec.Judge: _judge,
}


def _checked(name: str, values: Sequence[float], count: int) -> list[float]:
    """The scores as plain numbers: one a response, none of them undefined."""
    try:
        numbers = [float(value) for value in values]
    except (TypeError, ValueError):
        numbers = [nan]
    if not all(map(isfinite, numbers)):
        raise RewardProblem(N_("The reward {name} gave a score that is not a finite number."), name=name)
    if len(numbers) != count:
        text = N_("The reward {name} gave {found} scores for {count} answers.")
        raise RewardProblem(text, name=name, found=len(numbers), count=count)
    return numbers
