"""The tab Samples: it stands in the address, and says why a run has no answers."""

import json
import time

import pytest

from storage import queue, run_writes, runs
from storage.database import Database
from tests.app import invented
from tests.app.conftest import open_page, words


def test_the_tab_hands_on_what_the_address_asks_for(filled: Database) -> None:
    run = runs.listing(filled, states=["succeeded"])[0]
    page = open_page("run", id=run.id, tab="samples", samples="rates", step="75", prompt="2")
    component = next(e for e in page.main if e.type == "bidi_component" and "samples" in e.proto.component_name)
    data = json.loads(component.proto.json)
    assert data["view"] == {"view": "rates", "step": 75, "prompt": 2}
    assert (data["run"], data["sampled"]) == (run.id, False)


@pytest.mark.parametrize(
    ("algorithm", "origin", "reason"),
    [
        ("dpo", "local", "ended before its first evaluation"),
        ("dpo", "imported", "its answers did not come along"),
        ("reward", "local", "scores answers and gives none"),
    ],
)
def test_a_run_without_answers_says_why(empty: Database, algorithm: str, origin: str, reason: str) -> None:
    now = time.time()
    about = {"kind": "train", "algorithm": algorithm, "lane": "train", "origin": origin}
    run = run_writes.create(empty, spec=invented.spec(algorithm), name="none", now=now, **about)
    queue.request(empty, run.id, "stop", now)
    assert reason in words(open_page("run", id=run.id, tab="samples"))
