"""A file of stages: launched as runs that wait for each other, or refused in words."""

import pytest

from engine.spec import CHAINS, parse_chain, read_yaml
from storage import runs
from storage.database import Database
from tests.app.conftest import open_page, words
from tests.app.launch.conftest import paste, primary, set_preflight, shown_run_file

STAGES = """
data: {dataset: polite}
stages:
- {name: one, algorithm: sft}
- {name: two, algorithm: dpo, model: {from: "stage:one"}}
"""


def test_a_pasted_file_of_stages_is_launched_as_runs_that_wait_for_each_other(stocked: Database) -> None:
    page = paste(STAGES)
    assert read_yaml(shown_run_file(page))["algorithm"] == "dpo", "the form is left alone"
    assert '<td class="" data-head="Starts from">one</td>' in words(page)
    page.button(key="chain.go").click().run()
    second, first = runs.listing(stocked)
    assert [(run.name, run.state, run.waits_for) for run in (first, second)] == [
        ("one", "queued", None),
        ("two", "waiting", first.id),
    ]
    assert page.query_params["id"] == first.id


def test_stages_with_mistakes_say_them_and_are_not_taken_up(stocked: Database) -> None:
    page = paste(STAGES.replace("stage:one", "stage:three"))
    assert "Stage two: model.from names a stage that does not come before this one; there are: one." in words(page)
    assert "chain.go" not in {button.key for button in page.button}


def test_stages_that_would_fail_leave_no_row(stocked: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    set_preflight(
        monkeypatch, problems=[{"path": "stages.2", "text": ["Stage two: It is {what}.", {"what": "too big"}]}]
    )
    page = paste(STAGES)
    page.button(key="chain.go").click().run()
    assert "Stage two: It is too big." in words(page)
    assert runs.listing(stocked) == []


def test_stages_that_come_along_are_taken_up_and_put_away(stocked: Database) -> None:
    text = words(open_page("launch"))
    assert all(f'data-go="launch" href="launch?stages={name}"' in text for name in CHAINS.files)
    page = open_page("launch", stages="dpo-grpo")
    (held,) = [parse_chain(read_yaml(code.value)) for code in page.code[:-1]]
    assert held == parse_chain(CHAINS.files["dpo-grpo"])
    assert primary(page) == ["Launch all stages"]
    page.button(key="chain.away").click().run()
    assert len(page.code) == 1
    assert primary(page) == ["Launch"]
