"""`alignlab demo`: several methods one after the other, then a table, an answer for scripts and a file to look at."""

from pathlib import Path

import pytest

from app.cli import demo
from engine.spec import STUDIES
from storage import runs, studies
from storage.database import Database
from tests import tiny
from tests.app.cli.conftest import Alignlab


@pytest.fixture
def two_methods(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In place of the four on the starter: two on a tiny model."""
    tiny.write_pairs(database, "pairs", 24)
    folder = tiny.write_model(tmp_path / "model")
    base = tiny.settings(folder, "pairs", sampling={"max_new_tokens": 4}, evaluation={"final_prompts": 2})
    file = {"base": base, "algorithms": ["dpo", "grpo"], "seeds": [0], "budget": {"tokens": 100}}
    monkeypatch.setitem(STUDIES, demo.QUARTET, file)


@pytest.mark.slow
def test_methods_are_trained_for_the_same_time_and_compared(
    alignlab: Alignlab, database: Database, two_methods: None, tmp_path: Path
):
    out = tmp_path / "out.html"
    answer = alignlab("demo", "--seconds", "5", "--out", str(out), "--json")
    assert answer.code == 0, answer.err
    assert answer.err.count("A run with a budget in seconds cannot be repeated bit for bit.") == 1
    assert [run["algorithm"] for run in answer.json["runs"]] == ["dpo", "grpo"]
    members = studies.members(database, answer.json["study"])
    assert [run.state for run in members] == ["succeeded", "succeeded"]
    assert [run.spec["budget"]["seconds"] for run in members] == [5, 5]
    assert answer.json["report"] == str(out)
    page = out.read_text(encoding="utf-8")
    assert "demo dpo" in page
    assert "demo grpo" in page
    assert "seconds of training" in page


def test_a_place_that_cannot_be_written_is_refused_before_anything_is_trained(
    alignlab: Alignlab, database: Database, tmp_path: Path
):
    answer = alignlab("demo", "--out", str(tmp_path / "nowhere" / "out.html"))
    assert answer.code == 2
    assert "Choose another file with --out." in answer.err
    assert runs.listing(database) == []
