"""Where the engine of a workspace answers: engine.json with url, token and pid, and the lock that admits one engine."""

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from engine.spec.answers import EngineAddress
from storage import file_locks
from storage.files import owner_only
from storage.workspace import Workspace
from words import N_, Text


class AlreadyRunning(Exception):
    """Another engine serves this workspace. `text` is one sentence for a person."""

    def __init__(self, workspace: Workspace) -> None:
        self.text: Text = (N_("An engine is already running for the workspace {root}."), {"root": str(workspace.root)})
        super().__init__(f"an engine is already running for the workspace {workspace.root}")


@contextmanager
def only_engine(workspace: Workspace) -> Iterator[None]:
    """Hold the workspace for this process; the lock goes with the process, however it ends. Raises AlreadyRunning."""
    with ExitStack() as stack:
        try:
            stack.enter_context(file_locks.exclusive(workspace.engine_lock))
        except file_locks.Held:
            raise AlreadyRunning(workspace) from None
        yield


@contextmanager
def published(workspace: Workspace, port: int, token: str) -> Iterator[None]:
    """Let clients find this process. Whoever can read the file may use the service, so only its owner can."""
    file = workspace.engine_file
    draft = file.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    address = EngineAddress(url=f"http://127.0.0.1:{port}", token=token, pid=os.getpid())
    with open(draft, "w", opener=owner_only) as output:
        json.dump(address.to_json(), output)
    draft.rename(file)  # in place of what a killed engine left behind
    try:
        yield
    finally:
        file.unlink(missing_ok=True)
