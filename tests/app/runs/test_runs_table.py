"""The table of runs and its neighbours, where there are many runs: pages, and what a look at them reads."""

import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from app import people
from app.bridge.fragment import Fragment
from app.runs import lineage_graph, outcome, recent, run_head, runs_table
from benchmarks import fill_workspace
from storage import metrics, run_lists, run_writes
from storage.database import Database
from storage.records import RunSummary
from tests.app import families

Look = Callable[[dict[str, str]], Fragment]


def ids(fragment: Fragment) -> list[str]:
    """The runs in the order of the rows, without those that others wait for."""
    return re.findall(r'al-first"[^>]*><a class="al-name" data-go="run" href="run\?id=(\w+)"', str(fragment.html))


def test_pages_show_every_run_once_the_newest_first(empty: Database) -> None:
    made = fill_workspace.fill(empty, 120)
    pages = [ids(runs_table.table({"page": page})) for page in ("1", "2", "3", "4")]
    assert [len(page) for page in pages] == [50, 50, 20, 0]
    assert [run for page in pages for run in page] == made[::-1]
    assert runs_table.count({}) == 120


def test_the_number_of_runs_is_that_of_the_search(empty: Database) -> None:
    fill_workspace.fill(empty, 120)
    query = {"search": "DPO 礼貌", "state": "failed"}
    failed = runs_table.table(query)
    assert len(ids(failed)) == runs_table.count(query) > 0
    assert f"{runs_table.count(query)} runs" in failed.html


@pytest.mark.parametrize("column", run_lists.COLUMNS)
def test_a_press_on_a_head_sorts_by_its_column_and_the_next_the_other_way_round(filled: Database, column: str) -> None:
    falling, rising = (runs_table.table({"sort": sort, "search": "polite"}) for sort in (f"-{column}", column))
    assert set(ids(falling)) == set(ids(rising)) == set(ids(runs_table.table({"search": "polite"})))
    by_id = run_lists.by_id(filled, ids(rising))
    last = {run: series.get("eval/reward") for run, series in metrics.by_run(filled, list(by_id)).items()}
    value: dict[str, Callable[[RunSummary], float | str | None]] = {
        "name": lambda run: run.name.lower(),
        "state": lambda run: run.state,
        "result": lambda run: getattr(last[run.id], "last", None),
        "steps": lambda run: run.step,
        "time": outcome.seconds,
        "created": lambda run: run.created_at,
    }
    for fragment, descending in ((falling, True), (rising, False)):
        values = [value[column](by_id[run]) for run in ids(fragment)]
        known = [each for each in values if each is not None]
        assert known == sorted(known, reverse=descending)
        assert values[len(known) :] == [None] * (len(values) - len(known)), "what is not known comes last"
    assert f'href="runs?search=polite&amp;sort={column}"' in falling.html
    assert f'href="runs?search=polite&amp;sort=-{column}"' in rising.html


def test_a_sort_that_is_none_is_the_newest_first(filled: Database) -> None:
    assert ids(runs_table.table({"sort": "-password"})) == ids(runs_table.table({}))


def test_a_waiting_run_names_the_run_that_it_waits_for(empty: Database) -> None:
    first = families.put(empty, "first <b>", families.spec("sft"), 1.0)
    families.put(empty, "second", families.spec("dpo"), 2.0, waits_for=first)
    html = str(runs_table.table({}).html)
    assert (
        f'waits for run <a class="al-name" data-go="run" href="run?id={first}"><bdi>first &lt;b&gt;</bdi></a>' in html
    )


def test_only_a_run_that_launch_can_read_is_duplicated(empty: Database) -> None:
    own = families.trained(empty, "own", families.spec("dpo"), 1.0)
    families.foreign(empty, 2.0)
    assert re.findall(r"launch\?from=(\w+)", str(runs_table.table({}).html)) == [own]


@pytest.mark.parametrize("look", [runs_table.table, recent.recent_runs, lineage_graph.stages, run_head.head])
def test_a_look_takes_as_many_statements_whatever_the_number_of_runs(empty: Database, look: Look) -> None:
    counts = []
    for size in (56, 160):
        run = fill_workspace.fill(empty, size)[-6]  # a policy with ancestors and descendants
        statements: list[str] = []
        record = statement_recorder(statements)
        sa.event.listen(empty.engine, "before_cursor_execute", record)
        with people.acting_as(people.LOCAL):  # as a page and a route do
            look({"id": run})
        sa.event.remove(empty.engine, "before_cursor_execute", record)
        counts.append(len(statements))
    assert counts[0] == counts[1] < 30


def test_the_stages_are_drawn_without_any_settings(empty: Database) -> None:
    run = fill_workspace.fill(empty, 16)[2]
    statements: list[str] = []
    sa.event.listen(empty.engine, "before_cursor_execute", statement_recorder(statements))
    assert lineage_graph.stages({"id": run}).html.count('class="al-stage ') == 4
    assert not any("runs.spec" in statement for statement in statements)


def statement_recorder(statements: list[str]) -> Callable[..., None]:
    def record(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    return record


def test_a_run_that_names_no_dataset_has_its_id_alone_under_its_name(empty: Database) -> None:
    run = run_writes.create(empty, name="fed", kind="train", algorithm=None, lane="train", spec={}, now=1.0)
    assert f'al-id">{run.id[:5]}</span>' in runs_table.table({}).html
