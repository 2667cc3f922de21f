"""Whole runs in which a number stops being finite: they fail with a sentence and the step, keep the last good
checkpoint, and go on from it as if nothing had been."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from engine.batch import LossResult
from engine.evaluation.answer_figures import Figures
from engine.evaluation.heldout_loss import HeldoutLoss
from engine.rewards import texts
from engine.runtime.run import worker
from engine.runtime.training import learner
from engine.runtime.training.learner import Learner
from storage import queue, runs
from storage.database import Database
from storage.records import Lease, Run, TokenRow
from tests import tiny
from tests.remains import left_behind
from words import english

pytestmark = pytest.mark.slow

NAN = float("nan")
Claim = Callable[[Run], Lease]


def work(db: Database, run: Run, claim: Claim) -> Run:
    """One attempt, as a worker makes it."""
    lease = claim(run)
    worker.work(db, runs.get(db, run.id), lease)
    return runs.get(db, run.id)


def poison_weights(monkeypatch: pytest.MonkeyPatch, step: int, name: str = "") -> None:
    """Let the update of a step, once, leave a weight of that name that is no number."""
    original, updates = Learner._step, []

    def poisoned(self: Learner, learning_rate: float) -> None:
        original(self, learning_rate)
        updates.append(learning_rate)
        if len(updates) == step:
            weight = next(weight for key, weight in self._weights.items() if key.startswith(name))
            with torch.no_grad():
                weight.view(-1)[0] = NAN

    monkeypatch.setattr(Learner, "_step", poisoned)


def assert_good_checkpoints(db: Database, run: Run, last: int) -> None:
    kept = runs.checkpoints(db, run.id)
    assert kept[-1].step == last
    weights = load_file(kept[-1].path / "weights.safetensors")
    assert all(bool(torch.isfinite(value).all()) for value in weights.values())


@pytest.mark.parametrize(
    ("poisoned", "told", "kept"),
    [(4, 4, 3), (5, 6, 3), (6, 6, 3), (12, 12, 9)],
    ids=["before an evaluation", "before an update", "before a checkpoint", "at the end"],
)
def test_poisoned_weights_end_the_run_and_are_never_saved(
    db: Database,
    model: Path,
    pairs: str,
    claim: Claim,
    monkeypatch: pytest.MonkeyPatch,
    poisoned: int,
    told: int,
    kept: int,
):
    run, undisturbed = (tiny.submit(db, tiny.settings(model, pairs)) for _ in range(2))
    with monkeypatch.context() as patch:
        poison_weights(patch, poisoned)
        failed = work(db, run, claim)
    assert (failed.state, failed.step) == ("failed", told)
    assert f"weights were not finite numbers any more at step {told}." in english(failed.reason)
    assert_good_checkpoints(db, run, kept)
    assert work(db, queue.resume(db, run.id, 2.0), claim).state == "succeeded"
    assert work(db, undisturbed, claim).state == "succeeded"
    assert left_behind(db, run.id) == left_behind(db, undisturbed.id)


@pytest.mark.parametrize("trunk", ["shared", "own"])
def test_a_poisoned_value_head_ends_the_run(
    db: Database, model: Path, pairs: str, claim: Claim, monkeypatch: pytest.MonkeyPatch, trunk: str
):
    file = tiny.settings(model, pairs, algorithm="ppo", value_trunk=trunk, data={"source": "sampled"})
    run = tiny.submit(db, file)
    with monkeypatch.context() as patch:
        poison_weights(patch, 5, "head.")
        failed = work(db, run, claim)
    assert failed.state == "failed"
    assert "weights were not finite numbers any more at step 6." in english(failed.reason)
    assert_good_checkpoints(db, run, 3)
    assert work(db, queue.resume(db, run.id, 2.0), claim).state == "succeeded"


def infinite_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    original = Learner.update

    def update(self: Learner, *arguments: Any, **more: Any) -> Any:
        algorithm, calls = self._algorithm, vars(self).setdefault("calls", [])
        calls.append(1)
        if len(calls) < 5:
            return original(self, *arguments, **more)

        class Broken:
            totals = staticmethod(algorithm.totals)

            @staticmethod
            def loss(batch: Any, spec: Any) -> LossResult:
                result = algorithm.loss(batch, spec)
                return LossResult(result.loss + float("inf"), result.metrics)

        self._algorithm = Broken
        try:
            return original(self, *arguments, **more)
        finally:
            self._algorithm = algorithm

    monkeypatch.setattr(Learner, "update", update)


def undefined_gradient(monkeypatch: pytest.MonkeyPatch) -> None:
    original, calls = torch.nn.utils.clip_grad_norm_, []

    def norm(*arguments: Any) -> torch.Tensor:
        calls.append(1)
        value = original(*arguments)
        return value if len(calls) < 5 else value * NAN

    monkeypatch.setattr(learner.torch.nn.utils, "clip_grad_norm_", norm)


@pytest.mark.parametrize(
    ("break_", "words"),
    [(infinite_loss, "The loss was not a finite number"), (undefined_gradient, "The gradient was not a finite number")],
)
def test_a_loss_or_gradient_that_stays_infinite_ends_the_run_with_the_weights_of_before(
    db: Database,
    model: Path,
    pairs: str,
    claim: Claim,
    monkeypatch: pytest.MonkeyPatch,
    break_: Callable[[pytest.MonkeyPatch], None],
    words: str,
):
    """The fifth to seventh update change nothing; a checkpoint between them has good weights."""
    run = tiny.submit(db, tiny.settings(model, pairs))
    with monkeypatch.context() as patch:
        break_(patch)
        failed = work(db, run, claim)
    assert (failed.state, failed.step) == ("failed", 7)
    assert english(failed.reason).startswith(f"{words} any more at step 7,")
    assert_good_checkpoints(db, run, 6)
    assert work(db, queue.resume(db, run.id, 2.0), claim).state == "succeeded"


def test_a_reward_that_is_no_number_ends_the_run_before_anything_is_learned_from_it(
    db: Database, model: Path, pairs: str, claim: Claim, monkeypatch: pytest.MonkeyPatch
):
    file = tiny.settings(
        model,
        pairs,
        algorithm="grpo",
        reward=[{"kind": "length", "shortest": 40}],
        data={"source": "sampled"},
        sampling={"group_size": 2, "minibatches": 1},
    )
    run = tiny.submit(db, file)
    scored: list[str] = []

    def rule(text: str) -> float:
        scored.append(text)
        return NAN if len(scored) > 60 else float(len(text))

    with monkeypatch.context() as patch:
        patch.setattr(texts, "length", lambda part: rule)
        failed = work(db, run, claim)
    assert failed.state == "failed"
    assert "The reward length gave a score that is not a finite number." in english(failed.reason)
    assert_good_checkpoints(db, run, failed.step // 3 * 3)
    assert work(db, queue.resume(db, run.id, 2.0), claim).state == "succeeded"


def test_an_evaluation_that_is_no_number_is_noted_once(
    db: Database, model: Path, pairs: str, claim: Claim, monkeypatch: pytest.MonkeyPatch
):
    original, evaluations = HeldoutLoss.run, []

    def undefined(self: HeldoutLoss, heartbeat: Callable[[], None]) -> tuple[Figures, list[TokenRow]]:
        evaluations.append(1)
        figures, rows = original(self, heartbeat)
        return figures | Figures({"eval/loss": NAN} if len(evaluations) == 2 else {}), rows

    monkeypatch.setattr(HeldoutLoss, "run", undefined)
    run = work(db, tiny.submit(db, tiny.settings(model, pairs)), claim)
    assert run.state == "succeeded"
    assert [english(text) for text in runs.notes(db, run.id)] == [
        "The evaluation of step 4 gave numbers that are not finite: eval/loss."
    ]
