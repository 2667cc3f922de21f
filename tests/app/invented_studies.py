"""Invented studies for pages: the fair quartet under way, and one whose search has ended."""

from engine import studies as plans
from engine.spec import STUDIES, parse_study
from storage import queue, studies
from storage.database import Database
from tests.app import families

GAINS = {"dpo": 0.8, "ppo": 0.5, "grpo": 1.1, "gspo": 0.95}
SECONDS = families.STEPS * 0.9  # that a run takes


def quartet(db: Database, at: float, ended: int = 6) -> str:
    """The fair quartet, of which so many runs have ended and one is running; its id."""
    study = plans.launch(db, parse_study(STUDIES["fair-quartet"]), requested_by="local", now=at)
    for number in range(ended + 1):
        _carry_out(db, study.id, at + number * SECONDS, whole=number < ended)
    return study.id


def searched(db: Database, at: float) -> str:
    """A study of two methods, whose settings a search has chosen; its id."""
    file = STUDIES["fair-quartet"] | {
        "name": "dpo against grpo, searched",
        "algorithms": ["dpo", "grpo"],
        "seeds": [0, 1],
        "search": {"kind": "random", "trials": 3},
        "budget": {"steps": families.STEPS},
    }
    study = plans.launch(db, parse_study(file), requested_by="local", now=at)
    while studies.first_queued(db, study.id) is not None:
        _carry_out(db, study.id, at)
        at += SECONDS
        plans.step(db, study.id, at)
    return study.id


def _carry_out(db: Database, study_id: str, at: float, whole: bool = True) -> None:
    """Let the study's next run train, to its end or for a third of it."""
    run_id = studies.first_queued(db, study_id)
    assert run_id is not None
    lease = queue.claim_run(db, run_id, host=run_id, device="cpu", seconds=10**9, now=at)
    assert lease is not None
    run = next(run for run in studies.members(db, study_id) if run.id == run_id)
    gain = GAINS[str(run.algorithm)] - 0.05 * (run.study_trial or 0) + 0.02 * (run.study_seed or 0)
    stop = families.STEPS if whole else families.STEPS // 3
    families.advance(db, lease, 0, stop, at, gain)
    queue.renew(db, lease, seconds=10**9, now=at + stop * 0.9, step=stop, fraction=stop / families.STEPS)
    if whole:
        queue.finish(db, lease, "succeeded", now=at + SECONDS)
