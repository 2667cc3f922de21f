"""The gate behind the guard: everything but signing in needs a session, as soon as there is an account.

Requests without one are sent to the sign-in page; a page whose session has ended is told to load anew, at its next
message and within seconds. Left out: foreign hosts and sites (`app.guard`), and what a role may do
(`app.actions.permissions`).
"""

import asyncio
from urllib.parse import urlencode

from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import people
from app.bridge import reload
from app.people import LOCAL, Person, SignedOut
from app.sign_in import addresses, identity
from app.sign_in.addresses import OUR_ROUTES, READS
from app.sign_in.refusal import RefusalResponse
from storage.errors import StorageError
from words import N_

CLOSED = 1008
LOOK_SECONDS = 5.0  # how often an idle page is looked after
STREAM = "/_stcore/stream"
# where trainers send their runs, a token of theirs is asked for in place of a session
OPEN_PATHS = frozenset(
    {addresses.SIGN_IN, addresses.WORKSPACE, addresses.INGEST, "/_stcore/health", "/_stcore/host-config"}
)
# Streamlit's own scripts, the same everywhere: a page that is signed out while it loads needs them to be led on.
OPEN_FOLDERS = (addresses.INVITATION, "/static/")
# A page that another site links to comes without our cookie, which no other site may send: asked by itself, it has it.
ASK_AGAIN = Markup('<!doctype html><meta http-equiv="refresh" content="0">')


class Gate:
    """ASGI middleware. `exposed`: others can reach the address, so that nobody is let in without an account."""

    def __init__(self, app: ASGIApp, exposed: bool = False) -> None:
        self.app = app
        self.exposed = exposed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or _is_open(scope["path"]):
            await self.app(scope, receive, send)
            return
        try:
            person = await run_in_threadpool(self._identify, scope)
        except SignedOut as error:
            if scope["type"] == "websocket" and scope["path"] == STREAM:
                await _lead_on(scope, receive, send)
            else:
                await _refuse(_signed_out(scope, error), scope, receive, send)
        except StorageError as error:
            await _refuse(RefusalResponse(error.text, 503), scope, receive, send)
        else:
            await self._admit(person, scope, receive, send)

    async def _admit(self, person: Person, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            socket = _Socket(self, person, scope, receive, send)
            await self.app(scope, socket.receive, socket.send)
            return
        if _is_upload(scope) and not person.may("researcher"):
            await _refuse(RefusalResponse((N_("Your role uploads no files."), {}), 403), scope, receive, send)
            return
        scope[people.SCOPE_KEY] = person
        with people.acting_as(person):
            await self.app(scope, receive, send)

    def _identify(self, scope: Scope, *, in_use: bool = True) -> Person:
        """The person of a request. Raises SignedOut, or what the database raises."""
        connection = HTTPConnection(scope)
        browser = connection.headers.get("user-agent", "")
        person = identity.identify(connection.cookies, browser, in_use=in_use)
        if self.exposed and person is LOCAL:
            raise SignedOut
        return person


class _Socket:
    """A websocket that is closed when its person is not signed in any more, or has become another one.

    The page loads anew then, and so comes to the sign-in page.
    """

    def __init__(self, gate: Gate, person: Person, scope: Scope, receive: Receive, send: Send) -> None:
        self.gate, self.person, self.scope = gate, person, scope
        self._receive, self._send = receive, send
        self.closed = False

    async def receive(self) -> Message:
        waiting = asyncio.ensure_future(self._receive())
        try:
            while True:
                arrived, _others = await asyncio.wait({waiting}, timeout=LOOK_SECONDS)
                if arrived and waiting.result()["type"] != "websocket.receive":
                    return waiting.result()
                if not await run_in_threadpool(self._is_signed_in, in_use=bool(arrived)):
                    self.closed = True
                    await _close(self._send)
                    return {"type": "websocket.disconnect", "code": CLOSED}
                if arrived:
                    return waiting.result()
        finally:
            waiting.cancel()

    async def send(self, message: Message) -> None:
        if not self.closed:
            await self._send(message)

    def _is_signed_in(self, *, in_use: bool) -> bool:
        try:
            return self.gate._identify(self.scope, in_use=in_use) == self.person
        except StorageError:  # also where the database does not say
            return False


async def _lead_on(scope: Scope, receive: Receive, send: Send) -> None:
    """Open the websocket of somebody who is signed out for one message: the page then loads anew."""
    await receive()
    protocols = scope.get("subprotocols") or [None]
    await send({"type": "websocket.accept", "subprotocol": protocols[0]})
    await _close(send)


async def _close(send: Send) -> None:
    await send({"type": "websocket.send", "bytes": reload.message()})
    await send({"type": "websocket.close", "code": CLOSED})


def _is_upload(scope: Scope) -> bool:
    """Whether Streamlit would keep what is sent: files are for importing, which not every role may."""
    return scope["method"] not in READS and scope["path"].startswith("/_stcore/")


def _is_open(path: str) -> bool:
    return path in OPEN_PATHS or f"{path}/".startswith(OPEN_FOLDERS)


def _signed_out(scope: Scope, error: SignedOut) -> Response:
    """To the sign-in page, and from there back; in words for what is no page."""
    if scope["type"] == "websocket":
        return Response(status_code=403)
    path, headers = scope["path"], HTTPConnection(scope).headers
    is_script = headers.get("sec-fetch-mode", "navigate") != "navigate"  # Streamlit's would take our page for an answer
    is_route = path.startswith(OUR_ROUTES) and path != addresses.ACCOUNT
    if scope["method"] not in READS or is_script or is_route:
        return RefusalResponse(error.text, 401)
    if headers.get("sec-fetch-site") == "cross-site" and headers.get("sec-fetch-mode") == "navigate":
        return HTMLResponse(ASK_AGAIN, headers=addresses.NOT_KEPT)
    query = scope["query_string"].decode("latin-1")
    target = addresses.local_page(f"{path}?{query}" if query else path)
    to_sign_in = f"{addresses.SIGN_IN}?{urlencode({'next': target})}" if target != "/" else addresses.SIGN_IN
    return RedirectResponse(to_sign_in, status_code=303, headers=addresses.NOT_KEPT)


async def _refuse(response: Response, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": CLOSED})
    else:
        await response(scope, receive, send)
