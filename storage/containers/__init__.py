"""Rows out of files and into them. The content decides how a file is read; its name decides how it is written.

A container gives numbered rows; what they mean is each form's own (`storage.formats`). A file is never held whole.
"""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import BinaryIO

from storage.containers import arrow_rows, compression, csv_rows, encodings, file_types, json_lines, json_rows
from storage.containers.limits import Limits
from storage.containers.row_sources import Broken, Numbered, RowSource, Unit
from storage.containers.row_writing import write
from storage.errors import Invalid
from words import N_

__all__ = ["Broken", "Limits", "Numbered", "RowSource", "Unit", "check_writable", "open_all", "open_rows", "write"]
TABLES = {
    file_types.PARQUET: arrow_rows.parquet,
    file_types.ARROW_FILE: arrow_rows.arrow_file,
    file_types.ARROW_STREAM: arrow_rows.arrow_stream,
}
TABLE_ENDINGS = {".csv", ".tsv"}
OTHER_ENDINGS = (".arrow", ".feather", ".xlsx", ".zip", ".zst", ".yaml", ".xml")


def open_rows(path: Path, limits: Limits | None = None) -> RowSource:
    """How the file is read. Raises NotFound, and Invalid for a file that is none of those that are read."""
    limits = limits or Limits.from_environment()
    with compression.unpacked(path, limits) as stream:
        head = stream.read(file_types.HEAD_BYTES)
    file_types.refuse_other_types(path.name, head)
    for magic, table in TABLES.items():
        if head.startswith(magic) and not file_types.is_text(magic, head):
            return table(partial(_seekable, path, limits), path.name, limits)
    return _text_rows(path, limits)


def open_all(paths: Sequence[Path]) -> RowSource:
    """How files are read that follow each other as one: their rows are numbered on. Raises as `open_rows` does."""
    sources = [open_rows(path) for path in paths]
    first = sources[0]
    if len(sources) == 1:
        return first
    unit: Unit = "line" if all(source.unit == "line" for source in sources) else "row"
    return RowSource(first.container, first.encoding, unit, partial(_one_after_another, sources))


def _one_after_another(sources: Sequence[RowSource]) -> Iterator[Numbered]:
    before = last = 0
    for source in sources:
        for number, row in source.read():
            last = before + number
            yield (last if number else 0), row  # 0 says that a whole file cannot be read
        before = last


def check_writable(path: Path) -> None:
    """Raise Invalid for a file whose name promises what is not written."""
    name = path.name.lower()
    if not name.removesuffix(".gz").endswith(OTHER_ENDINGS) and not name.endswith(".parquet.gz"):
        return
    sentence = N_(
        "{name} is not written: AlignLab writes .jsonl, .json, .csv and .tsv, each also as .gz, and .parquet."
    )
    raise Invalid(sentence, name=path.name)


def _text_rows(path: Path, limits: Limits) -> RowSource:
    opener = partial(compression.unpacked, path, limits)
    encoding, problem = encodings.detect(opener)
    title = encodings.title(encoding)
    if problem is not None:
        line, text = problem
        return RowSource(N_("text"), title, "line", lambda: iter([(line, Broken(text))]))
    with encodings.text_of(opener, encoding) as stream:
        sample = stream.read(2**16)
    start = sample.lstrip(" \t\r\n\ufeff\x00")
    if not start and len(sample) < 2**16:
        return RowSource(N_("text"), title, "line", lambda: iter([(0, Broken((N_("The file is empty."), {})))]))
    plain = partial(encodings.text_of, opener, encoding)
    if start.startswith(("{", "[")):
        return json_rows.source(plain, title, limits)
    table = csv_rows.is_table(sample) or TABLE_ENDINGS & {suffix.lower() for suffix in path.suffixes}
    if table and not json_lines.are_lines(plain, limits):
        return csv_rows.source(partial(encodings.text_of, opener, encoding, newline=""), title, limits)
    return json_rows.source(plain, title, limits)


def _seekable(path: Path, limits: Limits) -> AbstractContextManager[BinaryIO]:
    """The file's bytes where any place can be read at once: a packed file is unpacked into one that goes by itself."""
    if not compression.is_packed(path):
        return path.open("rb")
    file = tempfile.TemporaryFile()  # noqa: SIM115  the caller closes it
    with compression.unpacked(path, limits) as stream:
        shutil.copyfileobj(stream, file)
    file.seek(0)
    return file
