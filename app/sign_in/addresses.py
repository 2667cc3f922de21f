"""The addresses of our routes and of sign-in, and those to which it may lead afterwards.

Left out: what is served there.
"""

import re
from urllib.parse import urlsplit

OUR_ROUTES = "/alignlab/"
SIGN_IN = "/alignlab/sign-in"
ACCOUNT = "/alignlab/account"
FIRST_ACCOUNT = "/alignlab/first-account"
INVITATION = "/alignlab/invitation/"
WORKSPACE = "/alignlab/workspace"
INGEST = "/alignlab/ingest"
SETTINGS = "/settings"
READS = ("GET", "HEAD", "OPTIONS")
NOT_KEPT = {"Cache-Control": "no-store"}
_NO_PAGES = (OUR_ROUTES, "/_stcore/", "/static/", "/media/", "/component/", "/app/")
_LOCAL = re.compile(r"/(?![/\\])[!-\[\]-~]*")  # printable ASCII without spaces and backslashes, no second slash first
_LONGEST = 2000


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
