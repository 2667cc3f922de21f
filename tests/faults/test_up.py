"""`alignlab up` and its children: a dashboard that is killed comes back, and nothing outlives `up`, however it ends."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from storage.database import connect
from storage.workspace import Workspace

pytestmark = pytest.mark.faults

MAIN = "import sys; from app.cli import main; sys.exit(main())"
SECONDS = 120


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[psutil.Process, str]]:
    """The process of `up` and its address."""
    db = connect(Workspace(tmp_path / "workspace"))
    (db.workspace.datasets / "shipped.json").write_text("[]")
    db.close()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [sys.executable, "-P", "-c", MAIN, "up", "--no-browser", "--json", "--port", str(port)]
    environment = {**os.environ, "ALIGNLAB_HOME": str(db.workspace.root), "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as up:
        assert up.stdout is not None
        yield psutil.Process(up.pid), json.loads(up.stdout.readline())["url"]
        up.kill()


def child(up: psutil.Process, module: str) -> psutil.Process:
    """Its child that runs the module, once it has one."""
    limit = time.monotonic() + SECONDS
    while time.monotonic() < limit:
        for process in up.children():
            if f"-m {module} " in " ".join(process.cmdline()):
                return process
        time.sleep(0.1)
    raise AssertionError(f"no child runs {module}")


def test_a_dashboard_that_is_killed_comes_back_at_its_address(served: tuple[psutil.Process, str]):
    up, address = served
    first = child(up, "app")
    first.kill()
    first.wait(SECONDS)
    assert child(up, "app").pid != first.pid
    limit, status = time.monotonic() + SECONDS, 0
    while status != 200 and time.monotonic() < limit:
        try:
            status = httpx.get(f"{address}/alignlab/workspace", trust_env=False).status_code
        except httpx.TransportError:
            time.sleep(0.1)
    assert status == 200


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_its_children_end_with_it(served: tuple[psutil.Process, str], number: int):
    up, _ = served
    family = [child(up, "app"), child(up, "engine.service")]
    up.send_signal(number)
    assert psutil.wait_procs(family, SECONDS)[1] == []
