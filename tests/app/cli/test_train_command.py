"""`alignlab train`: to the end, detached, interrupted, failed; and what scripts read of it."""

import json
import math
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from storage import queue, runs
from storage.database import Database
from tests import tiny
from tests.app.cli.conftest import Alignlab

ALIGNLAB = Path(sys.executable).with_name("alignlab")
LN_2 = math.log(2)  # dpo's loss where policy and reference are one

pytestmark = pytest.mark.slow


@pytest.fixture
def run_file(database: Database, tmp_path: Path) -> Path:
    tiny.write_pairs(database, "pairs", 24)
    settings = tiny.settings(tiny.write_model(tmp_path / "model"), "pairs", budget={"steps": 4})
    path = tmp_path / "run.yaml"
    path.write_text(json.dumps(settings))
    return path


def test_a_run_is_trained_to_its_end_and_summed_up(alignlab: Alignlab, database: Database, run_file: Path):
    answer = alignlab("train", str(run_file), "--json")
    assert answer.code == 0, answer.err
    summary = answer.json
    run = runs.get(database, summary["id"])
    assert summary.keys() == {"id", "state", "steps", "seconds", "reason", "notes", "metrics"}
    assert (summary["state"], summary["steps"], run.state) == ("succeeded", 4, "succeeded")
    loss = summary["metrics"]["loss"]
    assert loss.keys() == {"first", "last", "low", "high", "min", "max", "best", "count"}
    assert loss["count"] == 4
    assert loss["first"] == pytest.approx(LN_2, abs=1e-4)
    assert loss["best"] == loss["min"] <= loss["last"]
    accuracy = summary["metrics"]["eval/accuracy"]
    assert accuracy["best"] == accuracy["max"]
    assert summary["metrics"]["learning_rate"]["best"] is None
    assert "100%" in answer.err


def test_what_taught_nothing_is_told_before_and_after(alignlab: Alignlab, database: Database, run_file: Path):
    answer = alignlab("train", str(run_file), "--set", "data.max_prompt_tokens=4", "--set", "data.max_tokens=9")
    assert answer.code == 0, answer.err
    assert "lose their end" in answer.err
    settings = ["algorithm=grpo", "data.source=sampled", "sampling.group_size=2"]
    reward = 'reward=[{"kind": "regex", "pattern": ".*", "name": "constant"}]'
    changes = [part for change in (*settings, reward) for part in ("--set", change)]
    answer = alignlab("train", str(run_file), *changes, "--json")
    assert answer.code == 0, answer.err
    assert [note[:35] for note in answer.json["notes"]] == [
        "The answers to a prompt all had the",
        "No update had a gradient (grad_norm",
    ]
    assert all(note in answer.err for note in answer.json["notes"])


def test_a_detached_run_waits_in_the_line(alignlab: Alignlab, database: Database, run_file: Path):
    answer = alignlab("train", str(run_file), "--set", "beta=0.2", "--detach", "--json")
    assert answer.code == 0, answer.err
    run = runs.get(database, answer.json["id"])
    assert answer.json == {"id": run.id, "state": "queued"}
    assert run.state == "queued"
    assert run.spec["beta"] == 0.2
    assert len(run.spec["data"]["version"]) > 20, "latest became the hash of the data"


def test_what_the_engine_warns_of_is_said_whoever_launches(
    alignlab: Alignlab, database: Database, run_file: Path, stages_file: Path
):
    tiny.write_pairs(database, "few", 8)
    few = [word for stage in ("", "first.", "second.", "third.") for word in ("--set", f"{stage}data.dataset=few")]
    answers = [alignlab("train", str(run_file), *few[:2], "--detach", "--json")]
    answers.append(alignlab("train", str(stages_file), *few[2:], "--detach", "--json"))
    for answer, count in zip(answers, (1, 3), strict=True):
        assert answer.code == 0, answer.err
        assert answer.err.count("the run is evaluated on the prompts it trains on.") == count


def test_a_fork_goes_on_from_a_checkpoint_with_the_same_settings_but_those_that_are_changed(
    alignlab: Alignlab, database: Database, run_file: Path
):
    parent = alignlab("train", str(run_file), "--json").json["id"]
    spent = alignlab("runs", "fork", parent[:6], "--detach")
    assert (spent.code, "has spent 4 of 4 steps" in spent.err) == (2, True)
    answer = alignlab("runs", "fork", f"{parent[:6]}@4", "--set", "budget.steps=6", "--detach", "--json")
    assert answer.code == 0, answer.err
    assert answer.json == {"id": answer.json["id"], "state": "queued"}
    fork, origin = (runs.get(database, run_id) for run_id in (answer.json["id"], parent))
    assert fork.name == f"{origin.name} @4"
    changed = {"budget": {**origin.spec["budget"], "steps": 6}, "fork": f"run:{parent}@4", "name": fork.name}
    assert fork.spec == {**origin.spec, **changed}


def test_a_fork_of_a_run_without_checkpoints_or_at_another_step_is_refused(alignlab: Alignlab, run_file: Path):
    parent = alignlab("train", str(run_file), "--detach", "--json").json["id"]
    none = alignlab("runs", "fork", parent)
    assert (none.code, none.err.strip()) == (2, f"The run {parent} has no checkpoint yet, so there is nothing to fork.")
    assert alignlab("runs", "fork", f"{parent}@x").code == 2


@pytest.fixture
def stages_file(run_file: Path) -> Path:
    shared = json.loads(run_file.read_text())
    first = {"name": "first", "algorithm": shared.pop("algorithm"), "model": shared.pop("model")}
    second = {"name": "second", "algorithm": "sft", "model": {"from": "stage:first"}}
    third = {**second, "name": "third", "model": {"from": "stage:second"}}
    path = run_file.with_name("stages.yaml")
    path.write_text(json.dumps({**shared, "stages": [first, second, third]}))
    return path


def test_stages_are_trained_one_after_another(alignlab: Alignlab, database: Database, stages_file: Path):
    answer = alignlab("train", str(stages_file), "--set", "second.seed=3", "--json")
    assert answer.code == 0, answer.err
    assert [summary["state"] for summary in answer.json] == ["succeeded"] * 3
    first, second, third = (runs.get(database, summary["id"]) for summary in answer.json)
    assert [run.name for run in (first, second, third)] == ["first", "second", "third"]
    assert (third.waits_for, second.spec["seed"]) == (second.id, 3)
    assert second.resolved["rests_on"] == [f"run:{first.id}@4"]
    assert third.resolved["rests_on"] == [f"run:{first.id}@4", f"run:{second.id}@4"]
    assert "(second), stage 2 of 3" in answer.err


def test_detached_stages_wait_for_each_other(alignlab: Alignlab, database: Database, stages_file: Path):
    answer = alignlab("train", str(stages_file), "--detach", "--json")
    assert [run["state"] for run in answer.json] == ["queued", "waiting", "waiting"]


def test_a_stage_that_fails_ends_those_that_wait_for_it(
    alignlab: Alignlab, database: Database, stages_file: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("app.cli.child_processes.start", failing_engine(database))
    answer = alignlab("train", str(stages_file), "--json")
    assert answer.code == 1
    assert [run["state"] for run in answer.json] == ["failed", "stopped", "stopped"]
    assert "failed: The loss broke." in answer.err


def test_a_stage_that_would_fail_keeps_all_of_them_out(alignlab: Alignlab, database: Database, stages_file: Path):
    answer = alignlab("train", str(stages_file), "--set", "third.data.dataset=none")
    assert (answer.code, runs.listing(database)) == (2, [])
    assert answer.err == "Stage third: There is no dataset named none.\n"


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_stops_and_saves(database: Database, run_file: Path, ending: signal.Signals):
    command = [ALIGNLAB, "train", run_file, "--set", "budget.steps=5000", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ) as child:
        run_id = wait_for_step(database, 2)
        child.send_signal(ending)
        out, err = child.communicate(timeout=120)
    stopped = runs.get(database, run_id)
    assert child.returncode == 130, err
    assert json.loads(out)["state"] == stopped.state == "stopped"
    assert f"alignlab runs resume {run_id}" in err
    assert runs.checkpoints(database, run_id)[-1].step == stopped.step
    assert "Traceback" not in err


def test_a_command_that_is_killed_leaves_no_training_behind(database: Database, run_file: Path):
    command = [ALIGNLAB, "train", run_file, "--set", "budget.steps=5000"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as child:
        run_id = wait_for_step(database, 2)
        child.kill()
    until = time.monotonic() + 30
    while runs.get(database, run_id).state == "running":
        assert time.monotonic() < until, "the run went on without the command"
        time.sleep(0.1)
    left = runs.get(database, run_id)
    assert (left.state, left.pid) == ("queued", None)
    assert runs.checkpoints(database, run_id)[-1].step == left.step


def test_a_run_that_fails_says_why_in_one_line(
    alignlab: Alignlab, database: Database, run_file: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("app.cli.child_processes.start", failing_engine(database))
    answer = alignlab("train", str(run_file))
    run = runs.listing(database)[0]
    log = database.workspace.log(run.id)
    assert answer.code == 1
    assert answer.err.splitlines()[-1] == f"Run {run.id} failed: The loss broke. Log: {log}"


def failing_engine(database: Database) -> type:
    """An engine of one whose run fails at once."""

    class FailingEngine:
        def __init__(self, *arguments: str) -> None:
            run_id = arguments[arguments.index("--run") + 1]
            lease = queue.claim_run(database, run_id, host="here", device="cpu", seconds=60, now=time.time())
            assert lease is not None
            queue.finish(database, lease, "failed", now=time.time(), reason=("The {thing} broke.", {"thing": "loss"}))

        def poll(self) -> int:
            return 1

    return FailingEngine


def wait_for_step(database: Database, step: int) -> str:
    until = time.monotonic() + 90
    while time.monotonic() < until:
        for run in runs.listing(database):
            if run.step >= step:
                return run.id
        time.sleep(0.1)
    raise AssertionError("the run makes no steps")
