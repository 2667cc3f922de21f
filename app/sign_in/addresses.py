"""The addresses of sign-in, which it may lead to afterwards, and the one by which others reach the dashboard.

Left out: what is served there.
"""

import os
import re
from urllib.parse import SplitResult, urlsplit

from words import N_, Explained

OUR_ROUTES = "/alignlab/"
SIGN_IN = "/alignlab/sign-in"
ACCOUNT = "/alignlab/account"
FIRST_ACCOUNT = "/alignlab/first-account"
INVITATION = "/alignlab/invitation/"
WORKSPACE = "/alignlab/workspace"
SETTINGS = "/settings"
READS = ("GET", "HEAD", "OPTIONS")
NOT_KEPT = {"Cache-Control": "no-store"}
_NO_PAGES = (OUR_ROUTES, "/_stcore/", "/static/", "/media/", "/component/", "/app/")
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
    return parsed(text) if text else None


def parsed(text: str) -> SplitResult:
    """The address of a dashboard that somebody wrote. Raises BadPublicUrl."""
    try:
        parts = urlsplit(text)
        complete = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        complete = False
    if not complete or parts.path not in ("", "/") or parts.query or parts.fragment or "@" in parts.netloc:
        raise BadPublicUrl(
            N_("{url} is no address of a dashboard: write https://HOST/ or http://HOST:PORT/, without a path."),
            url=text,
        )
    return parts


def public_origin() -> str | None:
    """The origin of pages behind the proxy; None without one. Raises BadPublicUrl."""
    public = public_url()
    return None if public is None else origin(public)


def origin(address: SplitResult) -> str:
    """How a browser names the origin of pages at an address: without a port that its scheme implies."""
    implied = {"http": 80, "https": 443}[address.scheme]
    host = f"[{address.hostname}]" if ":" in (address.hostname or "") else address.hostname
    return f"{address.scheme}://{host}" + ("" if address.port in (None, implied) else f":{address.port}")


def local_url(host: str, port: int) -> str:
    """Where this machine reaches a dashboard; one that listens everywhere is reached by the loopback too."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


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
