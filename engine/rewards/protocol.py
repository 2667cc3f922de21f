"""What all parts of a reward agree on: how they are called, what they may ask for, and how they say that they cannot.

Loads neither torch nor httpx. Left out: the parts themselves, one noun a file.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from words import N_, Explained, Text

Messages = Sequence[Mapping[str, Any]]
Items = Sequence[Mapping[str, Any]]
Scorer = Callable[[Messages, Sequence[str], Items], list[float]]
Score = Callable[[Messages, Sequence[str], Items], Mapping[str, Sequence[float]]]
Prefetch = Callable[[Sequence[tuple[Messages, str]]], None]


class RewardProblem(Explained):
    """A reward that cannot score: the run fails with its sentence."""


class JudgeUnavailable(RewardProblem):
    """A judge that gives no score now and may give one later: the run is paused, and nothing is scored."""

    def __init__(self, judge: str, cause: Text) -> None:
        super().__init__(
            N_("The judge {judge} gives no score: {cause}. Resume the run when it does: nothing is lost."),
            judge=judge,
            cause=cause,
        )


@dataclass(frozen=True)
class Context:
    """What reward components may use beside the texts: keys, judge scores, reward models and the heartbeat."""

    secrets: Path  # folder of files that only their owner can read
    judge_scores: Path  # folder of the scores that judges gave
    learned: Callable[[str], Scorer]  # the reward model of run:ID[@STEP], loaded when it is first asked for
    heartbeat: Callable[[], None]  # called while a component waits
