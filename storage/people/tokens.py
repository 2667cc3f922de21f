"""Random tokens that links and cookies carry. The database holds their hashes only, so that its copy opens nothing."""

import hashlib
import re
import secrets

_WHOLE = re.compile(r"[A-Za-z0-9_-]{43}")


def fresh() -> str:
    """A token of 256 bits, as a URL and a cookie can carry it."""
    return secrets.token_urlsafe(32)


def is_whole(token: str) -> bool:
    """Whether it is as long as one of ours: a link that was cut is told from one that opens nothing any more."""
    return _WHOLE.fullmatch(token) is not None


def digest(token: str) -> str:
    """What the database keeps of a token, and of a browser's description."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()
