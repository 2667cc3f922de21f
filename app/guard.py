"""The guard in front of every route: who may reach it, name which host, and change something; the safety headers.

Streamlit checks hosts and origins of its websocket only; this covers pages, files and our own routes too, so that a
foreign page can neither rebind its name to this machine nor post to it. Left out: sign-in.
"""

import ipaddress
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = ("127.0.0.1", "localhost", "::1")
EXPOSED = (
    "The dashboard has no sign-in yet, so it is not served on {host}, where others could reach it: leave --host away, "
    "and reach it from another machine through a tunnel (ssh -L 8501:127.0.0.1:8501 HOST)."
)
READS = ("GET", "HEAD", "OPTIONS")
SAFETY_HEADERS = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Streamlit loads components' scripts as blobs and Plotly builds functions from text; nothing comes from elsewhere.
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; media-src 'self' data: blob:; worker-src 'self' blob:; "
        "connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
    ),
}


UNREADABLE = "["  # no host
OUR_ROUTES = "/alignlab/"  # some of them put work to the engine: another site's page must not ask


def is_loopback(host: str) -> bool:
    """Whether only this machine itself can reach the address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Guard:
    """ASGI middleware. Refuses with 403, before anything of the page is computed."""

    def __init__(self, app: ASGIApp, hosts: Iterable[str] = LOOPBACK) -> None:
        self.app = app
        self.hosts = frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if not self._host_is_ours(headers):
            await _refuse("This address is not served here.", scope, receive, send)
        elif _origin(headers) == UNREADABLE:
            await _refuse("The header Origin holds no address.", scope, receive, send, status=400)
        elif (_changes(scope) or scope["path"].startswith(OUR_ROUTES)) and not _origin_is_ours(headers):
            await _refuse("This is answered to the dashboard's own pages only.", scope, receive, send)
        else:
            await self.app(scope, receive, _with_safety_headers(send))

    def _host_is_ours(self, headers: Headers) -> bool:
        return _host_name(headers.get("host", "")) in self.hosts


def _host_name(netloc: str) -> str | None:
    try:
        return urlsplit(f"//{netloc}").hostname
    except ValueError:  # such as an unclosed [::1
        return None


def _changes(scope: Scope) -> bool:
    return scope["type"] == "websocket" or scope["method"] not in READS


def _origin_is_ours(headers: Headers) -> bool:
    """Whether the request comes from our own page. True without an Origin: browsers send one with every change."""
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = _origin(headers)
    return origin is None or origin == headers.get("host")


def _origin(headers: Headers) -> str | None:
    """The host that the header Origin names; None without the header."""
    origin = headers.get("origin")
    try:
        return None if origin is None else urlsplit(origin).netloc
    except ValueError:  # such as http://[
        return UNREADABLE


async def _refuse(reason: str, scope: Scope, receive: Receive, send: Send, status: int = 403) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": reason})
    else:
        await PlainTextResponse(reason, status_code=status)(scope, receive, send)


def _with_safety_headers(send: Send) -> Send:
    async def guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(SAFETY_HEADERS)
        await send(message)

    return guarded
