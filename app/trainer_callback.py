"""Sends a training run to an AlignLab dashboard. One file, Python 3.9 or later, the standard library alone.

    alignlab callback > alignlab_callback.py         prints this file
    alignlab callback --new-token laptop             makes a token, once, on the machine of the dashboard

With transformers or TRL:

    from alignlab_callback import AlignLabCallback
    trainer = DPOTrainer(..., callbacks=[AlignLabCallback(url="http://127.0.0.1:8501", token="...")])

With any other loop:

    import alignlab_callback
    with alignlab_callback.Run(name="my run", url="http://127.0.0.1:8501", token="...") as run:
        run.log({"loss": 0.5, "eval/loss": 0.6}, step=10)

Without url and token, ALIGNLAB_URL and ALIGNLAB_TOKEN are read. Nothing here raises into the training or keeps it
waiting, except the end, which waits some seconds for the last points. While the dashboard is away points are kept,
the newest 100,000 rows of them; `run.dropped` counts values that could not be sent.
Left out: sampled answers and checkpoints.
"""

from __future__ import annotations

import atexit
import json
import logging
import math
import os
import socket
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections import deque
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Callable

VERSION = 1
PATH = "/alignlab/ingest"
KEY_FILE = "alignlab-run.json"
INTERVAL_SECONDS = 1.0
HEARTBEAT_SECONDS = 15.0
TIMEOUT_SECONDS = 10.0
LONGEST_PAUSE_SECONDS = 30.0
LAST_WAIT_SECONDS = 10.0
ROWS_AT_ONCE = 500
BYTES_AT_ONCE = 500_000
MOST_ROWS = 100_000
MOST_SETTINGS_BYTES = 200_000
SECRET_ENDINGS = ("token", "password", "secret", "api_key")
LOOPBACK = ("127.0.0.1", "localhost", "::1")

log = logging.getLogger("alignlab")


class Run:
    """A run on the dashboard. Values that are no numbers are left out; NaN and infinities arrive as such.

    `key` names the run: a process that goes on with it after a restart gives the same one, and in `rewind_to` the step
    of the checkpoint that it starts from, past which the dashboard then forgets the points.
    """

    def __init__(
        self,
        name: str,
        url: str | None = None,
        token: str | None = None,
        settings: Mapping[str, Any] | None = None,
        *,
        key: str | None = None,
        rewind_to: int | None = None,
        total_steps: int | None = None,
        trainer: str = "",
    ) -> None:
        self.key = key or uuid.uuid4().hex
        self.dropped = 0
        self.id: str | None = None  # on the dashboard, once it has answered
        self._about = {"name": str(name)[:200] or "run", "host": socket.gethostname(), "trainer": str(trainer)[:100]}
        self._session = uuid.uuid4().hex
        self._settings: dict[str, Any] | None = _plain(settings or {})
        self._rewind_to = rewind_to
        self._total_steps = total_steps
        self._state = "running"
        self._error: str | None = None
        self._told = False  # whether the dashboard knows settings and state
        self._rows: deque[tuple[int, float, dict[str, Any]]] = deque()
        self._guard = threading.Lock()
        self._wake = threading.Event()
        self._closing = False
        self._thread: threading.Thread | None = None
        self._post = _poster(url or os.environ.get("ALIGNLAB_URL", ""), token or os.environ.get("ALIGNLAB_TOKEN", ""))
        self._start()
        atexit.register(self._flush, 5.0)

    def log(self, metrics: Mapping[str, Any], step: int) -> None:
        """Take the metrics of a step; they are sent within about a second. Never raises."""
        try:
            values = {str(name): _number(value) for name, value in metrics.items()}
            row = (int(step), time.time(), {name: value for name, value in values.items() if value is not None})
        except Exception:
            self.dropped += 1
            return
        if not row[2]:
            return
        with self._guard:
            if self._post is None:
                self.dropped += len(row[2])
                return
            self._rows.append(row)
            while len(self._rows) > MOST_ROWS:
                self.dropped += len(self._rows.popleft()[2])
        self._start()

    def finish(self, state: str = "succeeded", error: str | None = None) -> None:
        """Say how the run ended: succeeded, failed or stopped. Waits some seconds until that has arrived."""
        self._state, self._error, self._told = state, error, False
        self._flush(LAST_WAIT_SECONDS)

    def __enter__(self) -> Run:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if error is None:
            self.finish()
        elif isinstance(error, KeyboardInterrupt):
            self.finish("stopped")
        else:
            self.finish("failed", f"{type(error).__name__}: {error}"[:500])

    def _start(self) -> None:
        """Start the thread that sends, unless it is alive."""
        if self._post is not None and (self._thread is None or not self._thread.is_alive()):
            self._closing = False
            self._thread = threading.Thread(target=self._send_all, name="alignlab", daemon=True)
            self._thread.start()

    def _flush(self, seconds: float) -> None:
        """Send what is left, and end the thread, within so many seconds."""
        try:
            if self._rows or not self._told:
                self._start()
            self._closing = True
            self._wake.set()
            if self._thread is not None:
                self._thread.join(seconds)
        except Exception as error:
            log.warning("AlignLab: %s", error)

    def _send_all(self) -> None:
        failures, sent_at = 0, 0.0
        while self._post is not None:
            due = self._rows or not self._told or time.monotonic() - sent_at > HEARTBEAT_SECONDS
            pause = INTERVAL_SECONDS
            if due:
                wait = self._send()
                if wait is None:
                    failures, sent_at = 0, time.monotonic()
                else:
                    failures += 1
                    pause = max(wait, min(LONGEST_PAUSE_SECONDS, 0.5 * 2 ** min(failures, 6)))
            if self._closing and not self._rows and self._told:
                return
            if not (due and self._rows and not failures):
                self._wake.wait(min(pause, INTERVAL_SECONDS) if self._closing else pause)
                self._wake.clear()

    def _send(self) -> float | None:
        """Send one report. None if that is done with, else after how many seconds to try again."""
        with self._guard:
            rows = _first(self._rows)
            state = self._state
        body: dict[str, Any] = {
            "version": VERSION,
            "key": self.key,
            "session": self._session,
            **self._about,
            "points": [[step, round(at, 3), values] for step, at, values in rows],
            "state": state,
            "total_steps": self._total_steps,
            "rewind_to": self._rewind_to,
            "dropped": self.dropped,
            "error": self._error,
        }
        if self._settings is not None:
            body["settings"] = self._settings
        assert self._post is not None
        answer, wait = self._post(body)
        if answer is None and wait is not None:
            return wait
        if answer is None:
            self._refuse()
            return None
        with self._guard:
            for row in rows:
                if self._rows and self._rows[0] is row:
                    self._rows.popleft()
            if answer.get("refused"):
                self.dropped += sum(len(values) for _step, _at, values in rows)
            else:
                self.id, self._settings = answer.get("id"), None
        self._told = state == self._state
        return None

    def _refuse(self) -> None:
        """Stop sending: the dashboard does not know the token, or is none."""
        with self._guard:
            self._post = None
            self.dropped += sum(len(values) for _step, _at, values in self._rows)
            self._rows.clear()


class AlignLabCallback:
    """A callback of transformers' Trainer, and so of TRL's trainers. It needs no base class: events that it does not
    name are ignored. A trainer that goes on from a checkpoint goes on with its run, whose key lies in `output_dir`.
    """

    def __init__(self, url: str | None = None, token: str | None = None, name: str | None = None) -> None:
        self.run: Run | None = None
        self._url, self._token, self._name = url, token, name

    def __getattr__(self, name: str) -> Callable[..., None]:
        if name.startswith("on_"):
            return lambda *_arguments, **_values: None
        raise AttributeError(name)

    def on_train_begin(self, args: Any, state: Any, control: Any, **values: Any) -> None:
        """Begin the run, or go on with it."""
        try:
            if getattr(state, "is_world_process_zero", True):
                self.run = self._begun(args, state, values.get("model"))
        except Exception as error:
            log.warning("AlignLab: the run is not sent: %s", error)

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **_values: Any) -> None:
        """Send what was logged, of evaluations too."""
        if self.run is not None and logs:
            self.run.log(logs, state.global_step)

    def on_train_end(self, args: Any, state: Any, control: Any, **_values: Any) -> None:
        """Say that the run has ended."""
        if self.run is not None:
            self.run.finish()

    def _begun(self, args: Any, state: Any, model: Any) -> Run:
        step = int(getattr(state, "global_step", 0) or 0)
        folder = str(getattr(args, "output_dir", "") or ".")
        key, name = _kept_key(folder) if step else None, self._name or getattr(args, "run_name", None)
        settings = dict(args.to_dict()) if hasattr(args, "to_dict") else dict(vars(args))
        model_name = getattr(getattr(model, "config", None), "_name_or_path", None)
        if model_name:
            settings.setdefault("model_name_or_path", model_name)
        run = Run(
            name or os.path.basename(os.path.abspath(folder)),
            self._url,
            self._token,
            settings,
            key=key,
            rewind_to=step if key else None,
            total_steps=getattr(state, "max_steps", None) or None,
            trainer=type(args).__name__,
        )
        _keep_key(folder, run.key)
        return run


def _kept_key(folder: str) -> str | None:
    """The key of the run that trained in the folder before."""
    try:
        with open(os.path.join(folder, KEY_FILE), encoding="utf-8") as file:
            return str(json.load(file)["key"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _keep_key(folder: str, key: str) -> None:
    try:
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, KEY_FILE), "w", encoding="utf-8") as file:
            json.dump({"key": key}, file)
    except OSError as error:
        log.warning("AlignLab: a restart will begin another run: %s", error)


def _first(rows: deque[tuple[int, float, dict[str, Any]]]) -> list[tuple[int, float, dict[str, Any]]]:
    """As many rows as one report may have."""
    chosen: list[tuple[int, float, dict[str, Any]]] = []
    size = 0
    for row in rows:
        size += 60 + sum(len(name) + 30 for name in row[2])
        if chosen and (len(chosen) == ROWS_AT_ONCE or size > BYTES_AT_ONCE):
            break
        chosen.append(row)
    return chosen


def _number(value: Any) -> float | str | None:
    """The value as JSON has it; None for what is no number. A tensor of one element is a number."""
    if value is None or isinstance(value, (bool, str, bytes)):
        return None
    try:
        number = float(value)
    except Exception:
        return None
    if math.isfinite(number):
        return number
    return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"


def _plain(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings as JSON has them, without secrets; none where they are too large."""
    try:
        shown = {str(name): value for name, value in settings.items() if not str(name).endswith(SECRET_ENDINGS)}
        text = json.dumps(shown, default=str, allow_nan=True)
        finite = json.loads(text, parse_constant=str)
        return finite if len(text) <= MOST_SETTINGS_BYTES else {}
    except Exception:
        return {}


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """The token goes to the address that was given, and nowhere else."""

    def redirect_request(self, *_arguments: Any, **_values: Any) -> None:
        return None


def _poster(url: str, token: str) -> Callable[[dict[str, Any]], tuple[dict[str, Any] | None, float | None]] | None:
    """What sends a report: (answer, None), (None, seconds to wait), or (None, None) where nothing will be taken."""
    address = urllib.parse.urlsplit(url)
    if address.scheme not in ("http", "https") or not address.hostname or not token:
        log.warning("AlignLab: the run is not sent: give url and token, or set ALIGNLAB_URL and ALIGNLAB_TOKEN.")
        return None
    handlers: list[Any] = [_NoRedirects()]
    if address.hostname in LOOPBACK:
        handlers.append(urllib.request.ProxyHandler({}))
    opener = urllib.request.build_opener(*handlers)
    target = f"{address.scheme}://{address.netloc}{address.path.rstrip('/')}{PATH}"
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}", "X-AlignLab": "1"}
    said: set[str] = set()

    def warn(sentence: str) -> None:
        if sentence not in said:
            said.add(sentence)
            log.warning("AlignLab: %s", sentence)

    def post(body: dict[str, Any]) -> tuple[dict[str, Any] | None, float | None]:
        data = json.dumps(body, default=str).encode()
        request = urllib.request.Request(target, data, headers, method="POST")
        try:
            with opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
                return dict(json.load(answer)), None
        except urllib.error.HTTPError as error:
            return _after_refusal(error, warn)
        except Exception as error:  # away, or no network: it may come back
            warn(f"{target} does not answer ({error}); the points are kept and sent later.")
            return None, 1.0

    return post


def _after_refusal(
    error: urllib.error.HTTPError, warn: Callable[[str], None]
) -> tuple[dict[str, Any] | None, float | None]:
    with error:
        try:
            sentence = str(json.loads(error.read(10_000))["error"])
        except Exception:
            sentence = f"status {error.code}"
    if error.code in (429, 500, 502, 503, 504):
        try:
            return None, min(60.0, float(error.headers.get("Retry-After") or 1))
        except ValueError:
            return None, 1.0
    warn(f"the dashboard refused the run: {sentence}")
    return ({"refused": True}, None) if error.code in (400, 409, 413) else (None, None)


if __name__ == "__main__":
    sys.stdout.write(__doc__ or "")
