"""`alignlab runs`: what scripts read, and the three requests."""

import json
import math
from pathlib import Path

import pytest

from storage import attempt_writes, intervals, metrics, queue, run_writes, runs
from storage.database import Database
from storage.manifests import MANIFEST
from storage.records import Interval, Lease, Run
from tests.app.cli.conftest import Alignlab

NOW = 1_800_000_000.0
SPEC = {"algorithm": "dpo", "data": {"dataset": "weather"}}


@pytest.fixture
def run(database: Database) -> Run:
    return run_writes.create(database, spec=SPEC, kind="train", algorithm="dpo", lane="train", name="first", now=NOW)


def claimed(database: Database, run: Run) -> Lease:
    lease = queue.claim_run(database, run.id, host="here", device="cpu", seconds=60, now=NOW)
    assert lease is not None
    return lease


def test_list_is_newest_first_and_filters(alignlab: Alignlab, database: Database, run: Run):
    other = run_writes.create(
        database, spec=SPEC, kind="train", algorithm="sft", lane="train", name="second", now=NOW + 1
    )
    queue.request(database, other.id, "stop", NOW)
    listed = alignlab("runs", "list", "--json").json
    assert [row["id"] for row in listed] == [other.id, run.id]
    assert listed[1] == {
        "id": run.id,
        "name": "first",
        "kind": "train",
        "algorithm": "dpo",
        "origin": "local",
        "state": "queued",
        "step": 0,
        "fraction": 0.0,
        "created_at": NOW,
    }
    assert [row["name"] for row in alignlab("runs", "list", "--state", "stopped", "--json").json] == ["second"]
    assert "second" in alignlab("runs", "list").out
    unknown = alignlab("runs", "list", "--state", "runing", "--json")
    assert (unknown.code, unknown.out) == (2, "")
    assert unknown.err.startswith("There is no state runing. There are: waiting, queued, running, ")


def test_compare_writes_one_file(alignlab: Alignlab, database: Database, run: Run, tmp_path: Path):
    out = tmp_path / "report.html"
    answer = alignlab("runs", "compare", run.id, run.id[:6], "--out", str(out), "--json")
    assert answer.code == 0, answer.err
    assert answer.json["report"] == str(out)
    assert "first" in out.read_text(encoding="utf-8")
    assert alignlab("runs", "compare", run.id, "--out", str(tmp_path)).code == 2


def test_show_has_what_scripts_read(alignlab: Alignlab, database: Database, run: Run):
    lease = claimed(database, run)
    queue.set_pid(database, lease, 4711)
    queue.resolve(database, lease, {"device": "cpu"})
    shown = alignlab("runs", "show", run.id[:6], "--json").json
    read = {key: shown[key] for key in ("id", "state", "step", "attempt", "pid", "resolved")}
    assert read == {
        "id": run.id,
        "state": "running",
        "step": 0,
        "attempt": 1,
        "pid": 4711,
        "resolved": {"device": "cpu"},
    }
    assert shown["spec"] == SPEC


def test_show_says_why_a_run_failed(alignlab: Alignlab, database: Database, run: Run):
    queue.finish(database, claimed(database, run), "failed", now=NOW, reason=("It met {what}.", {"what": "a wall"}))
    assert "It met a wall." in alignlab("runs", "show", run.id).out
    assert alignlab("runs", "show", run.id, "--json").json["reason"] == "It met a wall."


def test_show_tells_what_was_noted(alignlab: Alignlab, database: Database, run: Run):
    lease = claimed(database, run)
    attempt_writes.add_note(database, lease, ("{count} rows were skipped.", {"count": 3}), now=NOW)
    queue.finish(database, lease, "succeeded", now=NOW)
    assert "3 rows were skipped." in alignlab("runs", "show", run.id).out
    assert alignlab("runs", "show", run.id, "--json").json["notes"] == ["3 rows were skipped."]


def test_show_names_a_checkpoint_that_is_not_whole(alignlab: Alignlab, database: Database, run: Run):
    lease = claimed(database, run)
    for step in (0, 5):
        folder = database.workspace.checkpoints(run.id) / f"{step}-a1"
        folder.mkdir(parents=True)
        (folder / "state.json").write_text("{}")
        (folder / MANIFEST).write_text(json.dumps({"files": {"state.json": {"bytes": 2, "sha256": ""}}}))
        attempt_writes.record_checkpoint(database, lease, step=step, path=folder, size=2, best=False, now=2.0)
    queue.finish(database, lease, "failed", now=3.0)
    assert alignlab("runs", "show", run.id, "--json").json["damaged"] == []
    (folder / "state.json").write_text("")
    sentence = f"The checkpoint {folder} is damaged: state.json is not there, or not as it was saved."
    assert alignlab("runs", "show", run.id, "--json").json["damaged"] == [sentence]
    assert sentence in alignlab("runs", "show", run.id).out


def test_metrics_are_points_and_what_json_lacks_is_null(alignlab: Alignlab, database: Database, run: Run):
    lease = claimed(database, run)
    metrics.write(database, lease, [(0, {"loss": 0.7, "kl": math.inf}, NOW), (1, {"loss": 0.5}, NOW + 1)])
    points = alignlab("runs", "metrics", run.id, "--json").json
    unsure = {"low": None, "high": None}
    assert points == [
        {"key": "kl", "step": 0, "value": None, "wall_time": NOW, **unsure},
        {"key": "loss", "step": 0, "value": 0.7, "wall_time": NOW, **unsure},
        {"key": "loss", "step": 1, "value": 0.5, "wall_time": NOW + 1, **unsure},
    ]
    assert alignlab("runs", "metrics", run.id, "--key", "loss").out == "loss\t0\t0.7\nloss\t1\t0.5\n"
    unknown = alignlab("runs", "metrics", run.id, "--key", "lost")
    assert (unknown.code, unknown.err) == (2, f"The run {run.id} has no metric lost. There are: kl, loss.\n")


def test_means_over_held_out_prompts_are_printed_with_their_interval(alignlab: Alignlab, database: Database, run: Run):
    lease = claimed(database, run)
    metrics.write(database, lease, [(0, {"eval/reward": 0.5}, NOW), (9, {"eval/reward": 0.625}, NOW)])
    intervals.add(database, lease, {("eval/reward", 9): Interval(0.5, 0.75, 32, 128)})
    points = alignlab("runs", "metrics", run.id, "--json").json
    assert [(point["low"], point["high"]) for point in points] == [(None, None), (0.5, 0.75)]
    out = alignlab("runs", "metrics", run.id).out
    assert out == "eval/reward\t0\t0.5\neval/reward\t9\t0.625\t0.5\t0.75\n"
    assert "0.5 to 0.75    32 prompts, 128 answers" in alignlab("runs", "show", run.id).out


def test_the_log_is_printed(alignlab: Alignlab, database: Database, run: Run):
    assert alignlab("runs", "log", run.id, "--json").json == {"id": run.id, "lines": []}
    log = database.workspace.log(run.id)
    log.parent.mkdir(parents=True)
    log.write_text("step 1\n步骤 2\n", encoding="utf-8")
    assert alignlab("runs", "log", run.id).out == "step 1\n步骤 2\n"
    assert alignlab("runs", "log", run.id, "--json").json["lines"] == ["step 1", "步骤 2"]


def test_pause_resume_stop_of_a_queued_run(alignlab: Alignlab, run: Run):
    for command, state in (("pause", "paused"), ("resume", "queued"), ("stop", "stopped")):
        answer = alignlab("runs", command, run.id, "--json").json
        assert answer == {"id": run.id, "state": state, "request": None}


def test_a_running_run_is_asked(alignlab: Alignlab, database: Database, run: Run):
    claimed(database, run)
    assert alignlab("runs", "stop", run.id, "--json").json == {"id": run.id, "state": "running", "request": "stop"}
    assert alignlab("runs", "stop", run.id).err == f"Asked {run.id} to stop; it saves first.\n"


@pytest.mark.parametrize("command", ["show", "metrics", "log", "stop", "pause", "resume"])
def test_an_unknown_run_is_bad_input(alignlab: Alignlab, command: str):
    answer = alignlab("runs", command, "nowhere")
    assert (answer.code, answer.err) == (2, "There is no run nowhere.\n")


def test_what_cannot_be_resumed_says_so(alignlab: Alignlab, run: Run):
    answer = alignlab("runs", "resume", run.id)
    said = f"Only a paused, stopped or failed run can be resumed; {run.id} is none of these.\n"
    assert (answer.code, answer.err) == (2, said)


def test_a_list_reads_no_settings(alignlab: Alignlab, run: Run, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delattr(runs, "listing")
    assert [row["id"] for row in alignlab("runs", "list", "--json").json] == [run.id]
    assert run.id in alignlab("runs", "list").out
