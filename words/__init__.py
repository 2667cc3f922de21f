"""Sentences that are stored or cross a floor to be shown: (msgid, values), put into words where they are shown.

A msgid is an English sentence with `{named}` fields; a value may itself be such a sentence. All three floors use this
package, and it knows none of them. Left out: the translations (`app.translations`).
"""

from collections.abc import Callable, Sequence
from typing import Any

Text = tuple[str, dict[str, Any]]
"""An English sentence with `str.format` fields, and the values of its fields."""


def N_(msgid: str) -> str:
    """Mark a sentence for the translators, without translating it here."""
    return msgid


def is_text(value: object) -> bool:
    """Whether a value is itself a text, also after a trip through JSON, which turns tuples into lists."""
    return (
        isinstance(value, list | tuple) and len(value) == 2 and isinstance(value[0], str) and isinstance(value[1], dict)
    )


def render(text: Text, translate: Callable[[str], str]) -> str:
    """The sentence with its values filled in; it and the values that are texts go through `translate`."""
    msgid, values = text
    rendered = {name: render(value, translate) if is_text(value) else value for name, value in values.items()}
    return translate(msgid).format(**rendered)


def english(text: Text) -> str:
    """The sentence in English, as logs and the command line show it."""
    return render(text, str)


def to_json(text: Text | None) -> list[Any] | None:
    """A text as JSON holds it, a list of two; None stays None."""
    return list(text) if text else None


def from_json(stored: Sequence[Any] | None) -> Text | None:
    """A text as JSON holds it, a list of two, back as a tuple; None stays None."""
    return (stored[0], stored[1]) if stored else None


class Explained(Exception):
    """An error that a person can be told: `text` is the sentence, str() its English."""

    def __init__(self, msgid: str, **values: Any) -> None:
        self.text: Text = (msgid, values)
        super().__init__(msgid, values)

    def __str__(self) -> str:
        return english(self.text)
