"""Starts a worker as a process of this machine. Its output goes to the run's log, never to a pipe nobody reads."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from storage.files import owner_only
from storage.records import Lease
from storage.workspace import Workspace

# Threads that spin while they wait make small models a hundred times slower as soon as anything else uses the cores.
ENVIRONMENT = {"OMP_WAIT_POLICY": "PASSIVE"}


@dataclass
class Child:
    """A worker process and the lease it works under.

    `late_since` is when that was first seen to have run out; `asked` is whether the process was asked to leave.
    """

    lease: Lease
    process: subprocess.Popen[bytes]
    late_since: float | None = None
    asked: bool = False

    @property
    def pid(self) -> int:
        """The process id."""
        return self.process.pid

    @property
    def exit_status(self) -> int | None:
        """None while it lives; minus the signal number where a signal ended it."""
        return self.process.poll()

    def ask_to_leave(self) -> None:
        """Save and give the run back: the worker's answer to SIGTERM."""
        if self.exit_status is None:
            self.asked = True
            self.process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Send SIGKILL and return at once: a process that hangs in a driver may exit late."""
        self.process.kill()

    def end(self, seconds: float) -> None:
        """Wait for it to leave, and end it when it has not left after `seconds`."""
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def start(workspace: Workspace, lease: Lease) -> Child:
    """Start the worker of one attempt."""
    log = workspace.log(lease.run_id)
    log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(log, "ab", opener=owner_only) as output:
        output.write(f"--- attempt {lease.attempt}, {time.strftime('%Y-%m-%d %H:%M:%S')}\n".encode())
        output.flush()
        process = subprocess.Popen(
            _command(workspace.root, lease),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**ENVIRONMENT, **os.environ, "PYTHONSAFEPATH": "1", "PYTHONUNBUFFERED": "1"},
            start_new_session=True,  # Ctrl-C is for the engine, which lets its workers save
        )
    return Child(lease, process)


def _command(root: Path, lease: Lease) -> list[str]:
    words = ["--workspace", root, "--run", lease.run_id, "--attempt", lease.attempt, "--parent", os.getpid()]
    return [sys.executable, "-P", "-m", "engine.runtime.run.worker", *map(str, words)]
