"""Random tokens that links and cookies carry. The database holds their hashes only, so that its copy opens nothing."""

import hashlib
import secrets


def fresh() -> str:
    """A token of 256 bits, as a URL and a cookie can carry it."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """What the database keeps of a token, and of a browser's description."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()
