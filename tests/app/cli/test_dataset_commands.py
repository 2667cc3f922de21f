"""`alignlab data`: in, listed, out, gone; and what a bad file is told."""

import gzip
import json
from pathlib import Path

import pytest

from tests.app.cli.conftest import Alignlab

ROWS = [
    {"prompt": "How is the weather?", "chosen": "Sunny, thank you for asking.", "rejected": "Look outside."},
    {"prompt": "天气怎么样？", "chosen": "今天晴朗，谢谢您的提问。", "rejected": "自己看。"},
    {"prompt": "天气怎么样？", "chosen": "多云，请带伞。", "rejected": ""},
]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "pairs.jsonl"
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS), encoding="utf-8")
    return path


def test_a_file_comes_in_and_goes_out_again(alignlab: Alignlab, file: Path, tmp_path: Path):
    report = alignlab("data", "import", str(file), "--name", "天气", "--json").json
    assert report == {
        "name": "天气",
        "kind": "pairs",
        "format": "trl",
        "imported": 3,
        "flagged": {"empty_response": 1},
    }
    row = {"name": "天气", "kind": "pairs", "items": 3, "versions": 0, "damaged": []}
    assert alignlab("data", "list", "--json").json == [row]
    out = tmp_path / "out.jsonl"
    written = alignlab("data", "export", "天气", "--format", "trl", "--out", str(out), "--json").json
    assert written == {"name": "天气", "format": "trl", "out": str(out), "rows": 3}
    assert [json.loads(line)["chosen"] for line in out.read_text(encoding="utf-8").splitlines()] == [
        row["chosen"] for row in ROWS
    ]


def test_words_for_people(alignlab: Alignlab, file: Path):
    assert alignlab("data", "import", str(file), "--name", "weather").out == (
        "Imported 3 items into weather (form: trl).\n  1 flagged as empty response\n"
    )
    assert "weather" in alignlab("data", "list").out


def test_a_compressed_file_is_read(alignlab: Alignlab, file: Path, tmp_path: Path):
    packed = tmp_path / "pairs.jsonl.gz"
    packed.write_bytes(gzip.compress(file.read_bytes()))
    assert alignlab("data", "import", str(packed), "--name", "packed", "--json").json["imported"] == 3


def test_bad_lines_are_named_and_nothing_is_imported(alignlab: Alignlab, file: Path):
    text = file.read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join([text[0], "{broken", text[2], '{"prompt": "only"}']), encoding="utf-8")
    answer = alignlab("data", "import", str(file), "--name", "broken")
    assert answer.code == 2
    assert answer.err.count("\n") == 1
    assert "line 2" in answer.err
    assert "line 4" in answer.err
    assert alignlab("data", "list", "--json").json == []


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["data", "import", "absent.json", "--name", "x"], "There is no file absent.json."),
        (["data", "import", "pairs.jsonl", "--name", "../x"], "../x cannot be a dataset's name"),
        (["data", "import", "pairs.jsonl", "--name", "x", "--format", "xml"], "xml"),
        (["data", "export", "absent", "--out", "out.jsonl"], "There is no dataset named absent."),
        (["data", "export", "absent", "--out", "nowhere/out.jsonl"], "There is no folder"),
        (["data", "delete", "absent"], "There is no dataset named absent."),
    ],
)
def test_bad_input_is_one_line(alignlab: Alignlab, file: Path, arguments: list[str], part: str):
    answer = alignlab(*arguments)
    assert answer.code == 2
    assert part in answer.err
    assert answer.err.count("\n") == 1


def test_a_name_can_be_used_once(alignlab: Alignlab, file: Path):
    assert alignlab("data", "import", str(file), "--name", "weather").code == 0
    again = alignlab("data", "import", str(file), "--name", "weather")
    assert (again.code, again.err) == (2, "There is a dataset named weather already.\n")
    assert alignlab("data", "delete", "weather", "--json").json == {"name": "weather", "deleted": True}
    assert alignlab("data", "import", str(file), "--name", "weather").code == 0
