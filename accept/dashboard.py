"""A dashboard that the acceptance scripts kill and start again at the same address, with what that costs."""

import subprocess
import sys
import time
from pathlib import Path

import psutil

from accept.report import ROOT
from tests.e2e.conftest import free_port, wait_for

PATIENCE_SECONDS = 600  # 3 on a machine that does nothing else


class Dashboard:
    """A child process that serves a workspace. `starting_seconds` has the seconds of each start until it answers."""

    def __init__(self, root: Path) -> None:
        self.root, self.port = root, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.starting_seconds: list[float] = []
        self._ended_cpu_seconds = 0.0
        self.start()

    @property
    def cpu_seconds(self) -> float:
        """Processor seconds of all its processes so far."""
        return self._ended_cpu_seconds + (self._own_cpu_seconds() if self.process.poll() is None else 0.0)

    def start(self) -> None:
        """Start it, and wait until it answers. Raises TimeoutError."""
        began = time.monotonic()
        command = [sys.executable, "-P", "-m", "app", "--workspace", str(self.root), "--port", str(self.port)]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(f"{self.url}/alignlab/workspace", PATIENCE_SECONDS)
        self.starting_seconds.append(round(time.monotonic() - began, 2))

    def kill(self) -> None:
        """End it at once, as by kill -9."""
        self._ended_cpu_seconds += self._own_cpu_seconds()
        self.process.kill()
        self.process.wait()

    def _own_cpu_seconds(self) -> float:
        times = psutil.Process(self.process.pid).cpu_times()
        return float(times.user + times.system)
