"""The tab Tokens: what the lens is given, and what stands there before there is anything to look at."""

import json
import time

from streamlit.testing.v1 import AppTest

from storage import run_lists
from storage.database import Database
from tests.app import invented
from tests.app.conftest import open_page, words


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
