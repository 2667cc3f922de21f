"""What `accept.kills` does to runs: kills processes at seeded moments, takes lock and disk away, and compares.

Left out: which methods, how often, and what is wanted (`accept.kills`).
"""

import json
import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import httpx
import psutil
import yaml

from accept.report import ALIGNLAB, ROOT
from storage import queue, runs
from storage.database import connect
from storage.records import ENDED, Run
from storage.workspace import Workspace
from tests import tiny
from tests.remains import left_behind
from words import english

KILLS_A_RUN = 8
AT_START = 0.5  # of the kills come before the attempt wrote anything
LOCKED_SECONDS = 36.0  # longer than a writer waits
PATIENCE_SECONDS = 600.0
ORPHAN_SECONDS = 5.0
SIZE_MB = 160
DISTURBANCES = {
    "paused_and_stopped": "a run that is paused, resumed, stopped and resumed ends as an undisturbed one",
    "locked": "a database that another process holds for longer than a writer waits changes nothing",
    "disk_full": "a full disk ends a run with its sentence, reading commands answer, and the resumed run is the same",
}
ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}


@dataclass(frozen=True)
class Plan:
    """The runs of one method: their run file, and where their moments are drawn from."""

    method: str
    settings: dict[str, Any]
    moments: random.Random


class Bench:
    """A workspace, and the process that trains in it."""

    def __init__(self, root: Path, model: Path) -> None:
        self._root = root
        root.mkdir()
        mounting = ["mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m", "alignlab-kills", str(root)]
        self._small = subprocess.run(mounting, capture_output=True, check=False).returncode == 0
        self._db = connect(Workspace(root))
        tiny.write_pairs(self._db, "pairs", 60)
        self._model = model
        self._host: subprocess.Popen[bytes] | None = None
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self._port = probe.getsockname()[1]
        self._last_attempt = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._leave()
        self._db.close()
        if self._small:
            subprocess.run(["umount", "-l", str(self._root)], check=False)

    def disturb(self, plan: Plan, quota: dict[str, int]) -> dict[str, Any]:
        """Spend the kills on as many runs as it takes; then pause, lock and fill. Returns the figures."""
        expected = self._undisturbed(plan)
        left, kills, orphans, attempts, differing = Counter(quota), Counter[str](), 0, [], []
        while left.total():
            run, spent, orphaned = self._kill(plan, left)
            kills, left, orphans = kills + spent, left - spent, orphans + orphaned
            attempts.append(run.attempt)
            if run.state != "succeeded" or left_behind(self._db, run.id) != expected:
                differing.append(f"{run.id} {run.state} {english(run.reason) if run.reason else ''}")
            print(f"{plan.method} {run.id}: {run.attempt} attempts, {dict(spent)} {differing}", flush=True)
        return {
            "kills": {target: kills[target] for target in quota},
            "attempts": attempts,
            "same": not differing,
            "differing": differing,
            "orphans": orphans,
            "paused_and_stopped": self._paused_and_stopped(plan, expected),
            **({"locked": self._locked(plan, expected)} if plan.method in ("dpo", "grpo") else {}),
            **({"disk_full": self._disk_full(plan, expected)} if self._small else {}),
        }

    def _undisturbed(self, plan: Plan) -> dict[str, Any]:
        run = self._submit(plan)
        self._serve("engine")
        ended = self._wait(run.id, lambda row: row.state in ENDED)
        if ended.state != "succeeded":
            raise TimeoutError(f"{plan.method} {ended.state}: {self._db.workspace.log(run.id).read_text()[-2000:]}")
        return left_behind(self._db, run.id)

    # Kills

    def _kill(self, plan: Plan, left: Counter[str]) -> tuple[Run, Counter[str], int]:
        """One run that is killed up to KILLS_A_RUN times; what was spent, and how many children outlived a parent."""
        spent, orphans, draw = Counter[str](), 0, plan.moments
        if left["train"]:
            host, targets = "train", ("train",)
        elif left["up"] + left["dashboard"]:
            host, targets = "up", ("up", "dashboard", "worker")
        else:
            host, targets = "engine", ("worker", "engine")
        run_id = self._train(plan) if host == "train" else self._queue(plan, host)
        while spent.total() < KILLS_A_RUN:
            possible = [target for target in targets if left[target] > spent[target]]
            if not possible:
                break
            target = draw.choice(possible)
            if not self._await_moment(run_id, draw, ends_attempt=target != "dashboard"):
                break
            if not self._strike(target, run_id):
                continue
            spent[target] += 1
            orphans += self._orphans()
            if target == "train":
                self._wait(run_id, lambda row: row.state != "running")
                host, targets = "engine", ("worker", "engine")
            if target in ("train", "up", "engine"):
                self._serve(host)
            elif target == "dashboard":
                self._wait_until_served()
        self._serve("up" if host == "up" else "engine")
        return self._wait(run_id, lambda row: row.state in ENDED), spent, orphans

    def _await_moment(self, run_id: str, draw: random.Random, *, ends_attempt: bool = True) -> bool:
        """Wait for a drawn moment of an attempt that was not killed yet; False where the run ended before.

        What ends an attempt comes before its first checkpoint twice in a row at most: three times would fail the run.
        """
        early, delay = draw.random() < AT_START, draw.random()
        run = self._wait(
            run_id, lambda row: row.state in ENDED or (row.pid is not None and row.attempt > self._last_attempt)
        )
        early &= run.attempt - 1 - self._newest_attempt(run_id) < 2
        if ends_attempt and not early:
            self._wait(run_id, self._ended_or_advanced)
        time.sleep(delay * (4.0 if early else 1.0))
        return runs.get(self._db, run_id).state == "running"

    def _newest_attempt(self, run_id: str) -> int:
        """The attempt that wrote the newest checkpoint; 0 where there is none."""
        checkpoints = runs.checkpoints(self._db, run_id)
        return checkpoints[-1].attempt if checkpoints else 0

    def _ended_or_advanced(self, row: Run) -> bool:
        """Whether the run ended, or its present attempt has written a checkpoint."""
        return row.state in ENDED or self._newest_attempt(row.id) == row.attempt

    def _strike(self, target: str, run_id: str) -> bool:
        """Send SIGKILL; False where the process was gone already."""
        run = runs.get(self._db, run_id)
        try:
            victim = run.pid if target == "worker" else self._child("-m app ") if target == "dashboard" else None
            if victim is None and target in ("worker", "dashboard"):
                return False
            self._family = []
            if victim is not None:
                os.kill(victim, signal.SIGKILL)
            else:
                assert self._host is not None
                self._family = psutil.Process(self._host.pid).children(recursive=True)
                self._host.kill()
                self._host.wait()
        except (ProcessLookupError, psutil.NoSuchProcess):
            return False
        if target != "dashboard":
            self._last_attempt = run.attempt
        return True

    def _orphans(self) -> int:
        """How many descendants of the killed process live on; `train`'s may: they save first."""
        started_by_train = any("supervisor" in " ".join(_words(process)) for process in self._family)
        _gone, alive = psutil.wait_procs(self._family, PATIENCE_SECONDS if started_by_train else ORPHAN_SECONDS)
        return len(alive)

    def _child(self, words: str) -> int | None:
        assert self._host is not None
        for process in psutil.Process(self._host.pid).children():
            if words in " ".join(_words(process)):
                return process.pid
        return None

    # Other disturbances

    def _paused_and_stopped(self, plan: Plan, expected: dict[str, Any]) -> bool:
        run_id = self._queue(plan, "engine")
        for request, state in (("pause", "paused"), ("stop", "stopped")):
            if not self._await_moment(run_id, plan.moments):
                break
            queue.request(self._db, run_id, request, time.time())
            halted = self._wait(run_id, lambda row, state=state: row.state in (state, "succeeded"))  # type: ignore[misc]
            self._last_attempt = halted.attempt
            if halted.state == "succeeded":
                break
            queue.resume(self._db, run_id, time.time())
        return self._ends_as(run_id, expected)

    def _locked(self, plan: Plan, expected: dict[str, Any]) -> bool:
        run_id = self._queue(plan, "engine")
        self._await_moment(run_id, plan.moments)
        holder = sqlite3.connect(self._root / "alignlab.db", timeout=60, isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        time.sleep(LOCKED_SECONDS)
        holder.execute("ROLLBACK")
        holder.close()
        return self._ends_as(run_id, expected)

    def _disk_full(self, plan: Plan, expected: dict[str, Any]) -> bool:
        run_id = self._queue(plan, "engine")
        self._await_moment(run_id, plan.moments)
        filling = self._root / "filling"
        with filling.open("wb", buffering=0) as file:
            for size in (1 << 20, 1 << 12):
                try:
                    while file.write(b"0" * size) == size:
                        pass
                except OSError:
                    continue
            pid = runs.get(self._db, run_id).pid
            limit = time.monotonic() + PATIENCE_SECONDS
            while pid is not None and runs.get(self._db, run_id).pid == pid and _lives(pid):
                file.write(b"0" * 4096) if _has_room(self._root) else None
                if time.monotonic() > limit:
                    return False
                time.sleep(0.05)
        commands = (["runs", "list"], ["runs", "show", run_id], ["data", "list"], ["clean"])
        answered = [self._alignlab(*command).returncode == 0 for command in commands]
        filling.unlink()
        ended = self._wait(run_id, lambda row: row.state in ENDED)
        if ended.state == "succeeded":
            return left_behind(self._db, run_id) == expected
        told = ended.state == "failed" and "disk is full" in english(ended.reason or ("", {}))
        queue.resume(self._db, run_id, time.time())
        return all(answered) and told and self._ends_as(run_id, expected)

    def _ends_as(self, run_id: str, expected: dict[str, Any]) -> bool:
        ended = self._wait(run_id, lambda row: row.state in ENDED)
        return ended.state == "succeeded" and left_behind(self._db, run_id) == expected

    # Processes

    def _submit(self, plan: Plan) -> Run:
        self._last_attempt = 0
        return tiny.submit(self._db, tiny.settings(self._model, "pairs", **plan.settings))

    def _queue(self, plan: Plan, host: str) -> str:
        run = self._submit(plan)
        self._serve(host)
        return run.id

    def _train(self, plan: Plan) -> str:
        """Start `alignlab train` on a run file, and return its run's id."""
        self._leave()
        known = {run.id for run in runs.listing(self._db)}
        self._last_attempt = 0
        file = Path(tempfile.mkstemp(suffix=".yaml")[1])
        file.write_text(yaml.safe_dump(tiny.settings(self._model, "pairs", **plan.settings)))
        self._host = self._start(ALIGNLAB, "train", str(file), "--json")
        limit = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < limit:
            if new := [run.id for run in runs.listing(self._db) if run.id not in known]:
                file.unlink()
                return new[0]
            if self._host.poll() is not None:  # on a machine this busy the check before launch may take too long
                self._host = self._start(ALIGNLAB, "train", str(file), "--json")
            time.sleep(0.05)
        raise TimeoutError("alignlab train queued no run")

    def _serve(self, host: str) -> None:
        """Let the process of this kind train, unless it runs already."""
        words = {
            "engine": [sys.executable, "-P", "-m", "engine.service", "--workspace", str(self._root)],
            "up": [ALIGNLAB, "up", "--no-browser", "--port", str(self._port), "--workspace", str(self._root)],
        }[host]
        if self._host is not None and self._host.poll() is None and self._host.args == words:
            return
        self._leave()
        self._host = self._start(*words)
        if host == "up":
            self._wait_until_served()

    def _start(self, *words: str) -> subprocess.Popen[bytes]:
        log = (self._root.parent / f"{self._root.name}.log").open("ab")
        environment = {**ENVIRONMENT, "ALIGNLAB_HOME": str(self._root)}
        with log:
            process = subprocess.Popen(words, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=environment)
        process.args = list(words)
        return process

    def _alignlab(self, *words: str) -> subprocess.CompletedProcess[str]:
        environment = {**ENVIRONMENT, "ALIGNLAB_HOME": str(self._root)}
        return subprocess.run([ALIGNLAB, *words], env=environment, capture_output=True, text=True, check=False)

    def _leave(self) -> None:
        """End the present host as a person would."""
        if self._host is not None and self._host.poll() is None:
            self._host.terminate()
            self._host.wait(PATIENCE_SECONDS)
        self._host = None

    def _wait_until_served(self) -> None:
        limit = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < limit:
            try:
                if httpx.get(f"http://127.0.0.1:{self._port}/_stcore/health", trust_env=False).is_success:
                    return
            except httpx.HTTPError:
                time.sleep(0.1)
        raise TimeoutError("the dashboard did not come back")

    def _wait(self, run_id: str, reached: Callable[[Run], bool]) -> Run:
        limit = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < limit:
            run = runs.get(self._db, run_id)
            if reached(run):
                return run
            time.sleep(0.01)
        log = self._db.workspace.log(run_id)
        raise TimeoutError(f"{json.dumps(run.state)} {run}\n{log.read_text()[-3000:] if log.exists() else 'no log'}")


def _words(process: psutil.Process) -> list[str]:
    try:
        return list(process.cmdline())
    except psutil.NoSuchProcess:
        return []


def _lives(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _has_room(folder: Path) -> bool:
    return psutil.disk_usage(str(folder)).free >= 1 << 16
