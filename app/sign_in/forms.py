"""Reads the forms of sign-in in a plain function: small, from our own pages only. Left out: what they ask for."""

from collections.abc import Callable, Coroutine
from typing import Any, cast
from urllib.parse import parse_qs

from anyio import from_thread
from starlette.requests import Request
from starlette.types import Message

from app.sign_in import cookies
from storage.errors import StorageError
from words import N_

MOST_BYTES = 16_384
ReceiveOne = Callable[[], Coroutine[Any, Any, Message]]
FORM_TYPE = "application/x-www-form-urlencoded"


class Unreadable(StorageError):
    """What was sent is no form of ours."""


def read(request: Request) -> dict[str, str]:
    """The fields of the form. Raises Unreadable for one that is too large, none, or was not made for this browser."""
    body = b""
    while True:
        message = from_thread.run(cast(ReceiveOne, request.receive))
        if message["type"] != "http.request":
            raise Unreadable(N_("The form did not arrive whole: send it again."))
        body += message.get("body", b"")
        if len(body) > MOST_BYTES:
            raise Unreadable(N_("The form is too large."))
        if not message.get("more_body"):
            break
    if not request.headers.get("content-type", "").startswith(FORM_TYPE):
        raise Unreadable(N_("This is not a form."))
    try:
        fields = parse_qs(body.decode("ascii"), keep_blank_values=True, max_num_fields=20, errors="strict")
    except (ValueError, UnicodeError) as error:
        raise Unreadable(N_("This is not a form.")) from error
    form = {name: values[0] for name, values in fields.items()}
    if not cookies.is_own_form(request.cookies, form.get("form", "")):
        raise Unreadable(N_("This page was open for too long: try once more."))
    return form
