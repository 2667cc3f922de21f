"""The lease lives while there is progress, and while the model is loaded, during which nothing can call `heartbeat`."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.runtime.run.lease_renewal import RENEW_SECONDS, LeaseRenewer
from storage import queue, runs
from storage.database import Database
from storage.records import Lease, Run
from tests import tiny


def lease_until(db: Database, lease: Lease) -> float:
    until = runs.get(db, lease.run_id).lease_until
    assert until is not None
    return until


@pytest.mark.slow
def test_the_lease_is_renewed_while_loading_and_then_only_with_progress(
    db: Database, model: Path, pairs: str, claim: Callable[[Run], Lease]
) -> None:
    lease = claim(tiny.submit(db, tiny.settings(model, pairs)))
    queue.renew(db, lease, seconds=1.0, now=time.time())
    before = lease_until(db, lease)
    with LeaseRenewer(db, lease) as renewer:
        time.sleep(3 * RENEW_SECONDS)
        loading = lease_until(db, lease)
        assert loading > before
        renewer.report(0, 0.0, None)
        time.sleep(3 * RENEW_SECONDS)
        reported = lease_until(db, lease)
        time.sleep(3 * RENEW_SECONDS)
        assert lease_until(db, lease) == reported
