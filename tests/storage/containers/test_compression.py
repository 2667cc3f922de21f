"""Compressed files: what is unpacked, what is refused, and how much may come out."""

import gzip
import io
import zipfile
from pathlib import Path

import pyarrow as pa
import pytest

from storage import containers
from storage.containers import compression
from storage.errors import Invalid, NotFound
from tests.storage.containers.conftest import Read

TEXT = '{"a": "天气"}\n{"a": 2}\n'
ROWS = ([(1, {"a": "天气"}), (2, {"a": 2})], [])


def zipped(**members: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(zipfile.ZipInfo(name), text, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def _gzipped(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)  # every process of the tests must name a case alike


def zstd(data: bytes) -> bytes:
    packed: bytes = pa.Codec("zstd").compress(data, asbytes=True)
    return packed


@pytest.mark.parametrize("name", ["rows.jsonl.gz", "rows.zst", "rows.zip", "rows.jsonl"])
def test_content_decides_how_a_file_is_unpacked(read: Read, name: str):
    data = TEXT.encode()
    for packed in (_gzipped(data), zstd(data), zipped(**{"in/rows.jsonl": TEXT}), _gzipped(zstd(data))):
        assert read(packed, name) == ROWS


def test_what_finder_adds_to_an_archive_does_not_count(read: Read):
    assert read(zipped(**{"rows.jsonl": TEXT, "__MACOSX/._rows.jsonl": "x", ".DS_Store": "y"})) == ROWS


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (zipped(a=TEXT, b=TEXT), r"exactly one file to be imported; it holds 2: a, b\."),
        (zipped(), "it holds 0: -"),
        (zipped(**{"[Content_Types].xml": "", "xl/workbook.xml": ""}), "an Excel workbook"),
        (zipped(**{"x.npy": "", "y.npy": ""}), "a NumPy archive"),
        (_gzipped(zipped(a=TEXT)), "zip inside another"),
        (_gzipped(_gzipped(_gzipped(b"x"))), "more than twice"),
        (_gzipped(TEXT.encode() * 100)[:-20], "gzip file that is broken or cut off"),
        (_gzipped(TEXT.encode() * 100)[:12], "gzip file that is broken or cut off"),
        (b"\x1f\x8bnonsense", "gzip file that is broken or cut off"),
        (zstd(TEXT.encode() * 100)[:-5], "zstd file that is broken or cut off"),
        (zipped(a=TEXT)[:-10], "zip file that is broken or cut off"),
    ],
)
def test_what_cannot_be_unpacked_is_told(read: Read, data: bytes, sentence: str):
    with pytest.raises(Invalid, match=sentence):
        read(data)


def test_a_locked_archive_is_told(read: Read):
    data = bytearray(zipped(a=TEXT))
    data[6] |= 1
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(Invalid, match="locked with a password"):
        read(bytes(data))


def test_no_more_is_unpacked_than_the_setting_allows(read: Read, monkeypatch: pytest.MonkeyPatch):
    packed = _gzipped(TEXT.encode() * 100)
    with pytest.raises(Invalid, match="more than 100 bytes, which ALIGNLAB_MAX_UNPACKED_BYTES allows"):
        read(packed, limits=containers.Limits(unpacked_bytes=100))
    monkeypatch.setenv("ALIGNLAB_MAX_UNPACKED_BYTES", "100")
    with pytest.raises(Invalid, match="more than 100 bytes"):
        read(packed)
    monkeypatch.setenv("ALIGNLAB_MAX_UNPACKED_BYTES", "4 GB")
    with pytest.raises(Invalid, match="ALIGNLAB_MAX_UNPACKED_BYTES must be a whole number above 0, not 4 GB"):
        read(packed)


def test_a_small_file_that_unpacks_to_a_large_one_is_refused(read: Read, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(compression, "RATIO_FREE_BYTES", 1000)
    with pytest.raises(Invalid, match="unpacks to more than 200 times its size"):
        read(_gzipped(b'{"a": 1}\n' * 50_000))


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path):
    with pytest.raises(NotFound, match=r"absent.json cannot be read: No such file or directory"):
        containers.open_rows(tmp_path / "absent.json")
