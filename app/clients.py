"""The two things behind every page and command: the storage of this workspace, and the engine's service.

Loads no Streamlit, since the command line uses it too. Left out: launching runs (`engine.launch`) and anything shown.
"""

import json
import os
import shlex
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import httpx

from storage.database import Database, connect
from storage.workspace import Workspace, locate
from words import N_, Explained

HEALTH_SECONDS = 1.0
OFF = N_("The engine is off.")
ANSWER_SECONDS = 60.0  # a preflight may ask the hub, and reads the whole dataset


class EngineError(Explained):
    """The engine gave no usable answer, and why."""


def workspace() -> Workspace:
    """The workspace of this process: ALIGNLAB_HOME, or found as storage says."""
    return locate()


def engine_command() -> str:
    """The command that starts the engine of this workspace from any folder."""
    return f"alignlab engine --workspace {shlex.quote(str(workspace().root))}"


def database() -> Database:
    """The storage of the workspace, opened once a process."""
    return _connected(workspace())


@cache
def _connected(place: Workspace) -> Database:
    return connect(place)


def engine() -> "EngineClient":
    """The engine of the workspace, whether it runs or not."""
    return EngineClient(workspace())


@dataclass(frozen=True)
class EngineClient:
    """Speaks to the service of a running engine; what it can answer without one, it asks of a child process."""

    workspace: Workspace

    def health(self) -> dict[str, Any] | None:
        """What the engine says of itself, or None when it is off."""
        try:
            return self._ask("GET", "/health", seconds=HEALTH_SECONDS)
        except EngineError:
            return None

    def preflight(self, spec: dict[str, Any]) -> dict[str, Any]:
        """Problems, warnings and estimate of a run before it is launched. Raises EngineError."""
        if self.health() is not None:
            return self._ask("POST", "/preflight", {"spec": spec})
        answer: dict[str, Any] = json.loads(self._child("engine.runtime.preflight.check", read=json.dumps(spec)))
        return answer

    def bring_samples(self) -> None:
        """Import the datasets that ship with the product and this workspace lacks. Raises EngineError."""
        self._child("engine.starter.install", "--again")

    def bring_example(self) -> str:
        """Bring in the recorded study that ships with the product, once; its id. Raises EngineError."""
        return self._child("engine.starter.install", "--example").strip()

    def preview(self, request: dict[str, Any]) -> dict[str, Any]:
        """One item with its trained tokens marked. Needs a running engine: raises EngineError."""
        return self._ask("POST", "/preview", request)

    def _ask(
        self, method: str, path: str, body: dict[str, Any] | None = None, seconds: float = ANSWER_SECONDS
    ) -> dict[str, Any]:
        address = self._address()
        try:
            # trust_env off: a proxy of the environment must never see the token
            with httpx.Client(timeout=seconds, trust_env=False) as http:
                answer = http.request(
                    method,
                    address["url"] + path,
                    json=body,
                    headers={"Authorization": f"Bearer {address['token']}"},
                )
                answer.raise_for_status()
                content: dict[str, Any] = answer.json()
        except httpx.HTTPStatusError as error:
            msgid = N_("The engine answered {path} with status {status}.")
            raise EngineError(msgid, path=path, status=error.response.status_code) from error
        except httpx.ConnectError as error:
            raise EngineError(OFF) from error
        except httpx.TimeoutException as error:
            raise EngineError(N_("The engine gave no answer within {seconds} s."), seconds=f"{seconds:.0f}") from error
        except (httpx.HTTPError, ValueError) as error:
            raise EngineError(N_("The engine's answer could not be read: {error}"), error=str(error)) from error
        return content

    def _address(self) -> dict[str, str]:
        try:
            address: dict[str, str] = json.loads(Path(self.workspace.engine_file).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise EngineError(OFF) from error
        return address

    def _child(self, module: str, *arguments: str, read: str = "") -> str:
        """What a module of the engine prints when it reads `read`."""
        # -P, for its own children too: a stray engine.py in the current folder is never run
        safe = {**os.environ, "PYTHONSAFEPATH": "1"}
        command = [sys.executable, "-P", "-m", module, "--workspace", str(self.workspace.root), *arguments]
        try:
            done = subprocess.run(
                command, input=read, env=safe, capture_output=True, text=True, timeout=ANSWER_SECONDS, check=False
            )
        except subprocess.TimeoutExpired as error:
            msgid = N_("{module} gave no answer within {seconds} s.")
            raise EngineError(msgid, module=module, seconds=f"{ANSWER_SECONDS:.0f}") from error
        if done.returncode != 0:
            said = done.stderr.strip().splitlines()
            last = said[-1] if said else f"status {done.returncode}"
            raise EngineError(N_("{module} ended without an answer: {last}"), module=module, last=last)
        return done.stdout
