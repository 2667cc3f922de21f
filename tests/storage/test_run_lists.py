"""Lists without settings: search with pages, what the engine looks at, names to choose from."""

from collections.abc import Callable

import pytest

from storage import queue, run_lists
from storage.database import Database
from storage.records import Lease, Run, RunName

MakeRun = Callable[..., Run]


@pytest.fixture
def three(make_run: MakeRun) -> list[Run]:
    spec = {"data": {"dataset": "Polite-Weather"}, "model": {"name": "Qwen/Qwen2.5-0.5B"}}
    return [
        make_run("article beta", spec=spec, now=1.0),
        make_run("温和 100%", algorithm="ppo", spec={"data": {"dataset": "礼貌"}}, now=2.0),
        make_run("STRASSE", algorithm=None, spec={"data": "other", "model": None}, now=2.0),
    ]


@pytest.mark.parametrize(
    ("text", "matches"),
    [
        ("", ["STRASSE", "温和 100%", "article beta"]),
        ("  ", ["STRASSE", "温和 100%", "article beta"]),
        ("ARTICLE", ["article beta"]),
        ("weather dpo", ["article beta"]),
        ("beta weather qwen2.5", ["article beta"]),
        ("article ppo", []),
        ("和 礼", ["温和 100%"]),
        ("０%", ["温和 100%"]),  # typed in full width
        ("%", ["温和 100%"]),
        ("straße", ["STRASSE"]),
        ("none", []),
        ("article_beta", []),
    ],
)
def test_every_word_of_a_search_is_somewhere_in_what_a_run_is_known_by(
    db: Database, three: list[Run], text: str, matches: list[str]
):
    assert [run.name for run in run_lists.search(db, text, limit=9)] == matches
    assert run_lists.count(db, text) == len(matches)


def test_a_run_is_found_by_its_id(db: Database, three: list[Run]):
    run = three[0]
    assert [match.id for match in run_lists.search(db, run.id.upper(), limit=9)] == [run.id]


def test_a_summary_is_the_run_without_its_settings(db: Database, three: list[Run]):
    (summary,) = run_lists.search(db, "article", limit=1)
    run = vars(three[0])
    of_its_study = {"study_changes", "study_role", "study_seed", "study_trial"}
    left_out = {"spec", "resolved", "queued_at", "note"} | of_its_study
    assert vars(summary) == {name: value for name, value in run.items() if name not in left_out}
    assert (summary.dataset, summary.model) == ("Polite-Weather", "Qwen/Qwen2.5-0.5B")


def test_pages_follow_each_other(db: Database, make_run: MakeRun):
    made = [make_run(now=float(number // 2)).id for number in range(7)][::-1]
    pages = [run_lists.search(db, offset=offset, limit=3) for offset in (0, 3, 6, 9)]
    assert [[run.id for run in page] for page in pages] == [made[:3], made[3:6], made[6:], []]
    assert [run.id for run in run_lists.search(db, offset=2)] == made[2:]


def test_a_search_can_be_of_some_states(db: Database, three: list[Run], lease: Lease):
    queue.request(db, three[1].id, "stop", 5.0)
    assert [run.id for run in run_lists.search(db, states=["stopped"], limit=9)] == [three[1].id]
    assert run_lists.count(db, "ppo", ["stopped", "failed"]) == 1
    assert run_lists.count(db, "article", ["stopped", "failed"]) == 0
    assert run_lists.count(db, states=["queued", "running"]) == 3
    assert [run.id for run in run_lists.in_state(db, "running")] == [lease.run_id]


def test_runs_by_id_come_the_oldest_first(db: Database, three: list[Run]):
    ids = [run.id for run in three]
    assert list(run_lists.by_id(db, [*ids[::-1], "gone"])) == ids
    assert run_lists.by_id(db, []) == {}


def test_the_lanes_of_queued_runs(db: Database, lease: Lease, make_run: MakeRun):
    assert run_lists.queued_lanes(db) == set()
    make_run(lane="light")
    make_run(waits_for=lease.run_id)
    assert run_lists.queued_lanes(db) == {"light"}


def test_states_and_settings_by_id(db: Database, lease: Lease, make_run: MakeRun):
    other = make_run(spec={"beta": 0.2})
    assert run_lists.states(db) == {lease.run_id: "running", other.id: "queued"}
    assert run_lists.settings(db, [other.id, "gone"]) == {other.id: {"beta": 0.2}}


def test_runs_to_start_from_and_runs_to_compare(db: Database, lease: Lease, make_run: MakeRun):
    ended, fresh = make_run("ended", now=101.0), make_run("fresh", now=102.0)
    make_run("elsewhere", now=103.0, origin="example")
    make_run("evaluation", now=104.0, kind="evaluate")
    queue.request(db, ended.id, "stop", 105.0)
    started = RunName(lease.run_id, "a run")
    assert run_lists.startable_from(db) == [RunName(fresh.id, "fresh"), started]
    queue.renew(db, lease, seconds=60.0, now=106.0, step=3)
    assert run_lists.with_steps(db) == [started]
    assert run_lists.with_steps(db, [ended.id]) == [RunName(ended.id, "ended"), started]
    queue.finish(db, lease, "succeeded", now=107.0)
    assert started in run_lists.startable_from(db)


def test_when_each_dataset_was_last_trained_on(db: Database, make_run: MakeRun):
    for at, name, origin in ((101.0, "old", "local"), (103.0, "old", "local"), (104.0, "new", "example")):
        make_run(name, now=at, origin=origin, spec={"data": {"dataset": name}})
    make_run("no data", now=105.0)
    make_run("answers", now=106.0, kind="generate", spec={"data": {"dataset": "old"}})
    assert run_lists.last_trained_on(db) == {"old": 103.0}


def test_names_that_are_a_stem_with_a_number(db: Database, make_run: MakeRun):
    for name in ("dpo_x", "dpo_x 2", "dpo_x 10", "dpo_x two", "dpoyx 3", "dpo_x 4 b", "other 5"):
        make_run(name)
    assert run_lists.numbered_names(db, "dpo_x") == {"dpo_x 2", "dpo_x 10"}
