"""The two things behind every page and command: the storage of this workspace, and the engine's service.

No Streamlit here: the command line uses it too. Left out: launching runs (`engine.launch`) and anything shown.
"""

import json
import os
import shlex
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import httpx
import psutil
from pydantic import ValidationError

from engine.spec.answers import (
    EngineAddress,
    Health,
    Message,
    PreflightAnswer,
    Preview,
    PreviewRequest,
    TemplateCheck,
    TemplateCheckRequest,
)
from storage import file_locks
from storage.database import Database, connect
from storage.workspace import Workspace, locate
from words import N_, Explained

HEALTH_SECONDS = 1.0
OFF = N_("The engine is off.")
STARTING = N_("The engine is starting.")
SILENT = N_("The engine does not answer just now.")
ANSWER_SECONDS = 60.0  # a preflight may ask the hub, and reads the whole dataset

_Message = TypeVar("_Message", bound=Message)


class EngineError(Explained):
    """The engine gave no answer that can be used, and why."""


def workspace() -> Workspace:
    """The workspace of this process: ALIGNLAB_HOME, or found as storage says."""
    return locate()


def engine_command() -> str:
    """What starts the engine of this very workspace, from whatever folder."""
    return f"alignlab engine --workspace {shlex.quote(str(workspace().root))}"


def database() -> Database:
    """The storage of the workspace, opened once a process."""
    return _connected(workspace())


@cache
def _http() -> httpx.Client:
    """One client a process: a new one reads all certificates, 20 ms of processor for every question of a page.

    No connection is kept, since an engine that starts again closes it. trust_env is off: a proxy of the environment
    must never see the token.
    """
    return httpx.Client(trust_env=False, limits=httpx.Limits(max_keepalive_connections=0))


@cache
def _connected(folder: Workspace) -> Database:
    return connect(folder)


def engine() -> "EngineClient":
    """The engine of the workspace, whether it runs or not."""
    return EngineClient(workspace())


@dataclass(frozen=True)
class EngineClient:
    """Asks the service of a running engine; what needs no running engine, it asks a child process."""

    workspace: Workspace

    def health(self) -> Health | None:
        """What the engine says of itself, or None when it is off, or something else answers at its address."""
        try:
            return _read(Health, "/health", self._request("GET", "/health", seconds=HEALTH_SECONDS))
        except EngineError:
            return None

    def soon(self) -> str | None:
        """What keeps an engine from answering that is expected to; None where it is off and a person must start it."""
        runs = file_locks.is_held(self.workspace.engine_lock)
        if runs and psutil.pid_exists(self._published_pid()):
            return SILENT
        return STARTING if runs or file_locks.is_held(self.workspace.up_lock) else None

    def preflight(self, spec: dict[str, Any]) -> PreflightAnswer:
        """Problems, warnings and estimate of a run before it is launched. Raises EngineError."""
        if self.health() is not None:
            return _read(PreflightAnswer, "/preflight", self._request("POST", "/preflight", {"spec": spec}))
        module = "engine.runtime.preflight.check"
        return _read(PreflightAnswer, module, self._child(module, stdin=json.dumps(spec)))

    def bring_samples(self) -> None:
        """Import the datasets that ship with the product and this workspace lacks. Raises EngineError."""
        self._child("engine.starter.install", "--again")

    def bring_example(self) -> str:
        """Bring in the recorded study that ships with the product, once; its id. Raises EngineError."""
        return self._child("engine.starter.install", "--example").strip()

    def preview(self, request: PreviewRequest) -> Preview:
        """One item with its trained tokens marked. Needs a running engine: raises EngineError."""
        return _read(Preview, "/preview", self._request("POST", "/preview", request.to_json()))

    def template_check(self, request: TemplateCheckRequest) -> TemplateCheck:
        """The prompts that a model cannot read. Needs a running engine: raises EngineError."""
        return _read(TemplateCheck, "/template-check", self._request("POST", "/template-check", request.to_json()))

    def _request(
        self, method: str, path: str, body: dict[str, Any] | None = None, seconds: float = ANSWER_SECONDS
    ) -> bytes:
        """The body of the engine's answer. Raises EngineError."""
        address = self._address()
        try:
            authorization = {"Authorization": f"Bearer {address.token}"}
            answer = _http().request(method, address.url + path, json=body, headers=authorization, timeout=seconds)
            answer.raise_for_status()
        except httpx.HTTPStatusError as error:
            msgid = N_("The engine answered {path} with status {status}.")
            raise EngineError(msgid, path=path, status=error.response.status_code) from error
        except httpx.ConnectError as error:
            raise EngineError(OFF) from error
        except httpx.TimeoutException as error:
            raise EngineError(N_("The engine gave no answer within {seconds} s."), seconds=f"{seconds:.0f}") from error
        except httpx.HTTPError as error:
            raise EngineError(N_("The engine's answer could not be read: {error}"), error=str(error)) from error
        return answer.content

    def _published_pid(self) -> int:
        """The process that published its address last; -1 where none did."""
        try:
            return self._address().pid
        except EngineError:
            return -1

    def _address(self) -> EngineAddress:
        try:
            return EngineAddress.model_validate_json(Path(self.workspace.engine_file).read_bytes())
        except (OSError, ValidationError) as error:
            raise EngineError(OFF) from error

    def _child(self, module: str, *arguments: str, stdin: str = "") -> str:
        """What a module of the engine prints. Raises EngineError."""
        # -P, for its own children too: a stray engine.py in the current folder is never run
        environ = {**os.environ, "PYTHONSAFEPATH": "1"}
        command = [sys.executable, "-P", "-m", module, "--workspace", str(self.workspace.root), *arguments]
        try:
            process = subprocess.run(
                command, input=stdin, env=environ, capture_output=True, text=True, timeout=ANSWER_SECONDS, check=False
            )
        except subprocess.TimeoutExpired as error:
            msgid = N_("{module} gave no answer within {seconds} s.")
            raise EngineError(msgid, module=module, seconds=f"{ANSWER_SECONDS:.0f}") from error
        if process.returncode != 0:
            lines = process.stderr.strip().splitlines()
            last = lines[-1] if lines else f"status {process.returncode}"
            raise EngineError(N_("{module} ended without an answer: {last}"), module=module, last=last)
        return process.stdout


def _read(message: type[_Message], source: str, body: str | bytes) -> _Message:
    """The message that a route or a module gave as JSON. Raises EngineError."""
    try:
        return message.model_validate_json(body)
    except ValidationError as error:
        key = ".".join(str(step) for step in error.errors()[0]["loc"]) or message.__name__
        msgid = N_(
            "The engine's answer to {source} does not fit this version of AlignLab ({key}): "
            "stop the engine and start it again."
        )
        raise EngineError(msgid, source=source, key=key) from error
