"""The addresses of sign-in, which address it may lead to afterwards, and the one by which others reach the dashboard.

Left out: what is served there.
"""

import os
import re
from urllib.parse import SplitResult, urlsplit

from words import N_, Explained

SIGN_IN = "/alignlab/sign-in"
ACCOUNT = "/alignlab/account"
INVITATION = "/alignlab/invitation/"
WORKSPACE = "/alignlab/workspace"
NOT_KEPT = {"Cache-Control": "no-store"}
_NO_PAGES = ("/alignlab/", "/_stcore/", "/static/", "/media/", "/component/", "/app/")
_LOCAL = re.compile(r"/(?![/\\])[!-\[\]-~]*")  # printable ASCII without spaces and backslashes, no second slash first
_LONGEST = 2000
PUBLIC_URL = "ALIGNLAB_PUBLIC_URL"


class BadPublicUrl(Explained):
    """An address that no proxy could serve the dashboard at."""


def public_url() -> SplitResult | None:
    """The address at which a proxy serves the dashboard to others, as the environment says; None without one.

    Raises BadPublicUrl.
    """
    text = os.environ.get(PUBLIC_URL, "")
    if not text:
        return None
    try:
        parts = urlsplit(text)
        complete = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        complete = False
    if not complete or parts.path not in ("", "/") or parts.query or parts.fragment or "@" in parts.netloc:
        raise BadPublicUrl(
            N_("{url} is not an address for --public-url: write https://HOST/ or http://HOST:PORT/, without a path."),
            url=text,
        )
    return parts


def public_origin() -> str | None:
    """How a browser names the origin of pages behind the proxy: without a port that its scheme implies."""
    public = public_url()
    if public is None:
        return None
    implied = {"http": 80, "https": 443}[public.scheme]
    host = f"[{public.hostname}]" if ":" in (public.hostname or "") else public.hostname
    return f"{public.scheme}://{host}" + ("" if public.port in (None, implied) else f":{public.port}")


def local_page(address: str | None) -> str:
    """The address if it is a page of the dashboard, else its front: nobody is led to another site."""
    if not address or len(address) > _LONGEST or not _LOCAL.fullmatch(address):
        return "/"
    try:
        path = urlsplit(address).path
    except ValueError:
        return "/"
    if "//" in path or (path.startswith(_NO_PAGES) and path != ACCOUNT):
        return "/"
    return address
