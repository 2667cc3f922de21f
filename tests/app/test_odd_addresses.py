"""Pages whose address was written by somebody else than us: each is a page, or says what is not there."""

import pytest

from storage import runs
from storage.database import Database
from tests import tiny
from tests.app.conftest import open_page

LONG, ROUND = "9" * 5_000, "\u202e\x1b[2J\0"


@pytest.mark.parametrize(
    ("page", "query"),
    [
        ("runs", {"page": LONG, "search": "word " * 3_000, "state": ROUND}),
        ("runs", {"page": "-1", "search": "%_\\"}),
        ("runs", {"page": "1e3"}),
        ("run", {"id": ROUND, "tab": ROUND}),
        ("run", {"id": LONG}),
        ("compare", {"runs": ",".join([ROUND] * 500)}),
        ("compare", {"study": LONG}),
        ("data", {"dataset": ROUND, "page": LONG, "item": LONG}),
        ("data", {"dataset": "polite-weather", "page": LONG, "q": "word " * 3_000, "flag": ROUND}),
        ("data", {"dataset": "polite-weather", "page": "\u00b2", "item": LONG}),
        ("annotate", {"dataset": ROUND, "round": LONG}),
        ("annotate", {"dataset": LONG}),
        ("annotate", {"dataset": "polite-weather", "round": "\u00b2"}),
        ("launch", {"from": LONG}),
        ("launch", {"preset": ROUND, "stages": LONG, "dataset": ROUND}),
        ("overview", {"lang": ROUND}),
    ],
)
def test_a_page_is_shown_whatever_its_address_says(filled: Database, page: str, query: dict[str, str]) -> None:
    tiny.write_pairs(filled, "polite-weather", 3)
    shown = open_page(page, **query)
    assert not shown.exception


@pytest.mark.parametrize(
    "query", [{"step": LONG}, {"step": "-1", "prompt": LONG}, {"prompt": "\u00b2", "samples": ROUND}]
)
def test_the_answers_of_a_run_are_shown_whatever_step_is_asked_for(filled: Database, query: dict[str, str]) -> None:
    run = runs.listing(filled, states=["succeeded"])[0]
    assert not open_page("run", id=run.id, tab="samples", **query).exception
