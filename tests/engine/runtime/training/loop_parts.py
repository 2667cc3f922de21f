"""A loop of parts that only count: source, learner, recorder, checkpoints and lease of a run that trains nothing."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.data.groups import Group
from engine.data.templates import Encoded
from engine.runtime.run.checkpoint_files import Content
from engine.runtime.training.learner import Update
from engine.runtime.training.loop import Training
from engine.spec import parse
from words import english

PAIR = Group("i", ("a", "b"), (Encoded((1, 2, 3), (4, 5)), Encoded((1, 2, 3), (6,))), (1.0, 0.0))  # 5 + 4 tokens


@dataclass
class Source:
    max_empty_batches: int = 20
    batch_size: int = 2
    skips: Counter[str] = field(default_factory=Counter)
    drawn: int = 0
    generated: int = 0

    def __iter__(self) -> Iterator[list[Group]]:
        while True:
            self.drawn += self.batch_size
            yield [PAIR] * self.batch_size

    def take_batch_metrics(self) -> Mapping[str, float]:
        return {}

    def newest_groups(self) -> list[Any]:
        return []

    def state(self, *, within: bool) -> dict[str, Any]:
        return {"drawn": self.drawn}

    def restore(self, state: dict[str, Any]) -> None:
        self.drawn = state["drawn"]


@dataclass
class Learner:
    applied: bool = True
    empty: bool = False
    finite: bool = True
    metrics: Mapping[str, float] = field(default_factory=lambda: {"loss": 0.5, "grad_norm": 1.0})
    rates: list[float] = field(default_factory=list)

    def update(self, groups: list[Group], learning_rate: float, *, fresh: bool) -> Update | None:
        if self.empty:
            return None
        self.rates.append(learning_rate)
        return Update(self.metrics, self.applied)

    def has_finite_weights(self) -> bool:
        return self.finite

    def state(self, *, whole: bool) -> tuple[dict[str, Any], dict[str, Any]]:
        return {"whole": whole}, {}


@dataclass
class Recorder:
    points: list[tuple[int, Mapping[str, float]]] = field(default_factory=list)
    flushed_at: list[int] = field(default_factory=list)

    def record(self, step: int, values: Mapping[str, float], at: float) -> None:
        self.points.append((step, values))

    def flush(self) -> None:
        self.flushed_at.append(len(self.points))


@dataclass
class CheckpointStore:
    saved: list[tuple[int, bool]] = field(default_factory=list)
    contents: list[Content] = field(default_factory=list)

    def save(self, step: int, content: Content, *, best: bool) -> None:
        self.saved.append((step, best))
        self.contents.append(content)


@dataclass
class LeaseRenewer:
    stop_at: int | None = None
    asked: str = "pause"
    step: int = -1

    @property
    def request(self) -> str | None:
        return self.asked if self.step == self.stop_at else None

    def report(self, step: int, fraction: float, eta_seconds: float | None) -> None:
        self.step = step


class Run:
    """A loop of fakes: 6 steps, an evaluation every 2, a checkpoint every 3."""

    def __init__(self, rewards: Mapping[int, float] | None = None, **blocks: Any) -> None:
        file = {
            "algorithm": "dpo",
            "data": {"dataset": "x"},
            "optimizer": {"batch_size": 2, "schedule": "linear", "warmup_ratio": 0.0, "learning_rate": 1.0},
            "budget": {"steps": 6},
            "evaluation": {"every": 2},
            "checkpoint": {"every": 3},
        }
        self.spec = parse({**file, **blocks})
        self.rewards = rewards or {}
        self.evaluated: list[int] = []
        self.ended: list[int] = []
        self.notes: list[str] = []
        self.source, self.learner, self.recorder = Source(), Learner(), Recorder()
        self.checkpoints, self.renewer = CheckpointStore(), LeaseRenewer()

    end_in_evaluations = 2.0

    def evaluate(self, step: int) -> dict[str, float]:
        self.evaluated.append(step)
        return {"eval/reward": self.rewards.get(step, 0.0)}

    def evaluate_end(self, step: int, report: Callable[[float], None]) -> dict[int, dict[str, float]]:
        self.ended.append(step)
        report(1.0)
        return {0: {"final/reward": 0.1}, step: {"final/reward": 0.4}}

    def training(self, **more: Any) -> Training:
        return Training(
            spec=self.spec,
            budget=self.spec.budget,
            peak_rate=1.0,
            learner=self.learner,
            source=self.source,
            recorder=self.recorder,
            checkpoints=self.checkpoints,
            renewer=self.renewer,
            evaluations=self,
            system=lambda: {"memory_mb": 1.0},
            note=lambda text: self.notes.append(english(text)),
            **more,
        )
