"""What a file is by its first bytes, so that a picture is never told that it is not UTF-8 text.

Left out: compressed files (`compression`) and what the rows of a file mean (`storage.formats`).
"""

from storage.errors import Invalid
from words import N_

HEAD_BYTES = 512
PARQUET, ARROW_FILE, ARROW_STREAM = b"PAR1", b"ARROW1", b"\xff\xff\xff\xff"
LAST_CONTROL = 8  # the bytes up to it stand in no text
READ = N_(
    "JSON, JSON Lines, CSV, TSV, Parquet and Arrow, also compressed as .gz or .zst, or as the only file of a .zip"
)
_UNPACK = N_("{name} is {type}, which is not read. Unpack it first; AlignLab reads {read}.")
_CONVERT = N_("{name} is {type}, which is not read. Save its rows in another form: AlignLab reads {read}.")
_SAVE_AS = N_("{name} is {type}, which is not read. Save its sheet as CSV there; AlignLab reads {read}.")
_MAGIC: tuple[tuple[int, bytes, str, str], ...] = (
    (0, b"7z\xbc\xaf\x27\x1c", N_("a 7-Zip archive"), _UNPACK),
    (0, b"BZh", N_("a bzip2 file"), _UNPACK),
    (0, b"\xfd7zXZ\x00", N_("an xz file"), _UNPACK),
    (0, b"\x04\x22\x4d\x18", N_("an LZ4 file"), _UNPACK),
    (0, b"\x1f\x9d", N_("a file of the program compress (.Z)"), _UNPACK),
    (0, b"Rar!\x1a\x07", N_("a RAR archive"), _UNPACK),
    (257, b"ustar", N_("a tar archive"), _UNPACK),
    (0, b"SQLite format 3\x00", N_("a SQLite database"), _CONVERT),
    (0, b"%PDF", N_("a PDF document"), _CONVERT),
    (0, b"\x80\x02", N_("a pickle file"), _CONVERT),
    (0, b"\x80\x03", N_("a pickle file"), _CONVERT),
    (0, b"\x80\x04", N_("a pickle file"), _CONVERT),
    (0, b"\x80\x05", N_("a pickle file"), _CONVERT),
    (0, b"\x89HDF\r\n", N_("an HDF5 file"), _CONVERT),
    (0, b"\x93NUMPY", N_("a NumPy array"), _CONVERT),
    (0, b"Obj\x01", N_("an Avro file"), _CONVERT),
    (0, b"ORC", N_("an ORC file"), _CONVERT),
    (0, b"FEA1", N_("a Feather file of version 1"), _CONVERT),
    (0, b"PARE", N_("an encrypted Parquet file"), _CONVERT),
    (0, b"GGUF", N_("a GGUF model"), _CONVERT),
    (0, b"\x7fELF", N_("a program"), _CONVERT),
    (0, b"\x89PNG", N_("a picture"), _CONVERT),
    (0, b"\xff\xd8\xff", N_("a picture"), _CONVERT),
    (0, b"GIF8", N_("a picture"), _CONVERT),
    (0, b"{\\rtf", N_("an RTF document"), _CONVERT),
    (0, b"\xd0\xcf\x11\xe0", N_("an old Excel or Word file"), _SAVE_AS),
)
_BEGINNINGS = (
    (
        b"version https://git-lfs",
        N_("a pointer of Git LFS, not the file itself"),
        N_("{name} is {type}: git lfs pull."),
    ),
    (b"<!doctype html", N_("a web page"), N_("{name} is {type}: the download failed, or needs you to sign in.")),
    (b"<html", N_("a web page"), N_("{name} is {type}: the download failed, or needs you to sign in.")),
    (b"<?xml", N_("an XML file"), _CONVERT),
)
_ZIPPED = (
    ("xl/", N_("an Excel workbook"), _SAVE_AS),
    ("word/", N_("a Word document"), _CONVERT),
    ("ppt/", N_("a PowerPoint file"), _CONVERT),
    ("content.xml", N_("a LibreOffice document"), _SAVE_AS),
)
_ZIPPED_ENDINGS = ((".npy", N_("a NumPy archive")), ("/data.pkl", N_("a PyTorch file")))


def refuse_other_types(name: str, head: bytes) -> None:
    """Raise Invalid for a file that is no text and no table, with the sentence that names what it is."""
    for offset, magic, file_type, sentence in _MAGIC:
        if head.startswith(magic, offset) and not is_text(magic, head):
            raise _refusal(name, file_type, sentence)
    beginning = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:32].lower()
    for start, file_type, sentence in _BEGINNINGS:
        if beginning.startswith(start):
            raise _refusal(name, file_type, sentence)


def is_text(magic: bytes, head: bytes) -> bool:
    """Whether a magic number of letters is only the beginning of a text, such as a column named ORCID."""
    return magic.isalnum() and min(head[len(magic) : 64], default=0) > LAST_CONTROL


def refuse_zipped_types(name: str, members: list[str]) -> None:
    """Raise Invalid for a .zip file that is a document of some program, by the names in it."""
    for start, file_type, sentence in _ZIPPED:
        if any(member.startswith(start) for member in members):
            raise _refusal(name, file_type, sentence)
    for end, file_type in _ZIPPED_ENDINGS:
        if any(member.endswith(end) for member in members):
            raise _refusal(name, file_type, _CONVERT)


def _refusal(name: str, file_type: str, sentence: str) -> Invalid:
    return Invalid(sentence, name=name, type=(file_type, {}), read=(READ, {}))
