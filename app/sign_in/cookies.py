"""The cookies of sign-in, signed with a key of the workspace, and the token that only our own forms carry.

Left out: what a session is worth (`storage.people.sessions`).
"""

import secrets
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from itsdangerous import BadSignature, Signer, TimestampSigner
from starlette.responses import Response

from app import clients
from storage.files import atomic_write, owner_only
from storage.people import tokens
from storage.people.sessions import LONGEST_SECONDS

FORM = "alignlab_form"
FORM_SECONDS = 12 * 3600
KEY_BYTES = 32
_HOST_ONLY = "__Host-"  # browsers take such a cookie over https alone, and from no neighbouring host name


def session_name() -> str:
    """The name of the session's cookie: one for each workspace, since browsers share cookies between ports."""
    return f"alignlab_session_{tokens.digest(str(clients.workspace().root))[:8]}"


def session_token(cookies: Mapping[str, str]) -> str | None:
    """The token of the session that a browser claims; None without a cookie that this workspace signed."""
    signed = cookies.get(_HOST_ONLY + session_name()) or cookies.get(session_name())
    try:
        return None if signed is None else _signer().unsign(signed.encode()).decode()
    except (BadSignature, UnicodeError):
        return None


def sign_in(response: Response, token: str, *, secure: bool) -> None:
    """Let the browser carry the session's token; no script sees it, and no other site's page sends it."""
    signed = _signer().sign(token.encode()).decode()
    _set(response, session_name(), signed, seconds=int(LONGEST_SECONDS), secure=secure)


def sign_out(response: Response, *, secure: bool) -> None:
    """Take the session's cookie from the browser."""
    _set(response, session_name(), "", seconds=0, secure=secure)


def form_token(cookies: Mapping[str, str]) -> tuple[str, str]:
    """What a form of ours carries in a hidden field, and the mark of the browser that fits it, for `keep_mark`."""
    mark = _mark(cookies) or secrets.token_urlsafe(16)
    return _form_signer().sign(mark.encode()).decode(), mark


def keep_mark(response: Response, mark: str, *, secure: bool) -> None:
    """Let the browser carry its mark, without which no form of it is taken."""
    _set(response, FORM, mark, seconds=FORM_SECONDS, secure=secure)


def is_own_form(cookies: Mapping[str, str], token: str) -> bool:
    """Whether a form came from a page that we sent to this browser in the last hours."""
    mark = _mark(cookies)
    try:
        return mark is not None and _form_signer().unsign(token.encode(), max_age=FORM_SECONDS) == mark.encode()
    except (BadSignature, UnicodeError):
        return False


def _mark(cookies: Mapping[str, str]) -> str | None:
    return cookies.get(_HOST_ONLY + FORM) or cookies.get(FORM)


def _set(response: Response, name: str, value: str, *, seconds: int, secure: bool) -> None:
    response.set_cookie(
        _HOST_ONLY + name if secure else name,
        value,
        max_age=seconds,
        httponly=True,
        samesite="strict",
        secure=secure,
    )


def _signer() -> Signer:
    return Signer(_key(clients.workspace().cookie_key), salt="alignlab session", digest_method=sha256)


def _form_signer() -> TimestampSigner:
    return TimestampSigner(_key(clients.workspace().cookie_key), salt="alignlab form", digest_method=sha256)


def _key(path: Path) -> bytes:
    """The key of the workspace, which is made when it is first needed; only the workspace's owner can read it."""
    if not path.exists():
        with atomic_write(path) as unfinished, open(unfinished, "xb", opener=owner_only) as file:
            file.write(secrets.token_bytes(KEY_BYTES))
    return path.read_bytes()
