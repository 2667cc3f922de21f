"""Encodings: what is detected, and what only might fit and is refused."""

import json
from pathlib import Path

import pytest

from storage import containers
from storage.containers import encodings
from tests.storage.containers.conftest import Read

CHINESE = "今天的天气很好，我们去公园吧。谢谢您的提问"


def rows(text: str, encoding: str) -> bytes:
    return "".join(json.dumps({"a": text, "n": n}, ensure_ascii=False) + "\n" for n in range(20)).encode(encoding)


@pytest.mark.parametrize(
    ("encoding", "title"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16"),
        ("utf-32", "UTF-32"),
        ("gb18030", "GB18030"),
        ("gbk", "GB18030"),
    ],
)
@pytest.mark.parametrize("text", [CHINESE, f"Weather: {CHINESE} “quoted” — and so on, in English mostly."])
def test_encodings_are_detected_and_named(tmp_path: Path, encoding: str, title: str, text: str):
    path = tmp_path / "f.jsonl"
    path.write_bytes(rows(text, encoding))
    source = containers.open_rows(path)
    assert source.encoding == title
    assert [row for _, row in source.read()] == [{"a": text, "n": n} for n in range(20)]


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("big5", "今天的天氣很好，我們去公園吧"),
        ("euc-kr", "안녕하세요 오늘 날씨가 정말 좋습니다"),
        ("euc-jp", "今日は天気がとてもいいですね"),
        ("shift-jis", "今日は天気がとてもいいですね"),
        ("cp1252", "Été déjà vu: “garçon”, naïve café"),
        ("cp1251", "Сегодня хорошая погода"),
    ],
)
def test_an_encoding_that_only_might_fit_is_refused(read: Read, encoding: str, text: str):
    assert read(rows(text, encoding)) == ([], ["1: It is not valid UTF-8 text; save the file as UTF-8."])


def test_the_line_of_the_first_bad_byte_is_told(read: Read):
    for text in ('{"a": 1}\n', rows(CHINESE, "utf-8").decode()):
        lines = text.count("\n") + 1
        (problem,) = read(text.encode() + b'{"a": "\xff"}\n{"a": 2}\n')[1]
        assert problem.startswith(f"{lines}: It is not valid UTF-8 text")
    (problem,) = read(rows(CHINESE, "utf-16")[:-1])[1]
    assert problem.startswith("20: It is not valid UTF-16 text")


def test_chinese_that_comes_late_in_a_file_is_found(read: Read):
    late = b'{"a": "%s"}\n' % (b"a" * 1000) * 1350 + rows(CHINESE, "gb18030")
    assert len(late) > encodings.CHUNK
    good, problems = read(late)
    assert (len(good), problems) == (1370, [])
    assert good[-1][1] == {"a": CHINESE, "n": 19}
