"""`alignlab runs tokens`: what a script reads of the lens."""

import pytest

from storage import samples
from storage.database import Database
from tests.app import invented, invented_tokens
from tests.app.cli.conftest import Alignlab


@pytest.fixture
def run_id(database: Database) -> str:
    lease = invented.started(database, "grpo", "looked at", 1_800_000_000.0)
    rows = [
        invented_tokens.row(text, 0, 5, part="rollout", score=score) for text, score in (("Hi <b>", 0.5), ("no", -0.5))
    ]
    samples.add(database, lease, [], rows, step=5)
    return lease.run_id


def test_json_is_what_the_lens_shows(alignlab: Alignlab, run_id: str):
    view = alignlab("runs", "tokens", run_id[:6], "--json").json
    assert (view["run"], view["step"], view["part"]) == (run_id, 5, "rollout")
    assert [row["pieces"] for row in view["rows"]] == [["Hi", " <b>", "<|end|>"], ["no", "<|end|>"]]
    assert {"log_ratio", "advantage", "ratio", "clip"} <= set(view["rows"][0]["values"])


def test_a_person_reads_a_table_of_each_response(alignlab: Alignlab, run_id: str):
    out = alignlab("runs", "tokens", run_id, "--step", "5", "--prompt", "0").out
    assert "response, 3 tokens; sums: log_ratio" in out
    assert "ADVANTAGE" in out


def test_what_is_not_there_is_one_sentence(alignlab: Alignlab, run_id: str):
    absent = alignlab("runs", "tokens", run_id, "--step", "6")
    assert (absent.code, absent.out) == (2, "")
    assert absent.err.strip() == f"The run {run_id} has no values of tokens at step 6. There are some at: 5."
    assert alignlab("runs", "tokens", run_id, "--part", "every").code == 2
