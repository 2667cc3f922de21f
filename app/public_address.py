"""The address by which others reach the dashboard, as a proxy's is declared, and by which this machine does.

Left out: where it is served now (`app.served_address`), and the pages of sign-in (`app.sign_in.addresses`).
"""

import os
from urllib.parse import SplitResult, urlsplit

from words import N_, Explained

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
