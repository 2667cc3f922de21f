"""Tells a run's webhook that the run has ended, or that it waits for a person.

A delivery has a thread of its own, so that an address that does not answer keeps no run waiting. Left out: when a run
is looked at (`worker_pool`), and where the address may stand (`engine.spec.blocks.Notify`).
"""

import logging
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from math import isfinite
from typing import Any

import httpx

from engine.secret_places import SecretUnreadable, read_address
from engine.spec import RunSpec, key_metrics, metric, readable
from storage import metrics, run_writes, runs
from storage.database import Database
from storage.errors import StorageError
from storage.records import ENDED, Run
from words import N_, Text, english, to_json

log = logging.getLogger(__name__)
logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs whole addresses, and this one is a secret

TRIES = 3
TIMEOUT_SECONDS = 10.0
WAIT_SECONDS = 1.0  # before the second try; four times as long before the third
_DELIVERED = N_("The webhook {place} was told.")
_UNDELIVERED = N_("The webhook {place} was not told: {cause}.")


class _Undelivered(Exception):
    """One try that failed, as a clause, and whether another may succeed."""

    def __init__(self, cause: Text, *, later: bool) -> None:
        super().__init__(cause)
        self.cause = cause
        self.later = later


class Notifier:
    """Deliveries under way in this process. `sleep` takes seconds."""

    def __init__(self, db: Database, sleep: Callable[[float], object] = time.sleep) -> None:
        self._db = db
        self._sleep = sleep
        self._threads: list[threading.Thread] = []

    def tell(self, run_id: str) -> None:
        """Tell the webhook of this run, if it names one and there is something to tell. Never raises."""
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        thread = threading.Thread(target=self._tell, args=(run_id,), name=f"webhook of {run_id}", daemon=True)
        self._threads.append(thread)
        thread.start()

    def join(self) -> None:
        """Wait for the deliveries under way: no longer than their tries may take."""
        for thread in self._threads:
            thread.join(TRIES * TIMEOUT_SECONDS + 5 * WAIT_SECONDS)

    def _tell(self, run_id: str) -> None:
        try:
            run = runs.get(self._db, run_id)
            place = _webhook(run)
            if place is not None and _is_news(run):
                text = self._deliver(place, body(self._db, run))
                log.info("run %s: %s", run_id, english(text))
                run_writes.add_event(self._db, run_id, "notification", text, attempt=run.attempt, now=time.time())
        except StorageError as error:
            log.warning("the webhook of run %s was given up: %s", run_id, error)

    def _deliver(self, place: str, message: dict[str, Any]) -> Text:
        """What came of it. The address itself stays out of every sentence: it is a secret."""
        for attempt in range(TRIES):
            try:
                post(self._db, place, message)
            except _Undelivered as failure:
                if failure.later and attempt + 1 < TRIES:
                    self._sleep(WAIT_SECONDS * 4**attempt)
                    continue
                return (_UNDELIVERED, {"place": place, "cause": to_json(failure.cause)})
            return (_DELIVERED, {"place": place})
        raise AssertionError("the last try returns")


def post(db: Database, place: str, message: dict[str, Any]) -> None:
    """One try. Raises _Undelivered."""
    try:
        url = read_address(place, db.workspace.secrets)
    except SecretUnreadable as error:
        raise _Undelivered(error.text, later=False) from None
    try:
        # The body of the answer is not read: it may have no end.
        with httpx.stream("POST", url, json=message, timeout=TIMEOUT_SECONDS, follow_redirects=False) as reply:
            status, taken = reply.status_code, reply.is_success
    except httpx.TimeoutException:
        text: Text = (N_("no answer within {seconds} s"), {"seconds": f"{TIMEOUT_SECONDS:g}"})
        raise _Undelivered(text, later=True) from None
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
        raise _Undelivered((N_("no connection ({error})"), {"error": type(error).__name__}), later=True) from None
    if not taken:
        later = status in (408, 425, 429) or status >= httpx.codes.INTERNAL_SERVER_ERROR
        raise _Undelivered((N_("it answers with status {status}"), {"status": status}), later=later)


def body(db: Database, run: Run) -> dict[str, Any]:
    """What is sent: plain figures for scripts, and `text`, the line that Slack and its like show."""
    series = metrics.by_run(db, [run.id])[run.id]
    end = time.time() if run.finished_at is None else run.finished_at
    seconds = 0.0 if run.started_at is None else round(end - run.started_at, 1)
    figures = [f"{metric(key).title} {series[key].last:.3g}" for key in key_metrics.RANKED if key in series]
    reason = english(run.reason) if run.reason else None
    took = timedelta(seconds=round(seconds))
    words = [f"{run.name} ({run.id}): {run.state} at step {run.step:,} after {took}.", reason, " · ".join(figures[:3])]
    return {
        "text": _plain("\n".join(filter(None, words))),
        "run": run.id,
        "name": run.name,
        "kind": run.kind,
        "state": run.state,
        "reason": reason,
        "step": run.step,
        "seconds": seconds,
        "metrics": {key: one.last if isfinite(one.last) else None for key, one in series.items()},
    }


def _plain(text: str) -> str:
    """The text without the signs by which Slack knows links and mentions; a run's name is no command."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _webhook(run: Run) -> str | None:
    spec = readable(run.spec, RunSpec)
    return None if spec is None else spec.notify.webhook


def _is_news(run: Run) -> bool:
    """Whether it has ended, or waits for a person; who paused or stopped it knows of it already."""
    if run.state == "paused":
        return run.reason is not None
    return run.state in ENDED and run.ended_by != "person"
