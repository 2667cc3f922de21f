"""How large a file may become while it is fetched and read: environment variables, in bytes and characters.

Left out: how often a file is read, and what is done with a row that is too long.
"""

import os
from dataclasses import dataclass
from typing import Self

from storage.errors import Invalid
from words import N_, Text

UNPACKED = "ALIGNLAB_MAX_UNPACKED_BYTES"
ROW = "ALIGNLAB_MAX_ROW_CHARACTERS"
DOWNLOAD = "ALIGNLAB_MAX_DOWNLOAD_BYTES"
MOST_TIMES_LARGER = 200
"""What is unpacked may be so many times larger than the file."""
RATIO_FREE_BYTES = 64 * 2**20
"""Up to this size the ratio does not matter: a small file of equal rows packs well."""


@dataclass(frozen=True)
class Limits:
    """`unpacked_bytes` of a compressed file, `row_characters` of one line or row, `download_bytes` of one import."""

    unpacked_bytes: int = 4 * 2**30
    row_characters: int = 16 * 2**20
    download_bytes: int = 4 * 2**30

    @classmethod
    def from_environment(cls) -> Self:
        """The limits that the environment sets, else the defaults. Raises Invalid for what is no whole number."""
        return cls(
            _setting(UNPACKED, cls.unpacked_bytes),
            _setting(ROW, cls.row_characters),
            _setting(DOWNLOAD, cls.download_bytes),
        )


def too_long(limits: Limits) -> Text:
    """The sentence about a row that is longer than is read."""
    sentence = N_("It is longer than {count} characters; {setting} sets how many are read.")
    return sentence, {"count": f"{limits.row_characters:,}", "setting": ROW}


def _setting(name: str, default: int) -> int:
    text = os.environ.get(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 19 and int(text)):
        raise Invalid(N_("{name} must be a whole number above 0, not {value}."), name=name, value=text)
    return int(text)
