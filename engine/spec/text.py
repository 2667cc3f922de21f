"""Sentences that are stored or cross a floor: (msgid, values), put into words where they are shown."""

from typing import Any

Text = tuple[str, dict[str, Any]]


def N_(message: str) -> str:
    """Mark a string for translation without translating it here."""
    return message


def is_text(value: object) -> bool:
    """Whether a value of a text is itself a text (also after a trip through JSON, which makes lists of tuples)."""
    return (
        isinstance(value, list | tuple) and len(value) == 2 and isinstance(value[0], str) and isinstance(value[1], dict)
    )


def english(text: Text) -> str:
    """The text in English, as the command line and the logs show it. Values that are texts are put into words too."""
    msgid, values = text
    return msgid.format(**{key: english(value) if is_text(value) else value for key, value in values.items()})


class Explained(Exception):
    """An error that says in `text`, one sentence for a person, what is wrong; str() is its English."""

    def __init__(self, msgid: str, **values: Any) -> None:
        self.text: Text = (msgid, values)
        super().__init__(english(self.text))
