"""Child processes: the engine and the dashboard, whose packages the command line itself never loads."""

import os
import subprocess
import sys

from app.cli.output import Failure

STDERR = 2  # the file, whatever sys.stderr is


def arguments(module: str, *options: str) -> list[str]:
    """The command line that starts a module of ours; -P keeps a stray engine.py in the current folder from running."""
    return [sys.executable, "-P", "-m", module, *options]


def environment() -> dict[str, str]:
    """The environment of this process, with PYTHONSAFEPATH set for the children of children too."""
    return {**os.environ, "PYTHONSAFEPATH": "1"}


def start(module: str, *options: str) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own, so that Ctrl-C reaches only us. Its output goes to stderr."""
    return subprocess.Popen(
        arguments(module, *options),
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=STDERR,
        start_new_session=True,
    )


def end(child: subprocess.Popen[bytes], seconds: float) -> None:
    """Send SIGTERM, and kill the child if it is still alive after `seconds`."""
    child.terminate()
    try:
        child.wait(seconds)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def finish(module: str, *options: str) -> str:
    """Run a child to its end and return its stdout. Raises Failure with the last line of its stderr."""
    process = subprocess.run(
        arguments(module, *options),
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if process.returncode:
        last = process.stderr.strip().splitlines() or [f"{module} ended with code {process.returncode}"]
        raise Failure(last[-1])
    return process.stdout


def exec_module(module: str, *options: str) -> None:
    """Replace this process with one that runs the module (execve); does not return."""
    os.execve(sys.executable, arguments(module, *options), environment())
