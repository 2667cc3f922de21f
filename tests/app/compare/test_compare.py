"""Runs beside each other: how each is drawn, what makes them unlike, and the page in a browser session."""

import html
import json
import re
import time
from dataclasses import fields, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
import sqlalchemy as sa
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from app.bridge import live
from app.charts.line_styles import line_styles
from app.compare.compared_runs import compared_run
from app.compare.differing_rows import row_names
from app.routes import ROUTES
from app.translations import LANGUAGES, language_as
from engine.analysis import comparison
from storage import runs, samples, study_writes, tables
from storage.database import Database
from storage.records import Run
from tests.app import families
from tests.app.conftest import copied, filled_copy, open_page, words
from tests.app.datasets.markup import live_parts
from tests.renamed import rename
from words import english

AT = 1_700_000_000.0


@pytest.fixture(scope="module")
def fair_template(empty_template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """A workspace with four runs, to be copied, and their ids."""
    root = tmp_path_factory.mktemp("fair") / "workspace"
    return root, filled_copy(empty_template, root, lambda db: families.quartet(db, AT))


@pytest.fixture
def fair(workspace: Path, fair_template: tuple[Path, list[str]]) -> Database:
    return copied(fair_template[0], workspace)


@pytest.fixture
def quartet(fair: Database, fair_template: tuple[Path, list[str]]) -> list[Run]:
    return [runs.get(fair, run) for run in fair_template[1]]


RESOLVED = {
    "model": "starter", "ancestors": [], "device": "cpu", "precision": "fp32", "threads": 2, "micro_batch": 4,
    "learning_rate": 1e-4, "budget": {"steps": 200},
}  # fmt: skip


def run(name: str, algorithm: str | None = "dpo", **blocks: Any) -> Run:
    """A record of a run that succeeded, never stored."""
    spec = families.spec(algorithm, **blocks) if algorithm else {"trainer": "other"}
    missing = dict.fromkeys(field.name for field in fields(Run))
    given = {"id": name, "name": name, "algorithm": algorithm, "spec": spec, "state": "succeeded", "origin": "local"}
    return Run(**{**missing, **given})


def warnings(*compared: Run) -> str:
    return " ".join(
        english(text) for text in comparison.comparability_warnings([compared_run(run) for run in compared])
    )


def differing_settings(*compared: Run) -> list[tuple[str, list[str | None]]]:
    return comparison.differing_settings([compared_run(run) for run in compared])


def panels(page: AppTest) -> dict[str, Any]:
    component = next(e for e in page.main if e.type == "bidi_component" and e.proto.component_name == "alignlab_panels")
    return json.loads(component.proto.json)


def buttons(page: AppTest) -> dict[str, Any]:
    return {button.key: button for button in page.button}


def test_methods_keep_their_own_hue_and_dash() -> None:
    drawn = line_styles([run("a", "grpo"), run("b", "grpo_pairwise"), run("c", "ppo")])
    assert [(look.colour, look.dash) for look in drawn.values()] == [
        ("green", "solid"),
        ("green", "dash"),
        ("orange", "solid"),
    ]


def test_the_first_run_of_a_method_has_its_hue_and_further_ones_that_of_their_place() -> None:
    drawn = line_styles([run("a", "dpo"), run("b", "dpo", seed=1), run("c", "ppo"), run("d", "dpo", seed=2)])
    assert [(look.colour, look.dash) for look in drawn.values()] == [
        ("blue", "solid"),
        ("run-4", "solid"),
        ("orange", "solid"),
        ("run-6", "solid"),
    ]


@pytest.mark.parametrize("count", [2, 54])
def test_runs_of_one_method_never_look_alike(count: int) -> None:
    drawn = line_styles([run(f"r{seed}", seed=seed) for seed in range(count)])
    assert len({(look.colour, look.dash) for look in drawn.values()}) == count


def test_the_same_settings_differ_in_nothing() -> None:
    assert differing_settings(run("a"), run("b", seed=1)) == []
    assert warnings(run("a"), run("b", seed=1)) == ""


def test_models_of_one_name_and_other_weights_are_told_apart() -> None:
    first, second = (replace(run(name), resolved={**RESOLVED, "reference_hash": name * 9}) for name in "ab")
    assert "(starter (aaaaaa): a; starter (bbbbbb): b)" in warnings(first, second)
    assert warnings(first, replace(run("c"), resolved=first.resolved)) == ""


def test_a_run_that_is_not_there_is_told_as_text(empty: Database) -> None:
    page = open_page("compare", runs="<b>nobody</b>")
    assert "There is no run &lt;b&gt;nobody&lt;/b&gt;." in words(page)


def test_only_what_differs_is_listed_with_what_auto_came_to() -> None:
    resolved = {**RESOLVED, "learning_rate": 2e-4, "budget": {"steps": 300}}
    plain = replace(run("a"), resolved=resolved)
    other = replace(run("b", beta=0.5), resolved={**resolved, "learning_rate": 1e-4})
    assert differing_settings(plain, other) == [
        ("beta", ["0.1", "0.5"]),
        ("optimizer.learning_rate", ["0.0002", "0.0001"]),
    ]


@pytest.mark.parametrize(
    ("blocks", "sentence"),
    [
        (
            {"data": {"dataset": "polite-weather", "version": "99999999aa"}},
            "trained on different data (polite-weather@4c1e9b: a; polite-weather@999999: b)",
        ),
        ({"evaluation": {"dataset": "other", "version": "12345678"}}, "different held-out prompts (polite-weather"),
        ({"evaluation": {"prompts": 64}}, "different held-out prompts"),
        ({"evaluation": {"reward": [{"kind": "length"}]}}, "scored by different rewards (polite: a; length"),
        ({"model": {"from": "run:abcde"}}, "different models (starter: a; run:abcde: b)"),
        ({"budget": {"seconds": 90}}, "different budgets (300 steps: a; 90.0 seconds: b)"),
    ],
)
def test_what_makes_runs_unlike_is_said_with_who_is_which(blocks: dict[str, Any], sentence: str) -> None:
    assert sentence in warnings(run("a"), run("b", **blocks))


def test_runs_that_are_not_done_or_have_no_run_file_are_named() -> None:
    running = replace(run("running"), state="running")
    stopped = replace(run("stopped"), state="stopped")
    sentences = warnings(run("a"), running, stopped, run("foreign", None))
    assert "Not done yet: running." in sentences
    assert "Ended before its budget was spent: stopped." in sentences
    assert "foreign came without a run file" in sentences


def test_a_setting_is_called_as_the_form_calls_it_and_by_its_path_where_two_have_one_title() -> None:
    named = row_names(["beta", "data.version", "evaluation.version", "reward", "conditions.reward"])
    assert list(named.values()) == [
        '<span title="beta">β, tie to the reference</span>',
        '<span title="data.version">Version</span> · data.version',
        '<span title="evaluation.version">Version</span> · evaluation.version',
        '<span title="reward">Reward</span>',
        "reward of the evaluation",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_a_run_the_page_says_what_to_do(empty: Database, language: str) -> None:
    page = open_page("compare", language)
    assert {"en": "tick them on the page Runs", "zh": "勾选"}[language] in words(page)
    assert "go_to_runs" in buttons(page)


def test_four_methods_lie_on_the_same_charts(quartet: list[Run]) -> None:
    page = open_page("compare", runs=",".join(run.id for run in quartet))
    charts = panels(page)
    first = charts["sections"][0]["panels"][0]
    assert first["title"] == "Held-out reward"
    assert [trace["run"] for trace in first["traces"]] == [run.id for run in quartet]
    assert [entry["colour"] for entry in charts["legend"]] == ["blue", "orange", "green", "purple"]
    assert not charts["active"]
    assert "One seed each: what another seed would change is not known at all." in words(page)


def test_settings_that_differ_and_answers_have_tabs_of_their_own(quartet: list[Run]) -> None:
    ids = ",".join(run.id for run in quartet)
    text = words(open_page("compare", runs=ids, tab="settings"))
    assert '<span title="sampling.group_size">Group size</span>' in text
    assert "optimizer.weight_decay" not in text, "what is equal is left out"
    assert words(open_page("compare", runs=ids, tab="samples")).count("Good morning! It should be sunny") == 4


def test_answers_side_by_side_lead_to_their_tokens_beside_each_other(fair: Database, quartet: list[Run]) -> None:
    first, second = quartet[:2]
    shown = live_parts(open_page("compare", runs=f"{first.id},{second.id}", tab="samples"))
    links = re.findall(r'href="run\?([^"]*)"', shown)
    queries = [dict(parse_qsl(html.unescape(link))) for link in links if "tab=tokens" in link]
    step = samples.steps(fair, first.id)[-1]
    at = {"tab": "tokens", "step": str(step), "part": "answers", "prompt": "0"}
    assert queries[0] == {**at, "id": first.id, "against": f"{second.id}@{step}"}
    assert queries[1] == {**at, "id": second.id, "against": f"{first.id}@{step}"}


def test_tokens_can_be_the_axis(quartet: list[Run]) -> None:
    page = open_page("compare", runs=",".join(run.id for run in quartet), x="tokens")
    assert panels(page)["axis"]["key"] == "num_tokens"


def test_a_study_brings_its_runs(fair: Database, quartet: list[Run]) -> None:
    study = study_writes.create(fair, name="fair", spec={}, now=AT)
    with fair.write() as connection:
        mine = tables.Run.id.in_([quartet[0].id, quartet[2].id])
        connection.execute(sa.update(tables.Run).where(mine).values(study_id=study.id))
    charts = panels(open_page("compare", study=study.id))
    assert [entry["name"] for entry in charts["legend"]] == ["fair-dpo", "fair-grpo"]
    assert "There is no study nope." in words(open_page("compare", study="nope"))


def test_an_example_study_opens_without_a_log_or_a_checkpoint(fair: Database, quartet: list[Run]) -> None:
    study = study_writes.create(fair, name="fair", spec={}, now=AT)
    with fair.write() as connection:
        connection.execute(sa.update(tables.Run).values(study_id=study.id, origin="example"))
    page = open_page("compare", study=study.id)
    assert len(panels(page)["legend"]) == 4
    page = open_page("compare", study=study.id, tab="samples")
    assert words(page).count("Good morning! It should be sunny") == 4


def test_a_run_of_another_trainer_is_drawn_with_its_own_metrics(fair: Database, quartet: list[Run]) -> None:
    page = open_page("compare", runs=f"{families.foreign(fair, AT)},{quartet[0].id}")
    sections = {section["title"]: section["panels"] for section in panels(page)["sections"]}
    assert [panel["title"] for panel in sections["Of one run only"] if "own" in panel["title"]] == ["my/own"]
    assert "elsewhere came without a run file" in words(page)


def test_a_run_that_is_not_there_is_named_and_the_others_are_shown(quartet: list[Run]) -> None:
    page = open_page("compare", runs=f"zzzz,{quartet[0].id}")
    assert "There is no run zzzz." in words(page)
    assert len(panels(page)["legend"]) == 1


def test_a_comparison_is_there_again_for_who_comes_back_from_the_menu(quartet: list[Run]) -> None:
    page = open_page("compare", runs=",".join(run.id for run in quartet))
    for _visit in range(2):
        for name in ("runs", "compare"):
            page.query_params.clear()
            page.switch_page(f"views/{name}.py").run()
            assert not page.exception
        assert page.multiselect(key="compare.picked").value == [run.id for run in quartet]
    page.multiselect(key="compare.picked").set_value([]).run()
    page.query_params.clear()
    page.switch_page("views/runs.py").run()
    page.query_params.clear()
    assert page.switch_page("views/compare.py").run().multiselect(key="compare.picked").value == []


def test_picking_another_run_is_what_the_page_shows(quartet: list[Run]) -> None:
    page = open_page("compare", runs=quartet[0].id)
    page.multiselect[0].set_value([quartet[1].id, quartet[3].id]).run()
    assert [entry["name"] for entry in panels(page)["legend"]] == ["fair-ppo", "fair-gspo"]
    assert page.query_params["runs"] == f"-{quartet[0].id},{quartet[1].id},{quartet[3].id}"


def test_ticked_runs_are_compared(quartet: list[Run], monkeypatch: pytest.MonkeyPatch) -> None:
    page = open_page("runs")
    assert buttons(page)["compare"].disabled
    assert f'data-pick="{quartet[0].id}"' in words(page)
    ticked = [quartet[0].id, quartet[1].id, quartet[2].id]
    monkeypatch.setattr(live, "picked", lambda key: ticked)
    page.run()
    assert buttons(page)["compare"].label == "Compare 3 runs"
    page.button(key="compare").click().run()
    assert len(panels(page)["legend"]) == 3


def test_a_run_leads_to_its_comparison(quartet: list[Run]) -> None:
    page = open_page("run", id=quartet[1].id)
    page.button(key="compare").click().run()
    assert [entry["name"] for entry in panels(page)["legend"]] == ["fair-ppo"]


def test_names_are_escaped_in_the_figures(fair: Database, quartet: list[Run]) -> None:
    rename(fair, quartet[0].id, "<img src=x>")
    ids = ",".join(run.id for run in quartet)
    client = TestClient(Starlette(routes=ROUTES))
    for part in ("summary", "figures"):
        assert "<img" not in client.get(f"/alignlab/fragments/{part}?runs={ids}").json()["html"]
    assert "<img src" not in words(open_page("compare", runs=ids))


def test_figures_keep_up_while_a_run_goes_on(empty: Database) -> None:
    first = families.diamond(empty, time.time())["reward"]
    answer = TestClient(Starlette(routes=ROUTES)).get(f"/alignlab/fragments/figures?runs={first}").json()
    assert answer["every"] == 1.0


def test_a_budget_is_told_in_the_language_of_the_page() -> None:
    with language_as("zh"):
        assert compared_run(run("a", budget={"steps": 1200})).conditions.budget == "1,200 步"
