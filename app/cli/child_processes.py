"""Child processes: the engine and the dashboard, whose packages the command line itself never loads."""

import os
import subprocess
import sys

from app.cli.output import Failure

STDERR = 2  # the file, whatever sys.stderr is


def arguments(module: str, *options: str) -> list[str]:
    """How a module of ours is started: -P, so that a stray engine.py in the current folder is never run."""
    return [sys.executable, "-P", "-m", module, *options]


def environment() -> dict[str, str]:
    """Ours, safe for children of children too."""
    return {**os.environ, "PYTHONSAFEPATH": "1"}


def start(module: str, *options: str) -> subprocess.Popen[bytes]:
    """A child in a session of its own: Ctrl-C reaches only us, and we say when it ends. Its words go to stderr."""
    return subprocess.Popen(
        arguments(module, *options),
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=STDERR,
        start_new_session=True,
    )


def end(child: subprocess.Popen[bytes], seconds: float) -> None:
    """Ask it to leave, and after so many seconds make it."""
    child.terminate()
    try:
        child.wait(seconds)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def finish(module: str, *options: str) -> str:
    """Run a child to its end and return what it wrote. Raises Failure with its last words."""
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
    """Turn this process into the module's; does not return."""
    os.execve(sys.executable, arguments(module, *options), environment())
