"""Which characters a name may not have: those that no page and no terminal shows, and those that turn text round."""

import unicodedata

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
