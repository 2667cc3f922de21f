"""The tab Samples: it stands in the address, and says why a run has no answers."""

import json
import time

import pytest

from app import people
from app.actions import foreign_runs
from app.samples import samples_tab
from storage import queue, run_writes, runs
from storage.database import Database
from storage.run_sources import Report
from tests.app import invented
from tests.app.conftest import open_page, words


def test_the_tab_hands_on_what_the_address_asks_for(filled: Database) -> None:
    run = runs.listing(filled, states=["succeeded"])[0]
    page = open_page("run", id=run.id, tab="samples", samples="rates", step="75", prompt="2")
    component = next(e for e in page.main if e.type == "bidi_component" and "samples" in e.proto.component_name)
    data = json.loads(component.proto.json)
    assert data["view"] == {"view": "rates", "step": 75, "prompt": 2}
    assert (data["run"], data["sampled"]) == (run.id, False)


def test_the_tab_tokens_names_the_step_alike_and_the_prompt_where_it_is_of_an_answer() -> None:
    at = {"step": "75", "prompt": "2"}
    assert samples_tab._view(at) == samples_tab._view({**at, "part": "answers"})
    assert samples_tab._view({**at, "part": "pairs"}) == {"view": "list", "step": 75, "prompt": 2}
    assert samples_tab._view({**at, "part": "rollout"}) == {"view": "list", "step": 75, "prompt": None}


@pytest.mark.parametrize(
    ("algorithm", "reason"),
    [("dpo", "ended before its first evaluation"), ("reward", "scores answers and gives none")],
)
def test_a_run_without_answers_says_why(empty: Database, algorithm: str, reason: str) -> None:
    now = time.time()
    about = {"kind": "train", "algorithm": algorithm, "lane": "train"}
    run = run_writes.create(empty, spec=invented.spec(algorithm), name="none", now=now, **about)
    queue.request(empty, run.id, "stop", now)
    assert reason in words(open_page("run", id=run.id, tab="samples"))


def test_a_run_from_elsewhere_without_answers_says_why(empty: Database) -> None:
    points = [(1, {"loss": 0.5}, 1.0)]
    report = Report("key", "session", "theirs", "a machine", points=points, state="succeeded")
    run = foreign_runs.receive(empty, people.COMMAND_LINE, report, time.time())
    assert "its answers did not come along" in words(open_page("run", id=run.id, tab="samples"))
