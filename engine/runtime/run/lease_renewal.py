"""Keeps the lease of a running attempt while it makes progress, and brings back what people asked of the run.

A thread renews the lease only if the working thread has called `heartbeat` since the last time: a hung computation must
lose its run. Left out: what a request leads to (the kind's activity).
"""

import logging
import threading
import time
from types import TracebackType
from typing import Any, Literal, Self

from storage import queue
from storage.database import Database
from storage.errors import LeaseLost, Outage
from storage.records import Lease

log = logging.getLogger(__name__)

SHORTEST_LEASE_SECONDS = 60.0
RENEW_SECONDS = 0.5

Request = Literal["pause", "stop", "requeue"]


class Interrupted(Exception):
    """Work that can be done again was given up, because the run was asked to end."""


class LeaseRenewer:
    """Renews one attempt's lease. Its activity calls `report` after a step, and `heartbeat` in whatever takes long."""

    def __init__(self, db: Database, lease: Lease) -> None:
        self._db = db
        self._lease = lease
        self._heartbeats = 0
        self._last_heartbeat = time.monotonic()
        self._slowest_heartbeat = 0.0
        self._progress: dict[str, Any] = {}
        self._request: Request | None = None
        self._lost: LeaseLost | None = None
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._renew_often, name="lease renewal", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        self._thread.join()
        if self._lost is None:
            self._renew()  # so that the row shows the last step

    @property
    def lease_seconds(self) -> float:
        """How long the lease is renewed for: five times the slowest heartbeat, at least a minute."""
        return max(SHORTEST_LEASE_SECONDS, 5.0 * self._slowest_heartbeat)

    @property
    def request(self) -> Request | None:
        """What was asked of the run and not done yet."""
        return self._request

    def ask(self, request: Request) -> None:
        """Ask from within the process (a signal)."""
        self._request = request

    def heartbeat(self) -> None:
        """Say that there is progress: per micro-batch, per decoded token. Raises LeaseLost once the run is gone."""
        now = time.monotonic()
        self._slowest_heartbeat = max(self._slowest_heartbeat, now - self._last_heartbeat)
        self._last_heartbeat = now
        self._heartbeats += 1
        if self._lost is not None:
            raise self._lost

    def heartbeat_or_yield(self) -> None:
        """Progress of work that can be given up without loss. Raises Interrupted once the run was asked to end."""
        self.heartbeat()
        if self._request is not None:
            raise Interrupted

    def report(self, step: int, fraction: float, eta_seconds: float | None) -> None:
        """What the run's row shows from the next renewal on."""
        self._progress = {"step": step, "fraction": fraction, "eta_seconds": eta_seconds}
        self.heartbeat()

    def _renew_often(self) -> None:
        renewed = -1
        while not self._closing.wait(RENEW_SECONDS) and self._lost is None:
            # until the first report the model is being loaded, which cannot call `heartbeat`
            if self._heartbeats != renewed or not self._progress:
                renewed = self._heartbeats
                self._renew()

    def _renew(self) -> None:
        try:
            run = queue.renew(self._db, self._lease, seconds=self.lease_seconds, now=time.time(), **self._progress)
            self._request = run.request or self._request
        except LeaseLost as lost:
            self._lost = lost
        except Outage as error:  # a busy database: the lease is long enough to try again
            log.warning("could not renew the lease: %s", error)
