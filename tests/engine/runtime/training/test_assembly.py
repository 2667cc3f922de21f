"""A whole train run in this process: what it leaves behind, how it goes on, and what it descends from."""

import math
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from statistics import fmean
from types import SimpleNamespace
from typing import Any

import pytest

from engine.data.templates import PLAIN
from engine.models.load import fingerprint, load_model
from engine.models.model_folder import inspect
from engine.runtime.run import resolve
from storage import metrics, queue, runs, samples
from storage.database import Database
from storage.records import Run
from tests import tiny
from tests.engine.runtime.attempts import Claim, attempt
from tests.remains import left_behind
from words import english


def curve(db: Database, run: Run, key: str) -> dict[int, float]:
    return {step: value for _, step, value, _ in metrics.points(db, run.id, key)}


def test_a_run_leaves_curves_samples_and_checkpoints(db: Database, model: Path, pairs: str, claim: Claim):
    run = tiny.submit(db, tiny.settings(model, pairs))
    assert attempt(db, run, claim) == "succeeded"
    loss = curve(db, run, "loss")
    assert list(loss) == list(range(1, 13))
    assert loss[1] == pytest.approx(0.693147, abs=1e-5)
    assert loss[12] < 0.6
    assert list(curve(db, run, "eval/accuracy")) == [0, 4, 8, 12]
    assert curve(db, run, "eval/accuracy")[0] == 0.5
    assert samples.steps(db, run.id) == [0, 4, 8, 12]
    for step, kl in curve(db, run, "eval/kl").items():
        rows = [row.values for row in samples.token_rows(db, run.id, step) if row.part == "answers"]
        assert fmean(row["exact_kl"].sum() for row in rows) == pytest.approx(kl, rel=1e-4)
    kept = runs.checkpoints(db, run.id)
    assert (kept[0].step, kept[-1].step) == (0, 12)
    assert all(one.path.is_dir() for one in kept)
    resolved = runs.get(db, run.id).resolved
    assert resolved["micro_batch"] == 3
    assert resolved["reference_hash"] == fingerprint(load_model(inspect("tiny", model)))
    assert resolved["plain_template"] == PLAIN


def test_a_watch_rule_that_acts_leaves_its_reason_and_an_event(db: Database, model: Path, pairs: str, claim: Claim):
    """No gain is as large as 9: it ends at the first evaluation after step 0, and is resumed by nobody."""
    rules = [{"kind": "plateau", "metric": "eval/accuracy", "patience": 1, "min_delta": 9}]
    run = tiny.submit(db, tiny.settings(model, pairs, watch=rules))
    assert attempt(db, run, claim) == "succeeded"
    ended = runs.get(db, run.id)
    assert english(ended.reason or ("", {})).startswith(
        "Ended early by a watch rule at step 4: Held-out accuracy gained"
    )
    (event,) = [event for event in runs.events(db, run.id) if event.kind == "watch"]
    assert (event.step, event.text) == (4, ended.reason)
    assert runs.checkpoints(db, run.id)[-1].step == 4
    assert ended.fraction < 1


@pytest.mark.slow
def test_a_run_in_two_attempts_is_the_run_in_one(db: Database, model: Path, pairs: str, claim: Claim):
    whole, parts = (tiny.submit(db, tiny.settings(model, pairs)) for _ in range(2))
    attempt(db, whole, claim)
    assert attempt(db, parts, claim, pause_at=5) == "paused"
    queue.resume(db, parts.id, 3_000.0)
    assert attempt(db, parts, claim) == "succeeded"
    assert left_behind(db, parts.id) == left_behind(db, whole.id)


@pytest.fixture
def dated(model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], Path]:
    """A model whose template writes the time, and what sets the clock by which runs are launched."""
    folder = shutil.copytree(model, tmp_path / "dated")
    (folder / "chat_template.jinja").write_text("{{ strftime_now('%d %H:%M:%S.%f') }} " + PLAIN, encoding="utf-8")

    def at(now: datetime) -> Path:
        monkeypatch.setattr(resolve, "datetime", SimpleNamespace(now=lambda: now))
        return folder

    return at


@pytest.mark.slow
def test_a_run_keeps_the_date_of_its_launch(db: Database, dated: Callable[[datetime], Path], pairs: str, claim: Claim):
    folder = dated(datetime(2024, 7, 1, 9))
    whole, parts = (tiny.submit(db, tiny.settings(folder, pairs)) for _ in range(2))
    attempt(db, whole, claim)
    attempt(db, parts, claim, pause_at=5)
    dated(datetime(2024, 7, 2, 9))
    queue.resume(db, parts.id, 3_000.0)
    attempt(db, parts, claim)
    assert runs.get(db, parts.id).resolved["written_at"] == "2024-07-01T09:00:00"
    assert left_behind(db, parts.id) == left_behind(db, whole.id)


@pytest.mark.slow
def test_a_run_of_another_day_starts_from_its_own_reference(
    db: Database, dated: Callable[[datetime], Path], pairs: str, claim: Claim
):
    for day in (1, 2):
        run = tiny.submit(db, tiny.settings(dated(datetime(2024, 7, day)), pairs, budget={"steps": 1}))
        attempt(db, run, claim)
        assert curve(db, run, "loss")[1] == pytest.approx(math.log(2), abs=1e-6)
        assert curve(db, run, "eval/kl")[0] == 0.0


@pytest.mark.slow
def test_seeds_differ_but_for_their_first_evaluation(db: Database, model: Path, pairs: str, claim: Claim):
    first, second = (tiny.submit(db, tiny.settings(model, pairs, seed=seed)) for seed in (0, 1))
    for run in (first, second):
        attempt(db, run, claim)
    assert curve(db, first, "logps/chosen")[1] != curve(db, second, "logps/chosen")[1]
    assert curve(db, first, "eval/reward")[0] == curve(db, second, "eval/reward")[0]
    texts = [[one.text for one in samples.listing(db, run.id, step=0)] for run in (first, second)]
    assert texts[0] == texts[1]


def test_later_attempts_obey_what_the_first_decided(db: Database, model: Path, pairs: str, claim: Claim):
    run = tiny.submit(db, tiny.settings(model, pairs, optimizer={"micro_batch": "auto"}))
    attempt(db, run, claim, pause_at=2)
    lease = claim(queue.resume(db, run.id, 3_000.0))
    decided = runs.get(db, run.id).resolved
    assert queue.resolve(db, lease, {**decided, "micro_batch": 1})["micro_batch"] == decided["micro_batch"]


@pytest.mark.slow
@pytest.mark.parametrize("adapter", ["none", {"kind": "lora", "rank": 2}], ids=["full", "lora"])
def test_a_run_starts_where_the_run_it_descends_from_ended(
    db: Database, model: Path, pairs: str, claim: Claim, adapter: Any
):
    """The reference is the run's own policy at its step 0: no distance there, and a loss of ln 2, on other weights."""
    parent = tiny.submit(db, {**tiny.settings(model, pairs), "model": {"name": str(model), "adapter": adapter}})
    attempt(db, parent, claim)
    child = tiny.submit(db, {**tiny.settings(model, pairs, budget={"steps": 2}), "model": {"from": f"run:{parent.id}"}})
    attempt(db, child, claim)
    assert curve(db, child, "loss")[1] == pytest.approx(0.693147, abs=1e-5)
    assert curve(db, child, "eval/kl")[0] == 0.0
    assert curve(db, child, "logps/chosen")[1] > curve(db, parent, "logps/chosen")[1] + 1
    answers = [[one.text for one in samples.listing(db, run.id, step=step)] for run, step in ((parent, 12), (child, 0))]
    assert answers[0] == answers[1]
    (ancestor,) = runs.get(db, child.id).resolved["ancestors"]
    assert ancestor[1] == f"runs/{parent.id}/checkpoints/12-a1/weights.safetensors", "the workspace may be moved"


def test_sft_runs_through_the_same_loop(db: Database, model: Path, pairs: str, claim: Claim):
    file = tiny.settings(model, pairs)
    run = tiny.submit(db, {**file, "algorithm": "sft"})
    assert attempt(db, run, claim) == "succeeded"
    loss = curve(db, run, "loss")
    assert loss[12] < loss[1] - 0.1
    assert curve(db, run, "num_tokens")[12] > 0
    assert set(curve(db, run, "eval/loss")) == {0, 4, 8, 12}
