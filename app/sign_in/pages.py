"""What the pages of sign-in do with what was sent: start a session, make an account, change a password, sign out.

Left out: how they look (`app.sign_in.page_markup`).
"""

import time
from collections.abc import Callable
from dataclasses import replace
from functools import wraps

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from app import clients, people, public_address
from app.actions import accounts, signing_in
from app.people import LOCAL, Person, SignedOut
from app.sign_in import addresses, cookies, forms, identity, page_markup, refusal
from app.sign_in.attempts import Attempts
from app.sign_in.page_markup import Shown
from app.translations import COOKIE, N_, _, language_as, supported, translate
from storage.errors import Invalid, NotFound, StorageError
from storage.people import invitations, users
from words import Text

attempts = Attempts()  # of this process
WRONG: Text = (N_("The name or the password is wrong."), {})
DIFFERENT = N_("The two new passwords differ.")
Draw = Callable[[Shown], Markup]


class TooSoon(StorageError):
    """Too many wrong passwords before this one."""

    def __init__(self, seconds: float) -> None:
        self.seconds = max(1, round(seconds))
        super().__init__(N_("Too many wrong passwords: try again in {seconds} s."), seconds=self.seconds)


def _in_language(page: Callable[[Request], Response]) -> Callable[[Request], Response]:
    """The page in the language that its address asks for, of an earlier visit, or of the browser."""

    @wraps(page)
    def answer(request: Request) -> Response:
        wanted = supported(request.query_params.get("lang"))
        with language_as(refusal.language_of(request)):
            try:
                response = page(request)
            except StorageError as error:
                sentence = translate(error.text)
                response = _page(page_markup.nobody(_("Not now"), sentence, _("To AlignLab")), status=503)
        if wanted:
            response.set_cookie(COOKIE, wanted, max_age=31_536_000, samesite="lax")
        return response

    return answer


@_in_language
def sign_in(request: Request) -> Response:
    """The form, or on to the page that was asked for; 401 for a wrong password, 429 for too many."""
    target = addresses.local_page(request.query_params.get("next"))
    if request.method == "GET":
        person = _person(request)
        if person is LOCAL:
            return _page(_without_accounts())
        if person is not None:
            return _to(target)
        return _form(request, lambda shown: page_markup.sign_in(shown, "", target))
    name = ""
    try:
        form = forms.read(request)
        name = form.get("name", "")
        token = _token(request, name, form.get("password", ""))
    except StorageError as error:
        return _again(request, lambda shown: page_markup.sign_in(shown, name, target), error)
    if token is None:
        return _form(request, lambda shown: page_markup.sign_in(shown, name, target), WRONG, status=401)
    return _signed_in(request, token, target)


@_in_language
def invitation(request: Request) -> Response:
    """What the link offers, and the account once a password is chosen; 404 where it offers nothing any more."""
    token = request.path_params.get("invitation", "")
    try:
        offered = invitations.get(clients.database(), token, time.time())
    except NotFound as error:
        sentence = _(error.text[0])
        return _page(page_markup.nobody(_("Invitation"), sentence, _("To AlignLab")), status=404)
    if request.method == "GET":
        return _form(request, lambda shown: page_markup.invitation(shown, offered))
    try:
        form = forms.read(request)
        session = signing_in.accept_invitation(
            clients.database(),
            token=token,
            password=_new_password(form),
            browser=_browser(request),
            address=_address(request),
            now=time.time(),
        )
    except StorageError as error:
        return _again(request, lambda shown: page_markup.invitation(shown, offered), error)
    return _signed_in(request, session, addresses.local_page(offered.target))


@_in_language
def first_account(request: Request) -> Response:
    """The form that makes the first account; who sends it is signed in at once."""
    if people.of(request) is not LOCAL:
        return _to(addresses.SETTINGS)
    name = ""
    if request.method == "GET":
        return _form(request, lambda shown: page_markup.first_account(shown, name))
    try:
        form = forms.read(request)
        name = form.get("name", "")
        db, now, password = clients.database(), time.time(), _new_password(form)
        user = accounts.add(db, LOCAL, name=name, role="admin", password=password, now=now)
    except StorageError as error:
        return _again(request, lambda shown: page_markup.first_account(shown, name), error)
    return _signed_in(request, signing_in.renew(db, user, browser=_browser(request), now=now), addresses.SETTINGS)


@_in_language
def account(request: Request) -> Response:
    """The own account: another password, and signing out."""
    person = people.of(request)
    if person is LOCAL:
        return _page(_without_accounts())
    if request.method == "GET":
        return _form(request, lambda shown: page_markup.account(shown, person))
    try:
        form = forms.read(request)
        return _carry_out(request, person, form)
    except StorageError as error:
        return _again(request, lambda shown: page_markup.account(shown, person), error)


def _carry_out(request: Request, person: Person, form: dict[str, str]) -> Response:
    """Do what a form of the account's page asks for."""
    db, now = clients.database(), time.time()
    if form.get("do") == "password":
        new = _new_password(form)
        _begin_attempt(request, person.account or "", now)
        user = accounts.change_password(db, person, form.get("old", ""), new, now)
        attempts.succeed(user.id, _address(request))
        session = signing_in.renew(db, user, browser=_browser(request), now=now)
        done = _("The password is changed; other browsers are signed out.")
        response = _form(request, lambda shown: page_markup.account(replace(shown, done=done), person))
        cookies.sign_in(response, session, secure=_is_secure(request))
        return response
    if form.get("do") == "everywhere":
        accounts.end_sessions(db, person, person.account or "", now)
    elif token := cookies.session_token(request.cookies):
        signing_in.sign_out(db, token=token, browser=_browser(request), now=now)
    response = _to(addresses.SIGN_IN)
    cookies.sign_out(response, secure=_is_secure(request))
    return response


def _token(request: Request, name: str, password: str) -> str | None:
    """The token of a new session, None for a wrong password. Raises TooSoon."""
    now, account = time.time(), users.account_of(name[:200])
    _begin_attempt(request, account, now)
    token = signing_in.sign_in(
        clients.database(),
        name=account,
        password=password,
        browser=_browser(request),
        address=_address(request),
        now=now,
    )
    if token is not None:
        attempts.succeed(account, _address(request))
    return token


def _begin_attempt(request: Request, account: str, now: float) -> None:
    """Raises TooSoon where the account or the address has to wait."""
    seconds = attempts.begin(account, _address(request), now)
    if seconds:
        raise TooSoon(seconds)


def _new_password(form: dict[str, str]) -> str:
    if form.get("new") != form.get("again"):
        raise Invalid(DIFFERENT)
    return form.get("new", "")


def _person(request: Request) -> Person | None:
    try:
        return identity.identify(request.cookies, _browser(request))
    except SignedOut:
        return None


def _without_accounts() -> Markup:
    sentence = _("There is no account in this workspace yet, so nobody signs in: this machine alone can reach it.")
    return page_markup.nobody(_("No account"), sentence, _("To AlignLab"))


def _again(request: Request, draw: Draw, error: StorageError) -> Response:
    """The form once more, with what is wrong."""
    if isinstance(error, TooSoon):
        response = _form(request, draw, error.text, status=429)
        response.headers["Retry-After"] = str(error.seconds)
        return response
    return _form(request, draw, error.text, status=400)


def _form(request: Request, draw: Draw, refusal: Text | None = None, status: int = 200) -> Response:
    """A page with a form that only this browser can send back."""
    token, mark = cookies.form_token(request.cookies)
    response = _page(draw(Shown(token, refusal)), status)
    cookies.keep_mark(response, mark, secure=_is_secure(request))
    return response


def _page(html: Markup, status: int = 200) -> Response:
    return HTMLResponse(html, status_code=status, headers=addresses.NOT_KEPT)


def _to(target: str) -> Response:
    return RedirectResponse(target, status_code=303, headers=addresses.NOT_KEPT)


def _signed_in(request: Request, token: str, target: str) -> Response:
    response = _to(target)
    cookies.sign_in(response, token, secure=_is_secure(request))
    return response


def _is_secure(request: Request) -> bool:
    """Whether the browser uses https, as the server or, where one is declared, the proxy before it says."""
    public = public_address.public_url()
    behind_proxy = public is not None and public.scheme == "https" and request.url.hostname == public.hostname
    return request.url.scheme == "https" or behind_proxy


def _browser(request: Request) -> str:
    return request.headers.get("user-agent", "")


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
