"""Quality over the rows: measured on request of the fragment only, counts that filter, details, the run's head."""

import time
from dataclasses import replace

import pytest

from app.datasets import quality_detail, quality_strip
from app.quality import background, measuring, reports
from app.runs import run_head
from engine.analysis.quality.quality_report import Histogram
from storage import dataset_writes, datasets, runs
from storage.database import Database
from tests.app import families
from tests.app.conftest import open_page, words
from tests.app.faulty_pairs import stock
from words import Text


@pytest.fixture
def faulty(empty: Database) -> Database:
    return stock(empty)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The datasets that were to be measured in the background; none is."""
    names: list[str] = []
    monkeypatch.setattr(background, "ensure_measured", lambda _db, data: names.append(data.name))
    return names


def test_opening_the_page_measures_nothing_and_asking_does(faulty: Database, asked: list[str]) -> None:
    assert "Measuring quality" in words(open_page("data", dataset="polite"))
    assert asked == []
    fragment = quality_strip.quality({"dataset": "polite"})
    assert "Measuring quality" in fragment.html
    assert (asked, fragment.every) == (["polite"], quality_strip.QUICK_SECONDS)


def test_a_dataset_that_is_being_edited_is_left_in_peace(faulty: Database, asked: list[str]) -> None:
    measuring.working_copy(faulty, "polite")
    item = datasets.items(faulty, "polite", limit=1)[0][0]
    dataset_writes.edit_item(
        faulty, "polite", replace(item, topic="rain"), expected=item.edited_at, now=time.time() + 60
    )
    fragment = quality_strip.quality({"dataset": "polite"})
    assert "measuring again" in fragment.html
    assert asked == []


def test_what_failed_is_said_once(faulty: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    failure: Text = ("Quality could not be measured: {reason}", {"reason": "the disk is full"})
    monkeypatch.setattr(background, "ensure_measured", lambda _db, _data: failure)
    fragment = quality_strip.quality({"dataset": "polite"})
    assert "Quality could not be measured: the disk is full" in fragment.html
    assert fragment.every is None
    assert fragment.version == quality_strip.first_strip(faulty, datasets.get(faulty, "polite")).version


def test_the_page_shows_parts_and_defects_that_filter(faulty: Database, asked: list[str]) -> None:
    report = measuring.working_copy(faulty, "polite")
    page = open_page("data", dataset="polite")
    said = words(page)
    assert f'<b class="al-score">{report.score:.2f}, 2 of 3 parts</b> quality' in said
    assert "consistency: not measured" in said
    options = page.pills(key="choice_flag").options
    assert options == ["▲ cut answer 1", "▲ near-duplicate 1", "▲ template or other model in the text 1"]
    page.pills(key="choice_flag").set_value("cut").run()
    assert "1 of 60 shown" in words(page)
    assert page.query_params["flag"] == "cut"
    assert quality_strip.quality({"dataset": "polite"}).every is None
    assert asked == []


def test_the_details_name_every_ingredient_and_what_the_score_does_not_see(faulty: Database) -> None:
    markup = quality_detail.detail(measuring.working_copy(faulty, "polite"))
    for sentence in (
        "share of prompts that differ",
        "not measured: needs 50 items with verdicts of two people, there are 0",
        "58 of 60 items have no defect that lowers the score.",
        "a wrong answer in good form has no defect",
        "Languages of chosen answers",
    ):
        assert sentence in markup


def test_pictures_scale_to_their_highest_bar() -> None:
    picture = quality_detail.histogram("Lengths", Histogram((0, 10, 2000), {"chosen": (4, 2), "rejected": (0, 1)}))
    assert [f"height:{height}%" in picture for height in (100, 50, 25)] == [True, True, True]
    assert quality_detail.histogram("Lengths", None) == ""
    assert quality_detail.bars("Languages", {}) == ""


def test_a_run_shows_the_quality_of_its_version(faulty: Database) -> None:
    report = measuring.working_copy(faulty, "polite")
    version = dataset_writes.freeze(faulty, "polite", time.time()).hash
    spec = families.spec("dpo", data={"dataset": "polite", "version": version})
    run = runs.get(faulty, families.put(faulty, "own", spec, time.time()))
    assert f"data quality {report.score:.2f}, 2 of 3 parts" in run_head.head({"id": run.id}).html


@pytest.mark.parametrize(
    ("measured", "figure"),
    [
        (1, '<span class="al-score">1.00, 1 of 3 parts</span>'),
        (2, '<b class="al-score">1.00, 2 of 3 parts</b>'),
        (3, '<b class="al-score">1.00</b>'),
    ],
)
def test_a_score_of_one_part_is_grey_and_says_so(faulty: Database, measured: int, figure: str) -> None:
    report = measuring.working_copy(faulty, "polite")
    parts = tuple(replace(part, value=1.0 if at < measured else None) for at, part in enumerate(report.parts))
    strip = quality_strip.strip(reports.Kept(replace(report, score=1.0, parts=parts), is_current=True))
    assert figure in strip.html
