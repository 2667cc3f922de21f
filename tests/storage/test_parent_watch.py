"""A process ends with the one that started it, whichever way that ends."""

import os
import signal
import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow

CHILD = (
    "import os, time; from storage import parent_watch as w; w.exit_with_parent(os.getppid()); print(1); time.sleep(99)"
)
PARENT = f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {CHILD!r}]); time.sleep(99)"


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_child_does_not_outlive_its_parent(number: int):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, env=environment) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"1\n"
        parent.send_signal(number)
        assert parent.stdout.read() == b"", "the pipe is closed when the child, too, is gone"
