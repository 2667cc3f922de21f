"""Ends a process with the one that started it: what serves a workspace must not outlive who looks after it.

An orphaned worker would train a run that others claim; an orphaned engine or dashboard would hold lock and port.
"""

import ctypes
import os
import signal
import sys
import threading
import time

CHECK_SECONDS = 0.5
_PR_SET_PDEATHSIG = 1


def exit_with_parent(parent: int) -> None:
    """End this process, without cleaning up, as soon as process `parent` is gone."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    # Elsewhere there is no such signal, and on Linux the parent may have died before it was asked for.
    threading.Thread(target=_watch, args=(parent,), name="parent", daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(CHECK_SECONDS)
    os._exit(70)
