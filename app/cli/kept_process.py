"""A child process that `alignlab up` keeps alive: started again when it ends, and given up when that does not help."""

import os
import subprocess

from app.cli import child_processes
from app.cli.output import note

HEALTHY_SECONDS = 60.0  # a child that lived so long is started again without growing delay
LONGEST_DELAY_SECONDS = 30.0
MOST_QUICK_DEATHS = 8


class KeptProcess:
    """Starts a module again after 1, 2, 4 ... at most 30 s when it ends; gives up after 8 quick deaths in a row."""

    def __init__(self, name: str, module: str, *options: str) -> None:
        self.given_up = False
        self._name = name
        self._command = (module, *options, "--parent", str(os.getpid()))
        self._child: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0
        self._due_at = 0.0
        self._quick_deaths = 0

    @property
    def exit_status(self) -> int | None:
        """How the present child ended; None while there is none, or it lives."""
        return None if self._child is None else self._child.poll()

    def start(self, now: float) -> None:
        """Start it for the first time, or again. `now` is monotonic."""
        self._started_at = now
        self._child = child_processes.start(*self._command)

    def poll(self, now: float) -> bool:
        """Look at the child, and say when it ended. True when one should be started now."""
        if self._child is not None and self._child.poll() is not None:
            self._schedule_restart(self._child.returncode, now)
        return self._child is None and not self.given_up and now >= self._due_at

    def end(self, seconds: float) -> None:
        """Stop the child, which has `seconds` to leave by itself."""
        if self._child is not None:
            child_processes.end(self._child, seconds)

    def _schedule_restart(self, status: int, now: float) -> None:
        self._child = None
        self._quick_deaths = 1 if now - self._started_at >= HEALTHY_SECONDS else self._quick_deaths + 1
        if self._quick_deaths >= MOST_QUICK_DEATHS:
            self.given_up = True
            times = f"{self._name} ended {self._quick_deaths} times soon after its start (last with code {status})"
            note(f"{times}, so it is not started again. What it printed above says why.")
            return
        delay = min(2.0 ** (self._quick_deaths - 1), LONGEST_DELAY_SECONDS)
        self._due_at = now + delay
        note(f"{self._name} ended with code {status}; starting it again in {delay:.0f} s.")
