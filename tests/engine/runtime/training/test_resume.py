"""Every algorithm, on stored and on sampled answers: a run that was paused inside a rollout and then died is the run
that nothing disturbed, bit for bit."""

import random
from pathlib import Path
from typing import Any

import pytest

from engine.spec import ALGORITHMS
from storage import queue
from storage.database import Database
from tests import tiny
from tests.engine.runtime.attempts import Claim, attempt
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
        evaluation={"every": 5, "prompts": 2, "final_prompts": 2, "answers": 2},
        checkpoint={"every": 3},
    )
    return {**file, "model": {"name": str(model), "adapter": adapter}}


@pytest.mark.parametrize("case", CASES, ids=lambda case: "-".join(map(str, case.values())))
def test_a_disturbed_run_is_the_undisturbed_one(
    db: Database, model: Path, pairs: str, claim: Claim, case: dict[str, Any]
):
    whole, disturbed = (tiny.submit(db, run_file(model, **case)) for _ in range(2))
    assert attempt(db, whole, claim) == "succeeded"
    moments = random.Random(str(case))
    inside = [step for step in range(1, STEPS) if step % ROLLOUT]
    paused, died = sorted(moments.sample(inside, 2))
    assert attempt(db, disturbed, claim, pause_at=paused) == "paused"
    queue.resume(db, disturbed.id, 3_000.0)
    attempt(db, disturbed, claim, die_at=died)
    assert attempt(db, disturbed, claim) == "succeeded"
    assert left_behind(db, disturbed.id) == left_behind(db, whole.id)
