"""The guard in front of every route: who may reach it, name which host, and change something; the safety headers.

Streamlit checks hosts and origins of its websocket only; this covers pages, files and our own routes too, so that a
foreign page can neither rebind its name to this machine nor post to it. Left out: sign-in (`app.sign_in.gate`).
"""

import ipaddress
import socket
from collections.abc import Iterable
from urllib.parse import urlsplit

import psutil
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.sign_in import addresses
from app.sign_in.addresses import OUR_ROUTES, READS
from app.sign_in.refusal import RefusalResponse
from words import N_

LOOPBACK = ("127.0.0.1", "localhost", "::1")
EXPOSED = (
    "{host} can be reached by others, and this workspace has no account yet: make the first one with "
    "alignlab users add NAME --role admin, or leave --host and --public-url away."
)
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
# a mail or a chat may link to them; the other routes of ours, some of which put work to the engine, no site may ask
LINKED_PAGES = (addresses.SIGN_IN, addresses.ACCOUNT, addresses.INVITATION.rstrip("/"))
FORM_PAGES = (*LINKED_PAGES, addresses.FIRST_ACCOUNT)  # their forms carry a token, in place of our header
OWN_SCRIPT = "x-alignlab"  # no form can send a header, and no other site's script may send this one


def own_hosts(host: str) -> frozenset[str]:
    """The names by which a browser may call a dashboard that listens on `host`; all of the machine's for a wildcard."""
    if host not in ("0.0.0.0", "::"):
        return frozenset((*LOOPBACK, host))
    numbers = (address.address.split("%")[0] for nic in psutil.net_if_addrs().values() for address in nic)
    return frozenset((*LOOPBACK, host, socket.gethostname().lower(), *numbers))


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

    def __init__(self, app: ASGIApp, hosts: Iterable[str] = LOOPBACK, public_origin: str | None = None) -> None:
        self.app = app
        self.hosts = frozenset(hosts)
        self.public_origin = public_origin

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if not self._host_is_ours(headers):
            await _refuse(N_("This address is not served here."), scope, receive, send, leads_on=False)
        elif _origin(headers) == UNREADABLE:
            await _refuse(N_("The header Origin holds no address."), scope, receive, send, status=400)
        elif _is_for_our_pages(scope) and not self._origin_is_ours(headers):
            await _refuse(N_("This is answered to the dashboard's own pages only."), scope, receive, send)
        elif _needs_own_script(scope) and headers.get(OWN_SCRIPT) != "1":
            await _refuse(N_("A change needs the header X-AlignLab: 1."), scope, receive, send)
        else:
            await self.app(scope, receive, _with_safety_headers(send))

    def _host_is_ours(self, headers: Headers) -> bool:
        return _host_name(headers.get("host", "")) in self.hosts

    def _origin_is_ours(self, headers: Headers) -> bool:
        """Whether the request comes from our own page. True without an Origin: browsers send one with every change."""
        if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return False
        origin, host = headers.get("origin"), headers.get("host")
        if origin is None or origin == self.public_origin:
            return True
        behind_proxy = self.public_origin is not None and self.public_origin.partition("//")[2] == host
        return not behind_proxy and _origin(headers) == host


def _host_name(netloc: str) -> str | None:
    try:
        return urlsplit(f"//{netloc}").hostname
    except ValueError:  # such as an unclosed [::1
        return None


def _changes(scope: Scope) -> bool:
    return scope["type"] == "websocket" or scope["method"] not in READS


def _is_for_our_pages(scope: Scope) -> bool:
    """Whether no other site's page may even ask."""
    path = scope["path"]
    return _changes(scope) or (path.startswith(OUR_ROUTES) and not path.startswith(LINKED_PAGES))


def _needs_own_script(scope: Scope) -> bool:
    """Whether it is a change at a route of ours that is no form; forms carry a token of their own."""
    path = scope["path"]
    return _changes(scope) and path.startswith(OUR_ROUTES) and not path.startswith(FORM_PAGES)


def _origin(headers: Headers) -> str | None:
    """The host that the header Origin names; None without the header."""
    origin = headers.get("origin")
    try:
        return None if origin is None else urlsplit(origin).netloc
    except ValueError:  # such as http://[
        return UNREADABLE


async def _refuse(
    reason: str, scope: Scope, receive: Receive, send: Send, *, status: int = 403, leads_on: bool = True
) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": reason})
    else:
        await RefusalResponse((reason, {}), status, leads_on=leads_on)(scope, receive, _with_safety_headers(send))


def _with_safety_headers(send: Send) -> Send:
    async def guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(SAFETY_HEADERS)
        await send(message)

    return guarded
