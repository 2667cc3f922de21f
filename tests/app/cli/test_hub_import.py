"""`alignlab data import hub:...`: a dataset of the hub becomes one of the workspace, by the rules of any file."""

import gzip
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from app.cli import hub_files, progress_bar
from storage import datasets
from storage.database import Database
from tests.app.cli.conftest import Alignlab
from tests.fake_hub import MAIN, FakeHub

COMMAND_LINE = "import sys; from app.cli import main; sys.exit(main())"


def rows(*numbers: int, **extra: Any) -> bytes:
    return b"".join(
        json.dumps({"prompt": f"Question {n}?", "chosen": "Gladly.", "rejected": "No.", **extra}).encode() + b"\n"
        for n in numbers
    )


def test_the_shards_of_a_split_are_one_dataset_that_knows_its_commit(
    alignlab: Alignlab, database: Database, hub: FakeHub
) -> None:
    files = {"train-2.jsonl": rows(3), "train-1.jsonl.gz": gzip.compress(rows(1, 2)), "test.jsonl": rows(9)}
    commit = hub.add("org/pairs", files).commit(MAIN)
    answer = alignlab("data", "import", "hub:org/pairs")
    assert answer.code == 0, answer.err
    assert answer.out.startswith("Imported 3 items into pairs (form: trl).")
    assert f"hub:org/pairs@{commit}, split train: 2 files, " in answer.err
    assert [item.messages[0]["content"] for item in datasets.items(database, "pairs")[0]] == [
        "Question 1?", "Question 2?", "Question 3?",
    ]  # fmt: skip
    record = datasets.import_record(database, "pairs")
    assert record is not None
    assert (record.origin, record.split, record.file) == (f"hub:org/pairs@{commit}", "train", "org/pairs train")


def test_another_split_is_named_and_the_answer_says_where_it_is_from(alignlab: Alignlab, hub: FakeHub) -> None:
    commit = hub.add("org/pairs", {"train.jsonl": rows(1), "test.jsonl": rows(2, 3)}).commit(MAIN)
    answer = alignlab("data", "import", "hub:org/pairs@main", "--split", "test", "--name", "held", "--json").json
    assert (answer["name"], answer["imported"]) == ("held", 2)
    assert (answer["origin"], answer["split"]) == (f"hub:org/pairs@{commit}", "test")


def test_columns_and_bad_rows_are_treated_as_those_of_a_file(alignlab: Alignlab, hub: FakeHub) -> None:
    good = [json.dumps({"question": f"Q{n}", "a": "x", "b": "y"}) + "\n" for n in range(4)]
    hub.add("org/odd", {"1.jsonl": "".join(good[:2]).encode(), "2.jsonl": (good[2] + "{no\n" + good[3]).encode()})
    command = ("data", "import", "hub:org/odd", "--map", "prompt=question,chosen=a,rejected=b")
    refused = alignlab(*command)
    assert refused.code == 2
    assert "Nothing was imported from org/odd train: 4 good, 1 bad. line 4: " in refused.err
    answer = alignlab(*command, "--skip-bad", "--json").json
    assert (answer["imported"], [bad["row"] for bad in answer["bad"]]) == (4, [4])


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["hub:org/none"], "The Hugging Face hub shows no dataset org/none."),
        (["hub:org"], "hub:org names no dataset of the Hugging Face hub: write hub:owner/name"),
        (["hub:org/pairs", "--split", "dev"], "The dataset org/pairs has no split dev; it has train."),
        (["hub:org/pairs/fr"], "The dataset org/pairs has no configuration fr; it has default."),
        (["pairs.jsonl", "--split", "dev", "--name", "x"], "--split is for a dataset of the hub"),
        (["pairs.jsonl"], "'--name' is missing."),
    ],
)
def test_what_cannot_be_imported_is_told_in_one_line(
    alignlab: Alignlab, hub: FakeHub, tmp_path: Path, arguments: list[str], sentence: str
) -> None:
    hub.add("org/pairs", {"train.jsonl": rows(1)})
    (tmp_path / "pairs.jsonl").write_bytes(rows(1))
    answer = alignlab("data", "import", *arguments)
    assert (answer.code, answer.out) == (2, "")
    assert sentence in answer.err
    assert answer.err.count("\n") == 1


def test_a_long_download_says_how_far_it_is(alignlab: Alignlab, hub: FakeHub, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.add("org/pairs", {"train.jsonl": rows(1)})
    hub.gate = threading.Event()
    monkeypatch.setattr(progress_bar, "REPORT_SECONDS", 0.0)
    monkeypatch.setattr(hub_files, "POLL_SECONDS", 0.01)
    show = progress_bar._ByteLines.show

    def show_and_open(bar: progress_bar._ByteLines, count: int) -> None:
        show(bar, count)
        hub.gate.set()

    monkeypatch.setattr(progress_bar._ByteLines, "show", show_and_open)
    assert "0 B of 66 B" in alignlab("data", "import", "hub:org/pairs").err


@pytest.mark.slow
def test_ctrl_c_in_the_middle_leaves_nothing_half_written(database: Database, hub: FakeHub, tmp_path: Path) -> None:
    hub.add("org/pairs", {"train.jsonl": rows(1)})
    hub.gate = threading.Event()
    settings = {"HF_ENDPOINT": hub.url, "HF_HUB_CACHE": str(tmp_path / "hub"), "HF_HUB_OFFLINE": "0"}
    command = [sys.executable, "-P", "-c", COMMAND_LINE, "data", "import", "hub:org/pairs"]
    with subprocess.Popen(command, env=os.environ | settings, stderr=subprocess.PIPE) as process:
        assert hub.is_halfway.wait(60)
        process.send_signal(signal.SIGINT)
        hub.gate.set()
    assert process.returncode == 130
    assert list((tmp_path / "hub").rglob("*.incomplete")) == []
    assert datasets.listing(database) == []
