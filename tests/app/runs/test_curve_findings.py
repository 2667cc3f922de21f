"""What the curves of a stored run say on its page."""

import math
import time

from app.runs import curve_findings
from storage import metrics, runs
from storage.database import Database
from tests.app import invented
from tests.app.conftest import open_page, words


def stuck(db: Database) -> str:
    """A run whose loss has not left ln 2."""
    lease = invented.started(db, "dpo", "stuck", time.time())
    metrics.write(db, lease, [(step, {"loss": math.log(2)}, 0.0) for step in range(60)])
    return lease.run_id


def test_a_loss_that_stays_at_ln_2_is_told_with_evidence_and_remedy(empty: Database) -> None:
    run_id = stuck(empty)
    said = words(open_page("run", id=run_id))
    assert "The loss has not moved" in said
    assert "It is 0.693 after 59 steps. A model that tells no answers apart scores 0.693." in said
    assert "Raise the learning rate" in said
    assert "al-read" in said


def test_a_run_that_goes_well_has_no_list(filled: Database) -> None:
    run = next(run for run in runs.listing(filled) if run.name == "polite-dpo-seed0")
    assert curve_findings.of_run(filled, run) == []
    assert "al-read" not in words(open_page("run", id=run.id))
