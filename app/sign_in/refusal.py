"""What is refused, in words: as JSON to a script, as a small page to a browser that went there.

Left out: what is refused (`app.guard`, `app.sign_in.gate`, and the routes).
"""

from collections.abc import Coroutine
from typing import Any

from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import Receive, Scope, Send

from app.markup import texts
from app.sign_in import addresses, page_markup
from app.translations import COOKIE, N_, _, first_supported, language_as
from words import Text, english

_TITLES = {
    401: N_("Signed out"),
    403: N_("Not open to you"),
    404: N_("Nothing here"),
    503: N_("Not now"),
}
_OTHER_TITLE = N_("This did not work")


class RefusalResponse(Response):
    """Answers with the sentence. `leads_on` is False where no page of ours can be reached under this address."""

    def __init__(self, text: Text, status_code: int, *, leads_on: bool = True) -> None:
        super().__init__(status_code=status_code)
        self.text, self.leads_on = text, leads_on

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Coroutine[Any, Any, None]:
        connection = HTTPConnection(scope)
        return (self._page(connection) if is_navigation(connection) else self._json())(scope, receive, send)

    def _json(self) -> Response:
        return JSONResponse({"error": english(self.text)}, self.status_code)

    def _page(self, connection: HTTPConnection) -> Response:
        with language_as(language_of(connection)):
            title = _(_TITLES.get(self.status_code, _OTHER_TITLE))
            address, words = (addresses.SIGN_IN, _("Sign in")) if self.status_code == 401 else ("/", _("To AlignLab"))
            sentence = texts.sentence(self.text)
            page = page_markup.nobody(title, sentence, words if self.leads_on else "", address)
        return HTMLResponse(page, self.status_code, addresses.NOT_KEPT)


def is_navigation(connection: HTTPConnection) -> bool:
    """Whether a person looks at what is answered: a browser says so; an older one asks for HTML before all else."""
    mode = connection.headers.get("sec-fetch-mode")
    return mode == "navigate" if mode else connection.headers.get("accept", "").startswith("text/html")


def language_of(connection: HTTPConnection) -> str:
    """The language that the address asks for, of an earlier visit, or of the browser."""
    accepted = connection.headers.get("accept-language", "").split(",")
    return first_supported([connection.query_params.get("lang"), connection.cookies.get(COOKIE), *accepted])
