"""Each kind of runs has something that carries it out; a run of a kind that this version lacks says so."""

import inspect
import signal
from collections.abc import Callable, Iterator

import pytest

from engine.runtime.run import worker
from engine.runtime.run.activities import ACTIVITIES, Activity, activity
from engine.spec.parse import KINDS
from storage import run_writes, runs
from storage.database import Database
from storage.records import Lease, Run
from words import english


@pytest.fixture
def _signals() -> Iterator[None]:
    """Puts back the handler that the worker takes the place of."""
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


def test_every_kind_of_the_run_files_has_an_activity_and_no_other() -> None:
    assert ACTIVITIES.keys() == KINDS.keys()


@pytest.mark.parametrize("kind", ACTIVITIES)
def test_an_activity_runs_as_the_worker_calls_it(kind: str) -> None:
    parameters = list(inspect.signature(activity(kind).run).parameters)
    assert ["self", *parameters] == list(inspect.signature(Activity.run).parameters)


@pytest.mark.usefixtures("_signals")
def test_a_run_of_an_unknown_kind_fails_in_one_sentence(db: Database, claim: Callable[[Run], Lease]) -> None:
    run = run_writes.create(db, spec={}, kind="brew", algorithm="-", lane="train", name="r", now=1.0)
    assert worker.work(db, runs.get(db, run.id), claim(run)) == 1
    ended = runs.get(db, run.id)
    assert ended.state == "failed"
    assert ended.reason is not None
    assert english(ended.reason) == "This version of AlignLab cannot carry out runs of the kind brew."
