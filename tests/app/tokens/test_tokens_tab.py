"""The tab Tokens: what the lens is given, and what stands there before there is anything to look at."""

import json
import time
from pathlib import Path

from streamlit.testing.v1 import AppTest

from app import people
from app.actions import foreign_runs
from storage import queue, run_lists
from storage.database import Database
from tests.app import invented
from tests.app.conftest import open_page, words
from tests.storage.foreign_runs import sources


def lens_data(page: AppTest) -> dict:
    found = [json.loads(part.proto.json) for part in page.main if part.type == "bidi_component"]
    (data,) = [part for part in found if "quantities" in part]
    return data


def test_the_lens_has_the_choice_of_the_address_and_runs_on_the_same_data(filled: Database):
    ids = {run.name: run.id for run in run_lists.search(filled)}
    page = open_page("run", id=ids["polite-dpo-seed0"], tab="tokens", step="25", against=f"{ids['starter-sft']}@50")
    data = lens_data(page)
    assert (data["run"], data["newest"]) == (ids["polite-dpo-seed0"], 300)
    assert data["choice"] == {"step": "25", "against": f"{ids['starter-sft']}@50"}
    others = {other["id"]: other["steps"] for other in data["others"]}
    assert data["others"][0]["id"] == ids["starter-sft"], "the one that the address names comes first"
    assert others[ids["polite-dpo-seed1"]][:3] == [0, 25, 50]
    assert not {ids["polite-dpo-seed0"], ids["polite-dpo-seed2"]} & others.keys(), "itself, and one without tokens"
    assert data["quantities"]["log_ratio"]["title"] == "Log-ratio"


def test_before_the_first_evaluation_the_tab_says_what_it_waits_for(empty: Database):
    lease = invented.started(empty, "dpo", "new", time.time())
    assert "No tokens yet." in words(open_page("run", id=lease.run_id, tab="tokens"))


def test_a_run_that_came_of_a_file_waits_for_no_evaluation(empty: Database, tmp_path: Path):
    path = sources.trainer_state(tmp_path / "run", [1, 2])
    (outcome,) = foreign_runs.import_runs(empty, people.COMMAND_LINE, path, 1.0)
    said = words(open_page("run", id=outcome.result.run.id, tab="tokens"))
    assert "did not come along with its curves" in said
    assert "evaluation" not in said.partition("No tokens were kept")[2]


def test_a_run_that_ended_before_its_first_evaluation_can_be_resumed(empty: Database):
    lease = invented.started(empty, "dpo", "new", time.time())
    queue.finish(empty, lease, "stopped", now=time.time())
    assert "Resume it" in words(open_page("run", id=lease.run_id, tab="tokens"))
