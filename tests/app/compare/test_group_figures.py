"""Figures of groups: tables, report, CSV, JSON and charts say what one plain SQL query says, also of 50 runs."""

import csv
import io
import json
import statistics
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from starlette.applications import Starlette
from starlette.testclient import TestClient

from app.compare import compared_groups, group_figures, html_report, relation_drawings
from app.compare.compared_groups import MOST_RUNS
from app.markup import texts
from app.routes import ROUTES
from engine.spec import key_metrics
from storage import runs
from storage.database import Database
from tests.app import families
from tests.app.conftest import copied, filled_copy, open_page, words

AT = 1_700_000_000.0
SEEDS = 3
LAST = """
SELECT points.value FROM points JOIN series ON series.id = points.series_id
WHERE series.run_id = :run AND series.key = :key ORDER BY points.step DESC LIMIT 1
"""


@pytest.fixture(scope="module")
def seeded_template(empty_template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """A workspace with two methods in three seeds each, and the ids of their runs."""
    root = tmp_path_factory.mktemp("seeded") / "workspace"
    return root, filled_copy(empty_template, root, lambda db: families.seeds(db, AT))


@pytest.fixture
def seeded(workspace: Path, seeded_template: tuple[Path, list[str]]) -> tuple[Database, list[str]]:
    return copied(seeded_template[0], workspace), seeded_template[1]


@pytest.fixture
def client() -> TestClient:
    return TestClient(Starlette(routes=ROUTES))


def last_values(db: Database, run_ids: list[str], key: str) -> list[float]:
    """Straight from the points."""
    with db.read() as connection:
        return [connection.execute(sa.text(LAST), {"run": run, "key": key}).scalar_one() for run in run_ids]


def test_csv_json_table_and_report_equal_a_direct_query(seeded: tuple[Database, list[str]], client: TestClient) -> None:
    db, ids = seeded
    key = key_metrics.HEADLINE
    dpo, grpo = (last_values(db, ids[start : start + SEEDS], key) for start in (0, SEEDS))
    query = {"runs": ",".join(ids), "baseline": ids[1]}
    rows = list(csv.DictReader(io.StringIO(client.get("/alignlab/compare.csv", params=query).text)))
    of_runs = {row["run"]: float(row["value"]) for row in rows if row["metric"] == key and row["run"]}
    assert of_runs == dict(zip(ids, [*dpo, *grpo], strict=True))
    groups = {row["group"]: row for row in rows if row["metric"] == key and not row["run"]}
    assert float(groups["grpo"]["value"]) == statistics.fmean(grpo)
    assert float(groups["grpo"]["deviation"]) == statistics.stdev(grpo)
    difference = statistics.fmean(grpo) - statistics.fmean(dpo)
    assert float(groups["grpo"]["difference"]) == difference
    assert float(groups["dpo"]["difference"]) == 0

    comparison = compared_groups.comparison(db, ids, None, ids[1])
    figures = group_figures.final_figures(db, comparison)
    answer = group_figures.as_json(comparison, figures)
    spread = answer["groups"][1]["metrics"][key]
    assert (spread["mean"], spread["count"], spread["difference"]) == (statistics.fmean(grpo), SEEDS, difference)

    table = client.get("/alignlab/fragments/figures", params=query).json()["html"]
    report = html_report.page(db, comparison, "Seeds")
    assert f"<b>{texts.number(statistics.fmean(grpo))}</b> ± {texts.number(statistics.stdev(grpo))}" in table
    assert f"Δ {texts.signed(difference)}" in table
    assert f"<b>{texts.number(statistics.fmean(grpo))}</b> ± {texts.number(statistics.stdev(grpo))}" in report
    assert f"Δ {texts.signed(difference)}" in report


def test_the_report_has_the_axes_of_the_page(seeded: tuple[Database, list[str]]) -> None:
    db, ids = seeded
    comparison = compared_groups.comparison(db, ids)
    assert key_metrics.STEP_SECONDS in group_figures.final_figures(db, comparison).series[ids[0]]
    assert "seconds of training" not in html_report.page(db, comparison, "Seeds", "seconds"), "no run tells of them"
    with db.write() as connection:
        keys = {"new": key_metrics.TRAINING_SECONDS, "old": key_metrics.STEP_SECONDS}
        of_seconds = "SELECT id FROM series WHERE key = :new"
        connection.execute(sa.text("UPDATE series SET key = :new WHERE key = :old"), keys)
        connection.execute(sa.text(f"UPDATE points SET value = step WHERE series_id IN ({of_seconds})"), keys)
    assert "seconds of training" in html_report.page(db, comparison, "Seeds", "seconds")
    assert "seconds of training" not in html_report.page(db, comparison, "Seeds")


def test_the_mean_curve_is_the_mean_of_the_points_and_its_band_their_range(
    seeded: tuple[Database, list[str]], client: TestClient
) -> None:
    db, ids = seeded
    key = key_metrics.HEADLINE
    answer = client.get("/alignlab/groups", params={"runs": ",".join(ids), "single": "1"}).json()["runs"]
    group = answer[f"~{ids[0]}"]
    ends = last_values(db, ids[:SEEDS], key)
    curves = {name.partition("~"): curve["y"] for name, curve in group["points"].items()}
    values = {part: y[-1] for (metric, _mark, part), y in curves.items() if metric == key}
    assert values["mean"] == pytest.approx(statistics.fmean(ends), rel=1e-6)
    assert (values["low"], values["high"]) == pytest.approx((min(ends), max(ends)), rel=1e-6)
    assert [values[run] for run in ids[:SEEDS]] == pytest.approx(ends, rel=1e-6)
    cursors = [f"~{first}:0:{group['step']}" for first in (ids[0], ids[SEEDS])]
    again = client.get("/alignlab/groups", params={"runs": ",".join(ids), "after": cursors})
    assert again.json()["runs"][f"~{ids[0]}"]["points"] == {}


def test_differences_on_charts_are_to_the_mean_of_the_baseline(
    seeded: tuple[Database, list[str]], client: TestClient
) -> None:
    db, ids = seeded
    key = key_metrics.HEADLINE
    query = {"runs": ",".join(ids), "baseline": ids[0], "less": "1", "x": key_metrics.TRAINED_TOKENS}
    groups = client.get("/alignlab/groups", params=query).json()["runs"]
    assert set(groups[f"~{ids[0]}"]["points"][f"{key}~mean"]["y"]) == {0.0}
    curve = groups[f"~{ids[SEEDS]}"]["points"][f"{key}~mean"]
    dpo, grpo = (last_values(db, ids[start : start + SEEDS], key) for start in (0, SEEDS))
    assert curve["y"][-1] == pytest.approx(statistics.fmean(grpo) - statistics.fmean(dpo), rel=1e-5)
    assert curve["x"][-1] == last_values(db, ids[:1], key_metrics.TRAINED_TOKENS)[0], "along tokens, not steps"
    rows = client.get("/alignlab/groups.csv", params={**query, "key": f"{key}~mean"}).text.splitlines()
    assert rows[0] == "group,runs,metric,x,mean,low,high,band"
    assert rows[-1].startswith(f"grpo,3,{key},")


@pytest.mark.parametrize("query", ["runs=", "runs=-a", "runs=nobody"])
@pytest.mark.parametrize("route", ["groups", "groups.csv", "compare.csv", "compare.html"])
def test_what_cannot_be_answered_is_refused(
    seeded: tuple[Database, list[str]], client: TestClient, route: str, query: str
) -> None:
    assert client.get(f"/alignlab/{route}?{query}").status_code == (404 if "nobody" in query else 400)


def test_a_range_is_read_of_all_groups_and_a_bad_one_refused(
    seeded: tuple[Database, list[str]], client: TestClient
) -> None:
    runs = f"/alignlab/groups?runs={','.join(seeded[1])}"
    points = client.get(f"{runs}&range=40:60").json()["runs"][f"~{seeded[1][0]}"]["points"]
    assert points[f"{key_metrics.LOSS}~mean"]["x"] == list(range(40, 61))
    assert client.get(f"{runs}&range=x").status_code == 400


def test_a_run_that_is_taken_out_changes_no_other_look_and_gets_its_own_back(
    seeded: tuple[Database, list[str]],
) -> None:
    db, ids = seeded
    whole = compared_groups.comparison(db, ids)
    places = compared_groups.with_picked(ids, ids[1:])
    without = compared_groups.comparison(db, places)
    assert [run.id for run in without.runs] == ids[1:]
    assert {run: whole.styles[run] for run in ids[1:]} == {run: without.styles[run] for run in ids[1:]}
    assert compared_groups.with_picked(places, [*ids[1:], ids[0]]) == ids
    more = families.trained(db, "more", families.spec("ppo"), AT)
    assert compared_groups.comparison(db, [*ids, more]).styles.items() >= whole.styles.items()


def test_at_most_fifty_runs_are_shown_and_the_rest_is_told(seeded: tuple[Database, list[str]]) -> None:
    db, ids = seeded
    many = [*ids, *(families.put(db, f"more-{index}", families.spec("dpo"), AT) for index in range(MOST_RUNS))]
    shown, missing = compared_groups.resolve_places(db, many)
    assert shown == many[:MOST_RUNS]
    assert missing[0][1] == {"most": 50, "count": 56}


def test_a_page_reads_its_runs_at_once_and_not_each_by_itself(
    seeded: tuple[Database, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    by_ids, reads = runs.by_ids, []
    monkeypatch.setattr(runs, "get", lambda _db, run_id: pytest.fail(f"{run_id} is read by itself"))
    monkeypatch.setattr(runs, "by_ids", lambda db, ids: reads.append(ids) or by_ids(db, ids))
    page = open_page("compare", runs=",".join(seeded[1]), baseline=seeded[1][1])
    assert not page.exception
    assert len(reads) == 2, "for the page, and for the fragment of its summary"


@pytest.mark.parametrize("named", [["-gone", 0, 1], [0, 0, 1], ["-gone", 0, "-gone", 1]])
def test_a_run_has_one_place_by_whatever_it_is_named(seeded: tuple[Database, list[str]], named: list[Any]) -> None:
    db, ids = seeded
    words_of = [ids[each][: -1 - index] if isinstance(each, int) else each for index, each in enumerate(named)]
    assert [run.id for run in compared_groups.comparison(db, words_of).runs] == ids[:2]


def charts(page: Any) -> dict[str, Any]:
    component = next(e for e in page.main if e.type == "bidi_component" and e.proto.component_name == "alignlab_panels")
    return dict(json.loads(component.proto.json))


def test_seeds_are_one_line_each_and_the_address_holds_the_view(seeded: tuple[Database, list[str]]) -> None:
    _db, ids = seeded
    view = {"layout": "apart", "baseline": ids[SEEDS], "less": "1", "single": "1", "hide": f"~{ids[0]}", "x": "tokens"}
    page = open_page("compare", runs=",".join(ids), **view)
    shown = charts(page)
    assert [entry["name"] for entry in shown["legend"]] == ["dpo · 3 seeds", "grpo · 3 seeds"]
    assert [panel["title"] for panel in shown["sections"][0]["panels"]] == ["dpo", "grpo"]
    assert len({panel["scale"] for panel in shown["sections"][0]["panels"]}) == 1
    assert shown["hidden"] == [f"~{ids[0]}"]
    assert all(part in shown["url"] for part in ("single=1", "less=1", f"baseline={ids[SEEDS]}", "x=num_tokens"))
    assert "less the mean of the baseline, grpo · 3 seeds" in words(page)
    for name in ("runs", "compare"):
        page.query_params.clear()
        page.switch_page(f"views/{name}.py").run()
    assert {key: page.query_params[key] for key in view} == view
    page.query_params.clear()
    page.query_params["runs"] = ",".join(ids)
    page.query_params["group"] = "none"
    assert len(charts(page.run())["legend"]) == 2 * SEEDS


def test_along_kl_means_alone_are_drawn_at_the_same_steps(seeded: tuple[Database, list[str]]) -> None:
    page = open_page("compare", runs=",".join(seeded[1]), x="kl_divergence", single="1")
    shown = charts(page)
    assert (shown["axis"]["key"], shown["axis"]["scattered"]) == (f"{key_metrics.HELD_OUT_KL}~mean", True)
    assert {trace["key"].partition("~")[2] for trace in shown["sections"][0]["panels"][0]["traces"]} == {"mean"}
    assert "&x=" not in shown["url"], "points lie at their steps"


def test_relations_are_drawn_with_a_frontier_and_say_why_importance_is_not(seeded: tuple[Database, list[str]]) -> None:
    _db, ids = seeded
    text = words(open_page("compare", runs=",".join(ids), tab="relations"))
    assert "Importance needs at least 10 runs that ended as planned; here are 6." in text
    assert text.count("al-frontier") >= 1
    assert f'href="run?id={ids[0]}"' in text


def test_importance_is_drawn_of_ten_runs_and_not_where_rewards_differ(
    seeded: tuple[Database, list[str]],
) -> None:
    db, ids = seeded
    more = [
        families.trained(db, f"b{beta}-{seed}", families.spec("dpo", seed, beta=beta), AT, 1 - beta)
        for beta in (0.2, 0.4)
        for seed in range(4)
    ]
    comparison = compared_groups.comparison(db, [*ids[:SEEDS], *more])
    figures = group_figures.final_figures(db, comparison)
    measured = relation_drawings.measures(comparison, figures)
    drawn = relation_drawings.importance(comparison, measured, key_metrics.HEADLINE)
    assert "beta" in drawn
    assert "seed (chance alone)" in drawn
    unlike = families.trained(db, "unlike", families.spec("dpo", evaluation={"reward": [{"kind": "length"}]}), AT)
    report = html_report.page(db, compared_groups.comparison(db, [ids[0], unlike]), "Unlike")
    assert relation_drawings.NOT_ON_ONE_SCALE in report
    assert "No verdict: their held-out answers were scored by different rewards." in report
