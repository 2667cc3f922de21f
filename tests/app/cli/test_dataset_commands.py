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
        "ties": 0,
        "flagged": {"empty_response": 1},
        "container": "JSON Lines",
        "encoding": "UTF-8",
        "unread": {},
        "suspicious": [],
        "bad": [],
        "bad_count": 0,
    }
    row = {"name": "天气", "kind": "pairs", "items": 3, "versions": 0}
    assert alignlab("data", "list", "--json").json == [row]
    out = tmp_path / "out.jsonl"
    written = alignlab("data", "export", "天气", "--format", "trl", "--out", str(out), "--json").json
    assert written == {"name": "天气", "format": "trl", "out": str(out), "rows": 3, "left_out": [], "left_out_count": 0}
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
        (["data", "import", ".", "--name", "x"], ". is a folder: name a file in it."),
        (["data", "import", "pairs.jsonl", "--name", "x", "--map", "prompt"], "prompt maps no column"),
        (["data", "import", "pairs.jsonl", "--name", "x", "--map", "best=prompt"], "There is no field best to map"),
        (["data", "import", "pairs.jsonl", "--name", "x", "--map", "prompt=q"], "it has prompt, chosen, rejected."),
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


def test_bad_rows_are_folded_and_can_be_skipped(alignlab: Alignlab, file: Path):
    lines = file.read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join([*lines, "{broken", *['{"prompt": "only"}'] * 12]), encoding="utf-8")
    refused = alignlab("data", "import", str(file), "--name", "some", "--format", "trl")
    assert refused.code == 2
    assert "3 good, 13 bad. line 4: It is not valid JSON" in refused.err
    assert "12 lines: The field chosen is missing. (first: line 5)" in refused.err
    assert refused.err.endswith("--skip-bad imports the 3 good ones.\n")
    answer = alignlab("data", "import", str(file), "--name", "some", "--format", "trl", "--skip-bad", "--json")
    assert (answer.code, answer.json["imported"], answer.json["bad_count"]) == (0, 3, 13)
    assert answer.json["bad"][1] == {"row": 5, "unit": "line", "problem": "The field chosen is missing."}
    assert "13 bad rows were left out." in answer.err
    assert alignlab("data", "list", "--json").json == [{"name": "some", "kind": "pairs", "items": 3, "versions": 0}]


def test_fields_that_were_not_read_are_told_and_can_be_mapped(alignlab: Alignlab, tmp_path: Path):
    path = tmp_path / "foreign.csv"
    path.write_text("question,left,right,source,winner\nHi?,Hello,No,web,left\n", encoding="utf-8")
    columns = "prompt=question,chosen=left,rejected=right"
    answer = alignlab("data", "import", str(path), "--name", "some", "--map", columns, "--json")
    assert answer.json["unread"] == {"source": 1, "winner": 1}
    assert answer.json["suspicious"] == ["winner"]
    assert answer.json["container"] == "CSV"
    assert "Fields not read, kept with each item: source (1), winner (1)." in answer.err
    assert "Warning: these names sound like an answer, a score or a label: winner." in answer.err


def test_an_encoding_that_is_not_utf_8_is_told(alignlab: Alignlab, file: Path):
    file.write_bytes(file.read_bytes().decode().encode("gb18030"))
    answer = alignlab("data", "import", str(file), "--name", "some", "--json")
    assert answer.err == "Read as GB18030.\n"
    assert answer.json["encoding"] == "GB18030"


def test_an_export_replaces_no_file_unless_it_is_told_to(alignlab: Alignlab, file: Path, tmp_path: Path):
    alignlab("data", "import", str(file), "--name", "some")
    out = tmp_path / "out.jsonl"
    out.write_text("mine")
    refused = alignlab("data", "export", "some", "--out", str(out))
    assert refused.code == 2
    assert refused.err == f"{out} is there already: choose another name, or --force to replace it.\n"
    assert out.read_text() == "mine"
    assert alignlab("data", "export", "some", "--out", str(out), "--force", "--json").json["rows"] == 3
    assert out.read_text(encoding="utf-8").count("\n") == 3
    assert "is a folder" in alignlab("data", "export", "some", "--out", str(tmp_path), "--force").err


def test_fields_of_names_that_no_form_knows_are_refused_with_the_option_that_maps_them(
    alignlab: Alignlab, tmp_path: Path
):
    path = tmp_path / "odd.jsonl"
    path.write_text('{"frage": "Hi?", "gut": "Gladly.", "schlecht": "No."}\n', encoding="utf-8")
    refused = alignlab("data", "import", str(path), "--name", "odd")
    assert refused.code == 2
    assert refused.err.endswith("As in: --map prompt=COLUMN,chosen=COLUMN,rejected=COLUMN.\n")


def test_answers_that_would_be_lost_are_refused_unless_they_are_left(alignlab: Alignlab, tmp_path: Path):
    path = tmp_path / "lost.csv"
    path.write_text("question,good,bad\nHi?,Hello to you,Go away\n", encoding="utf-8")
    refused = alignlab("data", "import", str(path), "--name", "some")
    assert refused.code == 2
    assert refused.err == (
        "lost.csv holds good, bad, which sound like answers and would not be read. Name them: "
        "--map chosen=good,rejected=bad. To import the rest without them: --leave-unread.\n"
    )
    mapped = alignlab("data", "import", str(path), "--name", "some", "--map", "chosen=good,rejected=bad", "--json")
    assert (mapped.code, mapped.json["kind"]) == (0, "pairs")
    left = alignlab("data", "import", str(path), "--name", "prompts", "--leave-unread", "--json")
    assert (left.code, left.json["kind"]) == (0, "prompts")


def test_ties_are_counted(alignlab: Alignlab, tmp_path: Path):
    path = tmp_path / "ties.csv"
    path.write_text("prompt,response_a,response_b,winner\nHi?,Hello,Hi,tie\nHi!,Hello,Hi,a\n", encoding="utf-8")
    assert "  ties (neither answer is preferred): 1" in alignlab("data", "import", str(path), "--name", "some").out


def test_what_a_form_cannot_hold_is_told_and_can_be_left_out(alignlab: Alignlab, tmp_path: Path):
    call = {"role": "assistant", "content": "", "tool_calls": [{"function": {"name": "look", "arguments": "{}"}}]}
    calling = {"prompt": [{"role": "user", "content": "Hi"}, call, {"role": "tool", "content": "wet"}]}
    pairs = [{**calling, "chosen": "a", "rejected": "b"}, {"prompt": "Hi", "chosen": "a", "rejected": "b"}]
    file, out = tmp_path / "pairs.jsonl", tmp_path / "out.parquet"
    file.write_text("\n".join(map(json.dumps, pairs)))
    alignlab("data", "import", str(file), "--name", "some")
    command = ("data", "export", "some", "--format", "alpaca", "--out", str(out))
    refused = alignlab(*command)
    assert (refused.code, out.exists()) == (2, False)
    assert "The form alpaca cannot hold 1 of 2 items" in refused.err
    written = alignlab(*command, "--skip-unfit", "--json")
    assert written.json["rows"] == 1
    assert [(each["row"], each["unfit"]) for each in written.json["left_out"]] == [(1, True)]
    assert "1 items have no row. 1: The form alpaca cannot hold the dialogue" in written.err
    assert alignlab("data", "import", str(out), "--name", "again", "--json").json["imported"] == 1
