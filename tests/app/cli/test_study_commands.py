"""`alignlab study` and `studies`: to the end, detached, stopped in the middle and resumed; what scripts read."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from storage import studies
from storage.database import Database
from tests import tiny
from tests.app.cli.conftest import Alignlab

ALIGNLAB = Path(sys.executable).with_name("alignlab")


@pytest.fixture
def study_file(database: Database, tmp_path: Path) -> Path:
    """Two methods on a tiny model: a search of two settings each, then the better one."""
    tiny.write_pairs(database, "pairs", 24)
    more = {"sampling": {"max_new_tokens": 4}, "evaluation": {"final_prompts": 4}}
    base = tiny.settings(tiny.write_model(tmp_path / "model"), "pairs", **more)
    file = {
        "base": base,
        "algorithms": ["dpo", "grpo"],
        "vary": {"optimizer.learning_rate": [1e-5, 1e-3]},
        "search": {"kind": "grid"},
        "seeds": [0],
        "budget": {"steps": 2},
    }
    path = tmp_path / "study.yaml"
    path.write_text(json.dumps(file))
    return path


@pytest.mark.slow
@pytest.mark.timeout(600)  # six workers load torch, one after the other
def test_a_study_is_carried_out_to_its_end_and_answered(alignlab: Alignlab, database: Database, study_file: Path):
    answer = alignlab("study", str(study_file), "--json")
    assert answer.code == 0, answer.err
    assert "6 runs, 4 of them trials: about" in answer.err
    summary = answer.json
    assert (summary["state"], summary["runs"], summary["planned"]) == ("succeeded", {"succeeded": 6}, 6)
    for name in ("dpo", "grpo"):
        trials = [trial for trial in summary["trials"] if trial["algorithm"] == name]
        chosen = max(trials, key=lambda trial: trial["value"])
        assert [trial["chosen"] for trial in trials] == [trial is chosen for trial in trials]
        assert summary["search_costs"][name]["updates"] == 2 * 2
    assert set(summary["result"]["verdict"]) >= {"leader", "not_told_apart", "sentences"}
    first, second = summary["result"]["groups"]
    assert (first["seeds"], second["seeds"]) == (1, 1)
    assert first["cost"]["generated_tokens"] == 0, "dpo learns from the pairs of the dataset"
    assert second["cost"]["generated_tokens"] > 0
    assert second["cost"]["answers_scored"] > 0
    assert first["settings"].keys() == {"optimizer.learning_rate"}

    shown = alignlab("studies", "show", summary["id"][:6])
    assert shown.code == 0
    assert "dpo: of 2 trials, optimizer.learning_rate" in shown.out
    assert alignlab("studies", "show", summary["id"], "--json").json == summary
    (listed,) = alignlab("studies", "list", "--json").json
    assert (listed["id"], listed["runs"]) == (summary["id"], {"succeeded": 6})
    again = study_file.with_name("again.yaml")
    again.write_text(alignlab("studies", "file", summary["id"]).out)
    second_study = alignlab("study", str(again), "--detach", "--json").json
    one, other = (studies.members(database, each) for each in (summary["id"], second_study["id"]))
    assert [run.spec for run in other] == [run.spec for run in one[:4]], "its trials; the rest follow from results"


@pytest.mark.slow
@pytest.mark.faults
def test_ctrl_c_stops_the_whole_and_resume_goes_on_from_there(alignlab: Alignlab, database: Database, study_file: Path):
    command = [ALIGNLAB, "study", study_file, "--set", "budget.steps=60"]
    process = subprocess.Popen(command, env={**os.environ}, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 120
    while not any(run.step > 0 for study in studies.listing(database) for run in studies.members(database, study.id)):
        assert time.monotonic() < deadline
        assert process.poll() is None
        time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    _out, err = process.communicate(timeout=120)
    assert process.returncode == 130, err
    (study,) = studies.listing(database)
    members = studies.members(database, study.id)
    assert (study.state, {run.state for run in members}) == ("stopped", {"stopped"})
    assert members[0].step > 0
    assert alignlab("studies", "resume", study.id, "--json").json == {"id": study.id, "state": "running"}
    assert [run.state for run in studies.members(database, study.id)] == ["queued"] * 4


def test_only_queued_it_waits_for_an_engine(alignlab: Alignlab, database: Database, study_file: Path):
    answer = alignlab("study", str(study_file), "--detach")
    assert answer.code == 0, answer.err
    (study,) = studies.listing(database)
    assert f"Queued {study.id}" in answer.out
    assert len(studies.members(database, study.id)) == 4
    assert alignlab("studies", "pause", study.id[:5], "--json").json == {"id": study.id, "state": "paused"}
    assert alignlab("studies", "stop", study.id).code == 0
    refused = alignlab("studies", "pause", study.id)
    assert (refused.code, refused.err.count("\n")) == (2, 1)
    shown = alignlab("studies", "show", study.id)
    assert "No reported run has ended yet." in shown.out


def test_nothing_is_written_of_a_study_that_is_refused(alignlab: Alignlab, database: Database, study_file: Path):
    for change, words in (
        ("vary.tau=[1, 2]", "has a setting tau"),
        ("base.data.dataset=none", "none"),
        ("seeds=[0, 0]", "different whole numbers"),
        ("search.trials=9", "at most 2"),
    ):
        answer = alignlab("study", str(study_file), "--set", change)
        assert answer.code == 2, answer.err
        assert words in answer.err
    assert studies.listing(database) == []
