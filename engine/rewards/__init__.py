"""Rewards: a weighted sum of named components, each of which scores the answers to one prompt.

A component is a module of this folder, named after its kind in `engine.spec.rewards`, with
`score(prompt, responses, items) -> {component: [one number a response]}`: `prompt` is one list of chat messages, and
`items` says of each response which dataset item it answers (topic, tags, extra fields).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, NamedTuple

from engine.spec.rewards import Component

Score = Callable[
    [Sequence[Mapping[str, Any]], Sequence[str], Sequence[Mapping[str, Any]]], Mapping[str, Sequence[float]]
]


class Scored(NamedTuple):
    """The components' scores, unweighted and by name, and their weighted sum: one number a response."""

    components: dict[str, list[float]]
    total: list[float]


@dataclass(frozen=True)
class Reward:
    """What a run file calls `reward`."""

    parts: tuple[tuple[Score, float], ...]  # with its weight

    def score(
        self, prompt: Sequence[Mapping[str, Any]], responses: Sequence[str], items: Sequence[Mapping[str, Any]]
    ) -> Scored:
        """Score several responses to one prompt."""
        components: dict[str, list[float]] = {}
        total = [0.0] * len(responses)
        for score, weight in self.parts:
            for name, values in score(prompt, responses, items).items():
                components[name] = list(values)
                total = [sum_ + weight * value for sum_, value in zip(total, values, strict=True)]
        return Scored(components, total)


def compose(components: Sequence[Component]) -> Reward:
    """The reward that a run file's list of components names."""
    return Reward(tuple((import_module(f"engine.rewards.{part.kind}").score, part.weight) for part in components))
