"""A study whose engine is killed again and again: it has the runs, and the figures, of one that ran through."""

import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine import studies as plans
from engine.spec import key_metrics, parse_study
from storage import metrics, studies
from storage.database import Database
from storage.records import Study
from tests import tiny

pytestmark = pytest.mark.faults

Start = Callable[..., "subprocess.Popen[bytes]"]
SUPERVISOR = "engine.runtime.engine.supervisor"


def launch(db: Database, model: Path) -> Study:
    base = tiny.settings(model, "pairs", sampling={"max_new_tokens": 4}, evaluation={"final_prompts": 4})
    file = {
        "base": base,
        "algorithms": ["dpo"],
        "vary": {"optimizer.learning_rate": {"from": 1e-5, "to": 1e-3, "scale": "log"}},
        "search": {"kind": "tpe", "trials": 3},
        "seeds": [0],
        "budget": {"steps": 3},
    }
    return plans.launch(db, parse_study(file), requested_by=None, now=time.time())


def outcome(db: Database, study: Study) -> list[Any]:
    """Every run's place, settings and held-out curve."""
    runs = studies.members(db, study.id)
    curves = [[point[:3] for point in metrics.points(db, run.id, key_metrics.HEADLINE)] for run in runs]
    places = [(run.study_role, run.study_trial, run.study_changes) for run in runs]
    return list(zip(places, curves, strict=True))


def wait(db: Database, study: Study, process: "subprocess.Popen[bytes]", ended: int) -> None:
    """Until so many of the study's runs have ended and the next one is under way, or all is done."""
    deadline = time.monotonic() + 200
    while time.monotonic() < deadline:
        runs = studies.members(db, study.id)
        done = sum(run.state == "succeeded" for run in runs)
        if process.poll() is not None or (done >= ended and any(run.state == "running" for run in runs)):
            return
        time.sleep(0.1)
    raise AssertionError("the study does not go on")


@pytest.mark.timeout(900)
def test_a_study_goes_on_where_its_engine_was_killed(db: Database, model: Path, start: Start):
    whole, broken = launch(db, model), launch(db, model)
    assert start(SUPERVISOR, "--study", whole.id).wait(250) == 0
    for ended in (1, 2):  # in the second trial of two at random, and in the one that TPE drew
        process = start(SUPERVISOR, "--study", broken.id)
        wait(db, broken, process, ended)
        process.kill()
        process.wait()
    assert start(SUPERVISOR, "--study", broken.id).wait(250) == 0
    assert studies.get(db, broken.id).state == "succeeded"
    assert outcome(db, broken) == outcome(db, whole)
    assert len(outcome(db, whole)) == 4
