"""The comparison in one file: all its parts, whole without a network, and safe whatever runs and answers say."""

import re
import shutil
from pathlib import Path

import pytest

from app.compare import compared_groups, html_report
from storage import runs
from storage.database import Database, connect
from storage.records import Run
from storage.workspace import Workspace
from tests.renamed import rename

BODY = re.compile(r"</head>(.*)", re.DOTALL)


@pytest.fixture
def db(tmp_path: Path, filled_template: Path) -> Database:
    return connect(Workspace(shutil.copytree(filled_template, tmp_path / "workspace")))


def ended(db: Database, *names: str) -> list[Run]:
    by_name = {run.name: run for run in runs.listing(db)}
    return [by_name[name] for name in names]


def body(page: str) -> str:
    """What a reader sees: without styles and the library."""
    found = BODY.search(page)
    assert found is not None
    return found.group(1)


def report(db: Database, compared: list[Run], heading: str) -> str:
    return html_report.page(db, compared_groups.comparison(db, [run.id for run in compared]), heading)


def test_it_shows_figures_curves_settings_and_answers(db: Database):
    page = body(report(db, ended(db, "starter-sft", "polite-dpo-seed0"), "Two runs"))
    assert "<h1>Two runs</h1>" in page
    for heading in ("From the start to the end", "On the way", "Settings that differ", "answered by each"):
        assert heading in page
    assert page.count('<svg class="al-drawing"') >= 4
    assert "<script" not in page, "it is read without one"
    assert "Held-out reward" in page
    assert "algorithm" in page
    assert "请问去火车站怎么走？" in page
    assert page.count("al-stroke") > 2
    assert page.count("Look out of the window.") == 1, "before is told once, for all of them start alike"


def test_it_says_what_makes_the_runs_unlike(db: Database):
    page = body(report(db, ended(db, "polite-dpo-seed0", "article-beta-0.5"), "Unlike"))
    assert "Ended before its budget was spent: article-beta-0.5." in page


def test_nothing_of_it_lies_elsewhere(db: Database):
    page = body(report(db, ended(db, "starter-sft", "polite-dpo-seed0"), "Alone"))
    assert "src=" not in page
    assert "href=" not in page


def test_names_and_answers_are_text_and_never_markup(db: Database):
    bad = "<script>alert(1)</script>"
    first, second = ended(db, "starter-sft", "polite-dpo-seed0")
    rename(db, first.id, bad)
    page = body(report(db, [runs.get(db, first.id), second], bad))
    assert bad not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<b>Obviously.</b>" not in page
    assert "&lt;b&gt;Obviously.&lt;/b&gt;" in page


def test_runs_that_never_began_leave_dashes(db: Database):
    page = body(report(db, ended(db, "polite-dpo-seed2", "polite-sft"), "Not yet"))
    assert "None: no prompt was answered by all of them." in page
    assert "al-drawing" not in page
