"""The service's routes, plain functions in a pool of threads. Every answer is JSON; every request carries the token."""

import json
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from os import getpid
from typing import Any

from anyio import from_thread
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from engine.runtime.engine.supervisor import Supervisor
from engine.runtime.preflight.check import preflight
from engine.runtime.preflight.refused_items import check_dataset
from engine.service.preview import preview
from engine.spec.answers import (
    Health,
    Message,
    PreflightAnswer,
    Preview,
    PreviewRequest,
    TemplateCheck,
    TemplateCheckRequest,
)
from engine.spec.bounds import check_bounds
from storage.database import Database

MOST_BYTES = 4_000_000
LONGEST_CAUSE = 300
Answer = Callable[[Mapping[str, Any]], Message]


@dataclass(frozen=True)
class Service:
    """What the routes answer from."""

    db: Database
    supervisor: Supervisor
    token: str
    host: str
    device: str
    started_at: float = field(default_factory=time.time)

    def application(self) -> Starlette:
        """The ASGI application. Its Host check keeps a web page of another site from reaching it by a rebound name."""
        routes = [
            Route("/health", self._guarded(self.health)),
            Route("/preflight", self._guarded(self.preflight), methods=["POST"]),
            Route("/preview", self._guarded(self.preview), methods=["POST"]),
            Route("/template-check", self._guarded(self.template_check), methods=["POST"]),
        ]
        hosts = Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])
        return Starlette(routes=routes, middleware=[hosts])

    def health(self, _body: Mapping[str, Any]) -> Health:
        """That the engine is alive, and what it does."""
        return Health(
            state="alive",
            pid=getpid(),
            host=self.host,
            device=self.device,
            version=_version(),
            started_at=self.started_at,
            running=tuple(self.supervisor.running()),
        )

    def preflight(self, body: Mapping[str, Any]) -> PreflightAnswer:
        """What is wrong with the run file of the body, and what the run would cost."""
        return preflight(self.db, body["spec"])

    def preview(self, body: Mapping[str, Any]) -> Preview:
        """The item that the body names, as the model sees it."""
        return preview(self.db, PreviewRequest.model_validate(body))

    def template_check(self, body: Mapping[str, Any]) -> TemplateCheck:
        """The prompts that a model's chat template refuses, of the dataset that the body names."""
        return check_dataset(self.db, TemplateCheckRequest.model_validate(body))

    def _guarded(self, answer: Answer) -> Callable[[Request], JSONResponse]:
        """The route of an answer: refuses a wrong token, and bodies that are no JSON object with what is needed."""

        def route(request: Request) -> JSONResponse:
            authorization = request.headers.get("authorization", "").encode()  # bytes: of text, only ASCII is compared
            if not secrets.compare_digest(authorization, f"Bearer {self.token}".encode()):
                return JSONResponse({"error": "wrong token"}, 401)
            try:
                body = _body(request) if request.method == "POST" else {}
                return JSONResponse(answer(body).to_json())
            except (ValueError, KeyError, TypeError, RecursionError) as error:
                cause = ascii(error)[:LONGEST_CAUSE]  # it may repeat what was sent
                return JSONResponse({"error": f"not a request this service knows: {cause}"}, 400)

        return route


def _body(request: Request) -> Mapping[str, Any]:
    """The JSON object that was sent. Raises ValueError where it is none, or too large; RecursionError too deep."""
    content, parts = bytearray(), request.stream()
    while (part := from_thread.run(anext, parts, None)) is not None:
        content += part
        if len(content) > MOST_BYTES:
            raise ValueError(f"more than {MOST_BYTES:,} bytes")
    body = json.loads(content)
    if not isinstance(body, dict):
        raise ValueError("no JSON object")
    check_bounds(body)
    return body


def _version() -> str:
    try:
        return version("alignlab")
    except PackageNotFoundError:  # run from a checkout that was not installed
        return "0"
