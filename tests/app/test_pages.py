"""The pages as a browser session sees them: for a newcomer, with runs in every state, in both languages."""

import json
import re
import time
from itertools import permutations
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from app import clients, views
from app.bridge import live
from app.clients import EngineClient, EngineError
from app.runs import run_buttons, runs_table
from app.translations import LANGUAGES
from engine import launch
from engine.spec import parse
from storage import dataset_writes, queue, run_writes, runs
from storage.database import Database
from storage.records import Item, Lease
from tests import tiny
from tests.app import families
from tests.app.conftest import open_page, words

OURS = ("overview", "runs", "settings")
VIEWS = Path(views.__file__).parent


def named(db: Database, name: str) -> str:
    return next(run.id for run in runs.listing(db) if run.name == name)


def buttons(page: AppTest) -> list[str]:
    return [button.label for button in page.button]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", OURS)
def test_an_empty_workspace_has_no_dead_end(empty: Database, name: str, language: str) -> None:
    page = open_page(name, language)
    assert words(page)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", OURS)
def test_every_page_opens_with_runs_in_every_state(filled: Database, name: str, language: str) -> None:
    page = open_page(name, language)
    assert words(page)


def test_a_newcomer_is_offered_a_first_run(empty: Database) -> None:
    dataset_writes.create(empty, "polite-weather", "prompts", time.time())
    question = ({"role": "user", "content": "Why?"},)
    dataset_writes.add_item(empty, "polite-weather", Item("", question), time.time())
    page = open_page()
    assert "Launch DPO on polite-weather" in buttons(page)


def test_first_steps_offer_the_example_data_where_it_is_not(empty: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    page = open_page()
    assert buttons(page) == ["Bring in the example data", "Import your own pairs", "Open the example"]

    def refuse(self: EngineClient) -> None:
        raise EngineError("no space <left>")

    monkeypatch.setattr(EngineClient, "bring_samples", refuse)
    page.button(key="samples.bring").click().run()
    assert "The example data could not be brought in: no space &lt;left&gt;" in words(page)


def test_one_press_opens_four_methods_that_were_trained_before(empty: Database) -> None:
    page = open_page()
    next(button for button in page.button if button.label == "Open the example").click().run()
    assert not page.exception
    picked = page.multiselect(key="compare.picked").options
    for method in ("dpo", "ppo", "grpo", "gspo"):
        assert any(name.startswith(f"fair-{method} · ") for name in picked)
    assert {run.origin for run in runs.listing(empty)} == {"example"}
    page = open_page()
    assert "Bring in the example data" in buttons(page), "runs of an example make nobody less of a newcomer"


def test_importing_is_one_press_from_the_overview(empty: Database) -> None:
    page = open_page()
    next(button for button in page.button if button.label == "Import your own pairs").click().run()
    assert page.file_uploader(key="import.file")
    assert "import" not in page.query_params


def test_the_overview_tells_what_runs_what_waits_and_what_ended(filled: Database) -> None:
    said = words(open_page())
    for told in ("polite-dpo-seed1", "step 186 of 300", "polite-dpo-seed2", "waits for run", "failed at step 40"):
        assert told in said
    assert "The loss was not a finite number any more at step 40" in said


def test_the_whole_page_speaks_the_chosen_language(filled: Database) -> None:
    said = words(open_page(language="zh"))
    assert "正在运行" in said
    assert "在第 40 步失败" in said


@pytest.mark.parametrize("name", ["overview", "settings"])
def test_the_engine_that_is_off_names_its_command(empty: Database, name: str) -> None:
    said = words(open_page(name))
    assert "off: start it with" in said
    assert clients.engine_command() in said


def test_the_search_narrows_the_table(filled: Database) -> None:
    page = open_page("runs")
    page.text_input(key="search").set_value("seed1 polite").run()
    assert "polite-dpo-seed1" in words(page)
    assert "starter-sft" not in words(page)


def test_many_runs_come_in_pages(filled: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs_table, "PER_PAGE", 3)
    page = open_page("runs")
    assert "dpo-after-seed1" in words(page)
    assert "starter-sft" not in words(page)
    page.get("pagination")[0].set_value(3).run()
    assert "starter-sft" in words(page)


def test_the_state_in_the_address_narrows_the_table(filled: Database) -> None:
    said = words(open_page("runs", state="failed"))
    assert "dpo-learning-rate-2e-2" in said
    assert "starter-sft" not in said


def test_a_running_run_can_be_stopped_and_says_that_it_was_asked(filled: Database) -> None:
    run = named(filled, "polite-dpo-seed1")
    page = open_page("run", id=run)
    assert buttons(page)[:2] == ["Stop and save", "Pause"]
    page.button(key="button_stop").click().run()
    assert runs.get(filled, run).request == "stop"
    assert "stopping: it saves first" in words(page)
    assert page.button(key="button_stop").disabled
    assert page.button(key="button_pause").disabled


def test_a_paused_run_can_be_stopped(filled: Database) -> None:
    run = named(filled, "polite-dpo-seed2")
    queue.request(filled, run, "pause", time.time())
    page = open_page("run", id=run)
    assert buttons(page)[:2] == ["Start again", "Stop"]
    page.button(key="button_stop").click().run()
    assert runs.get(filled, run).state == "stopped"
    assert "Stop" not in buttons(page)


def test_the_table_says_for_how_long_a_run_has_been_running(filled: Database) -> None:
    page = open_page("runs", state="running")
    assert re.search(r'<td class="al-num"[^>]*>\d+ (s|min|h)', words(page))


def test_a_press_that_was_not_acted_on_does_nothing_to_another_run(
    filled: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    running, other = named(filled, "polite-dpo-seed1"), named(filled, "polite-dpo-seed2")
    page = open_page("run", id=running)
    with monkeypatch.context() as patched:
        patched.setattr(live, "show", lambda *_, **__: st.stop())
        page.button(key="button_stop").click().run()
    for run in (other, running):
        page.query_params["id"] = run
        page.run()
    assert runs.get(filled, running).request is None
    assert runs.get(filled, other).state == "queued"


def test_a_failed_run_says_why_and_can_be_resumed(filled: Database) -> None:
    run = named(filled, "dpo-learning-rate-2e-2")
    page = open_page("run", id=run)
    assert "The loss was not a finite number any more at step 40" in words(page)
    page.button(key="button_resume").click().run()
    assert runs.get(filled, run).state == "queued"


def test_a_stopped_run_resumes_from_its_last_checkpoint(filled: Database) -> None:
    page = open_page("run", id=named(filled, "article-beta-0.5"))
    assert "Resume from step 100" in buttons(page)


def test_answers_before_and_after_are_shown_as_they_were_written(filled: Database) -> None:
    said = words(open_page("run", id=named(filled, "polite-dpo-seed0")))
    assert "Until it is done. &lt;b&gt;Obviously.&lt;/b&gt;" in said


@pytest.mark.parametrize(
    ("tab", "told"),
    [("settings", "optimizer.learning_rate"), ("log", "step 299 loss")],
)
def test_each_tab_stands_in_the_address(filled: Database, tab: str, told: str) -> None:
    page = open_page("run", id=named(filled, "polite-dpo-seed0"), tab=tab)
    assert told in words(page)


def test_the_curves_are_declared_for_the_whole_run_before_the_first_point(filled: Database) -> None:
    page = open_page("run", id=named(filled, "polite-dpo-seed2"))
    panels = next(e for e in page.main if e.type == "bidi_component" and e.proto.component_name == "alignlab_panels")
    titles = [panel["title"] for section in json.loads(panels.proto.json)["sections"] for panel in section["panels"]]
    assert titles[0] == "Held-out reward"
    assert {"Loss", "Implicit rewards", "Memory"} <= set(titles)


def test_a_run_that_is_not_there_is_told_with_the_way_out(filled: Database) -> None:
    assert "There is no run zzzz." in words(open_page("run", id="zzzz"))


def test_the_queue_is_reordered_by_what_was_pressed(filled: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_buttons.st, "rerun", lambda: None)
    second = named(filled, "polite-sft")
    run_buttons.act({"do": "up", "id": second})
    assert next(run.id for run in runs.queue_order(filled)) == second


def test_a_toast_says_every_sign_of_a_refusal(filled: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(run_buttons.st, "toast", lambda text, **_: said.append(text))
    run_buttons.act({"do": "stop", "id": "**bold**"})
    assert r"\*\*bold\*\*" in said[0]


def test_a_refused_press_is_told_in_words(filled: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(run_buttons.st, "toast", lambda text, **_: said.append(text))
    run_buttons.act({"do": "stop", "id": named(filled, "starter-sft")})
    assert "has ended already" in said[0]


def test_pages_know_a_run_whose_run_file_is_from_elsewhere(empty: Database) -> None:
    run = run_writes.create(
        empty,
        spec={"trainer": "other"},
        kind="train",
        algorithm="other",
        lane="train",
        name="imported",
        now=time.time(),
        origin="imported",
    )
    for name in ("overview", "runs"):
        assert "imported" in words(open_page(name))
    for tab in ("curves", "settings"):
        open_page("run", id=run.id, tab=tab)


def test_a_run_of_another_trainer_is_offered_nothing_that_cannot_work(empty: Database) -> None:
    run = families.foreign(empty, time.time())
    page = open_page("run", id=run, tab="log")
    assert buttons(page) == ["Compare"]
    said = words(page)
    assert "method not told" in said
    assert "not trained in this workspace" in said
    assert "?from=" not in words(open_page("runs"))


def test_a_paused_run_is_in_the_queue_where_it_can_be_resumed_and_not_among_those_that_ended(filled: Database) -> None:
    run = named(filled, "polite-dpo-seed2")
    queue.request(filled, run, "pause", time.time())
    said = words(open_page())
    assert f'data-do="resume" data-id="{run}"' in said
    assert said.count("polite-dpo-seed2") == said.count('aria-label="Resume: polite-dpo-seed2"') + 1


def test_a_waiting_run_leads_to_the_one_it_waits_for(filled: Database) -> None:
    awaited = named(filled, "polite-dpo-seed1")
    link = f'waits for run <a class="al-name" data-go="run" href="run?id={awaited}">polite-dpo-seed1</a>'
    assert link in words(open_page("runs"))
    assert link in words(open_page("run", id=named(filled, "dpo-after-seed1")))


def test_a_run_that_waits_says_that_no_engine_would_take_it(filled: Database) -> None:
    lease_of(filled, "polite-dpo-seed1", "stopped")
    assert "Nothing starts while the engine is off" in words(open_page("run", id=named(filled, "polite-dpo-seed2")))


def test_a_running_run_without_a_sign_of_life_says_so(filled: Database) -> None:
    lease = lease_of(filled, "polite-dpo-seed1")
    assert "no sign of life" not in words(open_page("run", id=lease.run_id))
    queue.renew(filled, lease, seconds=-1, now=time.time())
    assert "no sign of life" in words(open_page("run", id=lease.run_id))


def test_the_rate_of_an_attempt_that_is_over_is_not_shown(filled: Database) -> None:
    lease = lease_of(filled, "polite-dpo-seed1", "stopped")
    queue.resume(filled, lease.run_id, time.time())
    assert "tokens/s" not in words(open_page("run", id=lease.run_id))
    again = queue.claim_run(filled, lease.run_id, host="here", device="cpu", seconds=60, now=time.time())
    assert again is not None
    said = words(open_page("run", id=lease.run_id))
    assert "tokens/s" not in said
    assert "getting ready: it loads the model and its last checkpoint" in said


def test_after_the_last_step_the_last_evaluation_is_what_happens(filled: Database) -> None:
    lease = lease_of(filled, "polite-dpo-seed1")
    queue.renew(filled, lease, seconds=60, now=time.time(), step=300, fraction=1.0, eta_seconds=0.0)
    assert "last evaluation" in words(open_page("run", id=lease.run_id))
    queue.renew(filled, lease, seconds=60, now=time.time(), step=300, fraction=1.0, eta_seconds=75.0)
    assert "end evaluation, 1 min 15 s left" in words(open_page("run", id=lease.run_id))


def test_every_small_curve_says_what_it_shows(filled: Database) -> None:
    said = words(open_page())
    assert said.count('class="al-spark ') == said.count("</svg><span")
    assert '</svg><span class="al-soft">Held-out reward</span>' in said


def lease_of(db: Database, name: str, end: str = "") -> Lease:
    """The lease of a running run, which ends in the state `end`."""
    run = runs.get(db, named(db, name))
    lease = Lease(run.id, run.attempt, run.slot or "")
    if end:
        queue.finish(db, lease, end, now=time.time())
    return lease


@pytest.mark.parametrize(
    ("prompts", "elsewhere", "told"), [(8, {}, True), (60, {}, False), (8, {"dataset": "other"}, False)]
)
def test_a_run_that_is_evaluated_on_the_prompts_it_trains_on_says_so(
    empty: Database, prompts: int, elsewhere: dict[str, str], told: bool
) -> None:
    tiny.write_pairs(empty, "pairs", prompts)
    tiny.write_pairs(empty, "other", 9)
    spec = parse({"algorithm": "dpo", "data": {"dataset": "pairs"}, "evaluation": elsewhere})
    run = launch.submit(empty, spec, requested_by=None, now=time.time())
    assert ("evaluated on the prompts it trains on" in words(open_page("run", id=run.id))) is told


@pytest.mark.slow
def test_every_page_can_be_visited_after_every_other_and_again(filled: Database) -> None:
    names = sorted(path.stem for path in VIEWS.glob("*.py") if path.stem != "__init__")
    page = open_page(names[0])
    for first, second in permutations(names, 2):
        for name in (first, second):
            page.query_params.clear()  # as the menu does
            page.switch_page(f"views/{name}.py").run()
            assert not page.exception, f"{name} after {first}"
