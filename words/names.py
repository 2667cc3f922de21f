"""Names and texts of strangers in a sentence: which characters are refused or written out, and where they are cut.

Also sizes, which all floors write alike.
"""

import unicodedata
from collections.abc import Sequence

MOST_NAMES, LONGEST_NAME = 40, 60  # in a sentence
LONGEST_CAUSE = 300  # characters of a library's message
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})  # control, format (direction, zero width), surrogates, line ends


def unseen_character(name: str) -> str | None:
    """The first such character by its number, U+202E; None where there is none."""
    unseen = next((sign for sign in name if unicodedata.category(sign) in _UNSEEN), None)
    return None if unseen is None else f"U+{ord(unseen):04X}"


def visible(text: str, kept: str = "\n\t") -> str:
    """The text with such characters written out as escapes, so that a terminal shows them and obeys none."""
    if text.isprintable():
        return text
    return "".join(
        ascii(sign)[1:-1] if sign not in kept and unicodedata.category(sign) in _UNSEEN else sign for sign in text
    )


def shortened(text: str, most: int) -> str:
    """The text, or its first `most` characters.

    >>> shortened("rain", 4), shortened("rainy", 4)
    ('rain', 'rain…')
    """
    return text if len(text) <= most else f"{text[:most]}…"


def first_line(error: BaseException) -> str:
    """The first line of a library's message, short enough to stand in a sentence; its kind where it says nothing.

    >>> first_line(ValueError("CAS error\\nat line 3")), first_line(TimeoutError())
    ('CAS error', 'TimeoutError')
    """
    lines = (line for line in str(error).splitlines() if line.strip())
    return shortened(next(lines, type(error).__name__), LONGEST_CAUSE)


def listed(names: Sequence[str], most: int = MOST_NAMES) -> str:
    """Names in a sentence, which stays readable however many and however long they are; - where there are none.

    >>> listed(["chosen", "rejected"]), listed(["a", "b", "c"], most=2), listed([])
    ('chosen, rejected', 'a, b, …', '-')
    """
    short = [shortened(name, LONGEST_NAME) for name in names[:most]]
    return ", ".join([*short, "…"] if len(names) > most else short) or "-"


def size(count: float) -> str:
    """Bytes in a unit that fits.

    >>> size(999), size(12_300_000), size(4 * 2**30)
    ('999 B', '12 MB', '4.3 GB')
    """
    for unit in ("B", "kB", "MB"):
        if count < 1000:
            return f"{count:.0f} {unit}"
        count /= 1000
    return f"{count:.1f} GB"
