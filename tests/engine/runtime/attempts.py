"""One attempt at a run in this process, written down as worker and supervisor do; at a step it may be paused or die."""

from collections.abc import Callable
from dataclasses import dataclass

from engine.runtime.run.lease_renewal import LeaseRenewer
from engine.runtime.training import assembly
from storage import queue, runs
from storage.database import Database
from storage.records import Lease, Run

Claim = Callable[[Run], Lease]


class Died(BaseException):
    """Stands for a kill: nothing is saved."""


@dataclass
class Troubled:
    """A lease renewer that asks for a pause at one step and dies at another."""

    renewer: LeaseRenewer
    pause_at: int | None = None
    die_at: int | None = None

    def heartbeat(self) -> None: ...

    def heartbeat_or_yield(self) -> None: ...

    @property
    def request(self) -> str | None:
        return self.renewer.request

    def report(self, step: int, fraction: float, eta_seconds: float | None) -> None:
        if step == self.die_at:
            raise Died
        if step == self.pause_at:
            self.renewer.ask("pause")


def attempt(db: Database, run: Run, claim: Claim, **trouble: int) -> str:
    """The state that the run is in afterwards. `trouble` is that of `Troubled`."""
    lease = claim(run)
    try:
        ending = assembly.run(db, runs.get(db, run.id), lease, Troubled(LeaseRenewer(db, lease), **trouble))
    except Died:
        queue.requeue(db, lease, now=2_000.0)
    else:
        queue.finish(db, lease, ending.state, now=2_000.0, reason=ending.reason)
    return runs.get(db, run.id).state
