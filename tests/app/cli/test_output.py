"""What commands print of names, logs and values that others wrote: no sign that a terminal would obey."""

import json
import time
from importlib.metadata import version
from pathlib import Path

import pytest

from app.cli import output
from storage import runs
from storage.database import Database
from tests.app import invented
from tests.app.cli.conftest import Alignlab
from tests.renamed import rename

HOSTILE = "a\x1b]0;title\x07\x9b31m\u202eb"


@pytest.fixture
def run_id(database: Database) -> str:
    """A run whose name an older version let through."""
    lease = invented.started(database, "dpo", "named", time.time())
    rename(database, lease.run_id, HOSTILE)
    database.workspace.log(lease.run_id).write_text("one\x1b[2J\rtwo\n\x9bthree\n", encoding="utf-8")
    return lease.run_id


def harmless(printed: str) -> bool:
    return printed.replace("\n", "").replace("\t", "").isprintable()


@pytest.mark.parametrize("command", ["list", "show", "log", "stop"])
def test_no_command_prints_the_escapes_of_a_name_or_a_log(alignlab: Alignlab, run_id: str, command: str):
    answer = alignlab("runs", command, *([] if command == "list" else [run_id]))
    assert answer.code == 0
    assert harmless(answer.out + answer.err)
    assert r"\x1b" in answer.out or command == "stop"


def test_json_holds_the_name_as_it_is_in_escapes_of_json(alignlab: Alignlab, run_id: str, database: Database):
    answer = alignlab("runs", "show", run_id, "--json")
    assert harmless(answer.out)
    assert json.loads(answer.out)["name"] == HOSTILE == runs.get(database, run_id).name


def test_a_sentence_is_one_line_and_ends(capsys: pytest.CaptureFixture[str]):
    assert output.print_error("one\n\x1b[2J two \udcff" + "x" * 100_000, 2) == 2
    printed = capsys.readouterr().err
    assert printed.startswith(r"one \x1b[2J two \udcff")
    assert printed.count("\n") == 1
    assert len(printed) < 6_000


@pytest.mark.parametrize("run_id", ["\udcff", "x" * 100_000, "\u202e", "é", "%", "\x1b[2J", ""])
def test_an_odd_id_is_no_run(alignlab: Alignlab, run_id: str):
    answer = alignlab("runs", "show", run_id)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("There is no run ")
    assert harmless(answer.err)


def test_a_name_that_is_no_text_is_bad_input(alignlab: Alignlab):
    answer = alignlab("data", "export", "\udcff", "--format", "trl", "--out", "x.jsonl")
    assert (answer.code, answer.err) == (2, "A name or value of the command is not valid UTF-8.\n")


@pytest.mark.parametrize("limit", ["9" * 30, "0", "-1", "1e3", "\u00b2", ""])
def test_a_limit_that_no_list_has_is_bad_input(alignlab: Alignlab, limit: str):
    answer = alignlab("runs", "list", "--limit", limit)
    assert (answer.code, answer.err.count("\n")) == (2, 1)
    assert "must be a whole number, at least 1 and at most 1000000000." in answer.err


def test_the_version_is_printed(alignlab: Alignlab):
    answer = alignlab("--version")
    assert (answer.code, answer.out) == (0, f"alignlab {version('alignlab')}\n")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"\xff\xfea\0l\0", "run.yaml is not a text file in UTF-8."),
        ("algorithm: dpo".encode("utf-16-le"), "Line 1 of the run file holds the character U+0000"),
        (b"\x89PNG\r\n\x1a\n", "run.yaml is not a text file in UTF-8."),
        (b"# " + b"x" * 5_000_000, "run.yaml is larger than a run file can be"),
        (b"a: 1\n" * 400_000, "The run file is longer than 1,000,000 characters"),
        (b"\xef\xbb\xbfalgorithm: dop", "There is no algorithm dop."),
        (b"name: &a [*a]", "Line 1 of the run file has an anchor"),
    ],
)
def test_a_file_that_is_no_run_file_is_one_sentence(alignlab: Alignlab, content: bytes, sentence: str):
    Path("run.yaml").write_bytes(content)
    answer = alignlab("train", "run.yaml")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith(sentence)


def test_a_folder_is_no_run_file(alignlab: Alignlab):
    Path("run.yaml").mkdir()
    assert alignlab("train", "run.yaml").err == "There is no readable run file run.yaml.\n"
    assert alignlab("train", "a\0b").err.startswith("'FILE.yaml' has a value that no name can have.")
