"""Files that are no data: each is told what it is, before anybody says UTF-8."""

import bz2
import io
import lzma
import pickle
import sqlite3
import tarfile

import pytest

from storage.errors import Invalid
from tests.storage.containers.conftest import Read


def archive() -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as tar:
        tar.addfile(tarfile.TarInfo("x"))
    return file.getvalue()


def database() -> bytes:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE t (a)")
    content = connection.serialize()
    connection.close()
    return content


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (pickle.dumps({"a": 1}), "a pickle file"),
        (database(), "a SQLite database"),
        (b"%PDF-1.7\n", "a PDF document"),
        (b"7z\xbc\xaf\x27\x1c\0\0", "a 7-Zip archive"),
        (bz2.compress(b"{}"), "a bzip2 file.*Unpack it first"),
        (lzma.compress(b"{}"), "an xz file.*Unpack it first"),
        (archive(), "a tar archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "an old Excel or Word file.*CSV"),
        (b"\x89PNG\r\n\x1a\n", "a picture"),
        (b"version https://git-lfs.github.com/spec/v1\n", "git lfs pull"),
        (b"\xef\xbb\xbf\n<!DOCTYPE html>\n", "a web page: the download failed"),
    ],
)
def test_a_file_of_another_type_is_called_by_its_name(read: Read, data: bytes, sentence: str):
    with pytest.raises(Invalid, match=sentence):
        read(data, "rows.jsonl")
