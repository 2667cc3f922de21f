"""Columns of a person's choice, groups, filters and sparklines of the table of runs, as its address names them."""

import re
import statistics
from collections import OrderedDict

import pytest

from app import people
from app.people import Person
from app.runs import runs_table, sparklines, table_columns
from app.runs.table_view import TableView
from engine.spec import ALGORITHMS, Generate, settings
from storage import metrics, run_label_writes, run_lists, run_removal_writes, runs
from storage.database import Database
from storage.records import Run
from storage.run_facets import RunFacets
from storage.run_tags import TagChanges
from tests.app.runs.test_runs_table import ids


def column_of(html: str, title: str) -> list[str]:
    """The texts of the cells under one head."""
    return re.findall(rf'data-head="{re.escape(title)}[ ↓↑]*">(.*?)</td>', html)


def test_every_setting_with_one_value_can_be_a_column() -> None:
    declared = {setting.path for block in (*ALGORITHMS.values(), Generate) for setting in settings(block)}
    titles = table_columns.setting_titles()
    assert set(titles) <= declared
    assert {"seed", "beta", "optimizer.learning_rate", "sampling.group_size", "model.adapter.kind"} <= set(titles)
    assert "reward" not in titles


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("seed", True),
        ("eval/reward@best", True),
        ("eval/reward@last", True),
        ("eval/length@best", False),  # nobody says on which side the better lies
        ("eval/length@max", True),
        ("eval/reward", False),
        ("eval/reward@median", False),
        ("@last", False),
        ("password", False),
        (f"{'x' * 200}@last", False),
    ],
)
def test_a_column_that_is_none_is_left_out(name: str, known: bool) -> None:
    assert [column.name for column in table_columns.columns(f"{name},{name},nonsense")] == ([name] if known else [])


def test_chosen_columns_show_what_the_rows_say(filled: Database) -> None:
    query = {"columns": "optimizer.learning_rate,seed,eval/reward@best", "sort": "-eval/reward@best"}
    html = str(runs_table.table(query).html)
    shown = ids(runs_table.table(query))
    series = metrics.by_run(filled, shown)
    best = [series[run].get("eval/reward") for run in shown]
    assert column_of(html, "Seed") == [str(runs.get(filled, run).spec["seed"]) for run in shown]
    assert set(column_of(html, "Learning rate")) == {"0.0002"}
    figures = [each.maximum for each in best if each is not None]
    assert figures == sorted(figures, reverse=True)
    assert column_of(html, "Held-out reward · best") == [
        "–" if each is None else f"{each.maximum:.3f}" for each in best
    ]


def test_auto_stands_for_what_it_became() -> None:
    column = table_columns.column("optimizer.micro_batch")
    assert column is not None
    settings = {"optimizer": {"micro_batch": "auto"}}
    assert table_columns.cell(column, table_columns.Values(settings, {"micro_batch": 4}, {})) == "4"
    assert table_columns.cell(column, table_columns.Values(settings, {}, {})) == "auto"


@pytest.mark.parametrize(
    ("value", "text"),
    [(True, "true"), (3, "3"), (10_000, "10,000"), (2e-5, "2e-05"), (None, "–"), ("ab" * 32, "abababa"), ("x", "x")],
)
def test_a_value_fits_its_cell(value: object, text: str) -> None:
    assert table_columns.setting_text(value) == text


def test_groups_have_heads_with_mean_and_spread(filled: Database) -> None:
    fragment = runs_table.table({"group": "method"})
    assert set(ids(fragment)) == {run.id for run in run_lists.search(filled)}
    last = metrics.by_run(filled, ids(fragment))
    done = run_lists.search(filled, states=["succeeded"], facets=RunFacets(method="dpo"))
    rewards = [last[run.id]["eval/reward"].last for run in done]
    assert len(rewards) == 1
    assert f"{statistics.mean(rewards):.3f}</b>" in fragment.html
    assert str(fragment.html).count('class="al-group"') == len({run.algorithm for run in run_lists.search(filled)})


def test_a_group_folds_and_unfolds(filled: Database) -> None:
    opened = str(runs_table.table({"group": "method", "sort": "name"}).html)
    link = re.findall(r'al-groupfold" data-go="runs" href="runs\?([^"]*)" aria-expanded="true"', opened)[0]
    folds = re.findall(r"folds=(\w+)", link)[0]
    folded = runs_table.table({"group": "method", "sort": "name", "folds": folds})
    assert 0 < len(ids(folded)) < len(ids(runs_table.table({})))
    assert 'aria-expanded="false"' in folded.html
    assert "sort=name" in link


def test_many_runs_begin_folded(filled: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs_table, "PER_PAGE", 3)
    query = {"group": "optimizer.learning_rate"}
    assert ids(runs_table.table(query)) == []
    assert "Learning rate 0.0002" in runs_table.table(query).html
    assert runs_table.pages(query) == 1


def test_a_filter_is_named_over_the_table_and_goes_at_a_press(
    filled: Database,
) -> None:
    run = run_lists.search(filled)[-1]
    run_label_writes.change_tags(filled, [run.id], TagChanges(added=("<b>",)))
    fragment = runs_table.table({"tag": "<b>", "group": "tag"})
    assert ids(fragment) == [run.id]
    assert 'href="runs?group=tag" aria-label="Take the filter away: Tag"' in fragment.html
    assert "<bdi>&lt;b&gt;</bdi>" in fragment.html
    nothing = runs_table.table({"tag": "none such"})
    assert "No run matches" in nothing.html
    assert "Take the filter away" in nothing.html


def test_archived_runs_are_shown_on_request(filled: Database) -> None:
    run = run_lists.search(filled, states=["failed"])[0]
    run_removal_writes.archive(filled, [run.id], 1.0)
    assert run.id not in ids(runs_table.table({}))
    assert ids(runs_table.table({"archived": "1"})) == [run.id]


def test_a_view_keeps_all_but_page_and_folds() -> None:
    view = TableView({"search": "x", "group": "seed", "page": "3", "folds": "abc", "sort": "", "other": "1"})
    assert view.kept == {"columns": "none", "search": "x", "group": "seed"}
    assert view.link(search=None, sort="-name") == "runs?sort=-name&group=seed&folds=abc"
    assert TableView({"columns": "none"}).columns == ()


def test_a_curve_is_read_once_and_again_after_it_has_grown(filled: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sparklines, "_kept", OrderedDict())
    read: list[int] = []
    envelope = sparklines.envelopes.read
    monkeypatch.setattr(
        sparklines.envelopes, "read", lambda db, ids, buckets: read.append(len(ids)) or envelope(db, ids, buckets)
    )
    found = run_lists.search(filled)
    series = metrics.by_run(filled, [run.id for run in found])
    curves = sparklines.of_runs(filled, found, series)
    assert sparklines.of_runs(filled, found, series) == curves
    assert read == [len(curves)]
    assert all("<path d=" in curve for curve in curves.values())


def test_an_envelope_is_the_smallest_and_largest_of_each_stretch(filled: Database) -> None:
    run: Run = next(run for run in runs.listing(filled) if run.name == "polite-dpo-seed0")
    loss = metrics.by_run(filled, [run.id])[run.id]["loss"]
    points = {step: value for _key, step, value, _at in metrics.points(filled, run.id, "loss")}
    buckets: dict[int, list[float]] = {}
    for step, value in points.items():
        buckets.setdefault(step * 8 // (loss.last_step + 1), []).append(value)
    expected = [(min(values), max(values)) for _bucket, values in sorted(buckets.items())]
    assert sparklines.envelopes.read(filled, [loss.id], 8) == {loss.id: expected}


def test_who_may_not_change_runs_ticks_only_what_can_be_compared(filled: Database) -> None:
    with people.acting_as(Person("v", "v", "viewer")):
        html = str(runs_table.table({}).html)
    ticked = set(re.findall(r'data-pick="(\w+)"', html))
    assert ticked == {run.id for run in run_lists.search(filled) if run.step > 0}
    assert set(re.findall(r'data-pick="(\w+)"', str(runs_table.table({}).html))) > ticked
