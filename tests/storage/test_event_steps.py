"""At which step each event of a run happened."""

from storage import attempt_writes, event_steps, metrics, queue
from storage.database import Database
from storage.records import Lease


def test_an_event_without_a_step_happened_at_the_last_step_that_was_logged(db: Database, lease: Lease):
    metrics.write(db, lease, [(step, {"loss": 1.0}, 100.0 + step) for step in range(10)])
    for step, best in ((3, False), (6, True)):
        path = db.workspace.checkpoints(lease.run_id) / f"{step}-a1"
        attempt_writes.record_checkpoint(db, lease, step=step, path=path, size=1, best=best, now=100.0 + step)
    queue.finish(db, lease, "paused", now=107.5)
    events = event_steps.event_steps(db, [lease.run_id])
    assert [(event.kind, event.step, event.is_best) for event in events if event.kind != "attempt"] == [
        ("checkpoint", 3, False),
        ("checkpoint", 6, True),
        ("state", 7, False),
    ]
