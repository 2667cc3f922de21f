"""The encoding of a text file: UTF-8, UTF-16 or UTF-32 with or without a mark, GB18030; all of it is tried.

An encoding that only might fit is refused, never guessed. Left out: what the text means.
"""

import codecs
import io
from collections.abc import Callable
from typing import BinaryIO

from words import N_, Text

Opener = Callable[[], BinaryIO]
CHUNK = 2**20
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
TITLES = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8", "gb18030": "GB18030"}
MOST_FREQUENT = frozenset(
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去法学如都同现当没动面起看定天"
    "分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等"
    "您请谢吗呢吧给让做话题回答今问怎哪谁气雨帮助用户"
)
"""Characters of which running Chinese text has many, and text of another language read as Chinese has few."""
MIN_CHINESE, MIN_FREQUENT = 0.8, 0.15


def detect(opener: Opener) -> tuple[str, tuple[int, Text] | None]:
    """(Python's name of the encoding, None), or (the likeliest, (line, sentence)) for text that is not valid."""
    with opener() as stream:
        head = stream.read(4096)
    encoding = _by_mark(head) or _by_zeros(head) or "utf-8"
    line = first_bad_line(opener, encoding)
    if line is None:
        return encoding, None
    if encoding == "utf-8" and _is_chinese(opener, line) and first_bad_line(opener, "gb18030") is None:
        return "gb18030", None
    sentence = N_("It is not valid {encoding} text; save the file as UTF-8.")
    return encoding, (line, (sentence, {"encoding": title(encoding)}))


def title(encoding: str) -> str:
    """The encoding as people write it."""
    return TITLES.get(encoding, encoding.upper().removesuffix("-LE").removesuffix("-BE"))


def text_of(opener: Opener, encoding: str, newline: str | None = None) -> io.TextIOWrapper:
    """The text as a stream. With `newline` None every line ends in \\n; with "" line ends stay as they are."""
    return io.TextIOWrapper(opener(), encoding=encoding, newline=newline)


def first_bad_line(opener: Opener, encoding: str) -> int | None:
    """The line, counted from 1, of the first byte that is no text in this encoding; None where all of it is."""
    decoder = codecs.getincrementaldecoder(encoding)()
    line, end = 1, b"" if encoding.startswith(("utf-16", "utf-32")) else b"\n"
    with opener() as stream:
        while chunk := stream.read(CHUNK):
            try:
                line += decoder.decode(chunk).count("\n")
            except UnicodeDecodeError as error:
                return line + (error.object.count(end, 0, error.start) if end else 0)
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return line
    return None


def _by_mark(head: bytes) -> str | None:
    return next((encoding for mark, encoding in MARKS if head.startswith(mark)), None)


def _by_zeros(head: bytes) -> str | None:
    """UTF-16 without a mark: JSON and most tables begin with two ASCII signs, whose other bytes are zero."""
    zeros = [position for position, byte in enumerate(head[:4]) if byte == 0]
    return {"[1, 3]": "utf-16-le", "[0, 2]": "utf-16-be"}.get(str(zeros))


def _is_chinese(opener: Opener, bad_line: int) -> bool:
    """Whether the bytes read as Chinese of GB2312, and are not UTF-8 with a broken byte."""
    with opener() as stream:
        data = stream.read(CHUNK)
        while data.isascii() and (more := stream.read(CHUNK)):
            data = more
    valid = [letter for letter in data.decode("utf-8", "replace") if not letter.isascii()]
    if valid.count("\ufffd") * 2 < len(valid):
        return False
    letters = [letter for letter in data.decode("gb18030", "replace") if not letter.isascii()]
    chinese = [letter for letter in letters if _is_common(letter)]
    frequent = [letter for letter in chinese if letter in MOST_FREQUENT]
    signs = sum(not "\u4e00" <= letter <= "\u9fff" for letter in chinese)
    return (
        bool(letters)
        and len(chinese) >= MIN_CHINESE * len(letters)
        and len(frequent) >= MIN_FREQUENT * (len(chinese) - signs) > 0
    )


def _is_common(letter: str) -> bool:
    """Whether GB2312 has the character among its signs or its more frequent Chinese characters."""
    try:
        code = letter.encode("gb2312")
    except UnicodeEncodeError:
        return letter in "\u20ac\u2014\u2022\u00b7"
    return len(code) == 2 and (0xA1 <= code[0] <= 0xA3 or 0xB0 <= code[0] <= 0xD7)
