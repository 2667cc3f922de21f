"""Sentences that are stored or cross a floor to be shown. They are translated where they are shown, never here."""

from collections.abc import Sequence
from typing import Any

Text = tuple[str, dict[str, Any]]
"""An English sentence with `str.format` fields, and the values of its fields."""


def N_(msgid: str) -> str:
    """Mark `msgid` for the translators."""
    return msgid


def english(text: Text) -> str:
    """The sentence with its values filled in, untranslated."""
    msgid, values = text
    return msgid.format(**values)


def from_json(stored: Sequence[Any] | None) -> Text | None:
    """A `Text` as JSON holds it (a list of two) back to a tuple."""
    return (stored[0], stored[1]) if stored else None
