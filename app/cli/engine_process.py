"""Keeps one engine of a workspace alive beside the dashboard, for `alignlab up`."""

import subprocess

from app.cli import child_processes
from app.cli.output import note
from app.clients import EngineClient

LEAVE_SECONDS = 150.0  # the engine lets its workers save first
HEALTHY_SECONDS = 60.0  # an engine that lived so long is started again without growing delay
LONGEST_DELAY_SECONDS = 30.0
FOREIGN_SECONDS = 5.0  # between two questions to an engine that is not ours


class EngineProcess:
    """Uses an engine that already runs; restarts its own engine after 1, 2, 4 ... at most 30 seconds when it dies."""

    def __init__(self, client: EngineClient) -> None:
        self._client = client
        self._child: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0
        self._due_at = 0.0
        self._delay_seconds = 1.0

    def poll(self, now: float) -> None:
        """Start an engine if none runs and the restart delay is over. `now` is monotonic."""
        if self._child is not None and self._child.poll() is not None:
            self._schedule_restart(self._child.returncode, now)
        if self._child is not None or now < self._due_at:
            return
        if self._client.health() is not None:
            self._due_at = now + FOREIGN_SECONDS
            return
        self._started_at = now
        self._child = child_processes.start("engine.service", "--workspace", str(self._client.workspace.root))

    def end(self) -> None:
        """Stop the engine that this object started; an engine that was running before stays."""
        if self._child is not None:
            child_processes.end(self._child, LEAVE_SECONDS)

    def _schedule_restart(self, status: int, now: float) -> None:
        self._child = None
        if now - self._started_at >= HEALTHY_SECONDS:
            self._delay_seconds = 1.0
        self._due_at = now + self._delay_seconds
        note(f"The engine ended with code {status}; starting it again in {self._delay_seconds:.0f} s.")
        self._delay_seconds = min(2 * self._delay_seconds, LONGEST_DELAY_SECONDS)
