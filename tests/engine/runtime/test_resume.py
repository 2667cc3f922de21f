"""Every algorithm, on stored and on sampled answers: a run that was paused inside a rollout and then died is the run
that nothing disturbed, bit for bit."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from engine.runtime import training
from engine.runtime.heart import Heart
from engine.spec import ALGORITHMS
from storage import queue, runs
from storage.database import Database
from storage.records import Lease, Run
from tests import tiny
from tests.remains import left_behind

pytestmark = pytest.mark.slow

ROLLOUT = 4  # updates: two minibatches, twice
STEPS = 3 * ROLLOUT
OWN: dict[str, dict[str, Any]] = {
    "ppo": {"kl_target": 0.01, "kl_horizon": 20},  # its KL weight moves from one rollout to the next
    "gspo_selective": {"tau": 0.01},
}
CASES = [
    *({"algorithm": key, "source": source} for key, algorithm in ALGORITHMS.items() for source in algorithm.sources),
    {"algorithm": "ppo", "source": "sampled", "value_trunk": "own", "value_rate": 3.0},
    {"algorithm": "ppo", "source": "sampled", "value_trunk": "own", "adapter": {"kind": "lora", "rank": 2}},
]
Claim = Callable[[Run], Lease]


class Died(BaseException):
    """Stands for a kill: nothing is saved."""


@dataclass
class Troubled:
    """A heart that asks for a pause at one step and dies at another."""

    heart: Heart
    pause_at: int | None = None
    die_at: int | None = None

    def beat(self) -> None: ...

    def beat_or_yield(self) -> None: ...

    @property
    def request(self) -> str | None:
        return self.heart.request

    def report(self, step: int, fraction: float, eta_seconds: float | None) -> None:
        if step == self.die_at:
            raise Died
        if step == self.pause_at:
            self.heart.ask("pause")


def run_file(
    model: Path, *, algorithm: str, source: str, adapter: str | dict[str, Any] = "none", **own: Any
) -> dict[str, Any]:
    file = tiny.settings(
        model,
        "pairs",
        algorithm=algorithm,
        **OWN.get(algorithm, {}),
        **own,
        data={"source": source},
        reward=[{"kind": "length", "shortest": 40}] if source == "sampled" else None,
        optimizer={"batch_size": 2, "micro_batch": 1},
        sampling={"group_size": 3, "epochs": 2, "minibatches": 2, "max_new_tokens": 6},
        budget={"steps": STEPS},
        evaluation={"every": 5, "prompts": 2},
        checkpoint={"every": 3},
    )
    return {**file, "model": {"name": str(model), "adapter": adapter}}


def attempt(db: Database, run: Run, claim: Claim, **trouble: int) -> None:
    """One attempt, written down as worker and supervisor do."""
    lease = claim(run)
    try:
        ending = training.run(db, runs.get(db, run.id), lease, Troubled(Heart(db, lease), **trouble))
    except Died:
        queue.requeue(db, lease, now=2_000.0)
    else:
        queue.finish(db, lease, ending, now=2_000.0)


@pytest.mark.parametrize("case", CASES, ids=lambda case: "-".join(map(str, case.values())))
def test_a_disturbed_run_is_the_undisturbed_one(
    db: Database, model: Path, pairs: str, claim: Claim, case: dict[str, Any]
):
    whole, disturbed = (tiny.submit(db, run_file(model, **case)) for _ in range(2))
    attempt(db, whole, claim)
    moments = random.Random(str(case))
    inside = [step for step in range(1, STEPS) if step % ROLLOUT]
    paused, died = sorted(moments.sample(inside, 2))
    attempt(db, disturbed, claim, pause_at=paused)
    assert runs.get(db, disturbed.id).state == "paused"
    queue.resume(db, disturbed.id, 3_000.0)
    attempt(db, disturbed, claim, die_at=died)
    attempt(db, disturbed, claim)
    assert [runs.get(db, run.id).state for run in (whole, disturbed)] == ["succeeded", "succeeded"]
    assert left_behind(db, disturbed.id) == left_behind(db, whole.id)
