"""The engine beside the dashboard of `alignlab up`: one that runs already is used, else one is started and kept."""

from contextlib import ExitStack

from app.cli.kept_process import KeptProcess
from app.clients import EngineClient
from storage import file_locks

LEAVE_SECONDS = 150.0  # the engine lets its workers save first
FOREIGN_SECONDS = 5.0  # between two questions to an engine that is not ours


class EngineProcess:
    """Keeps one engine of a workspace alive. While it does so it holds a lock that tells pages to expect an engine."""

    def __init__(self, client: EngineClient) -> None:
        self._client = client
        self._kept = KeptProcess("The engine", "engine.service", "--workspace", str(client.workspace.root))
        self._due_at = 0.0
        self._promise = ExitStack()
        self._promise.enter_context(file_locks.shared(client.workspace.up_lock))

    def poll(self, now: float) -> None:
        """Start an engine if none runs and one is due. `now` is monotonic."""
        due = self._kept.poll(now)
        if self._kept.given_up:
            self._promise.close()
        if not due or now < self._due_at:
            return
        if file_locks.is_held(self._client.workspace.engine_lock):
            self._due_at = now + FOREIGN_SECONDS
            return
        self._kept.start(now)

    def end(self) -> None:
        """Stop the engine that this object started; an engine that was running before stays."""
        self._promise.close()
        self._kept.end(LEAVE_SECONDS)
