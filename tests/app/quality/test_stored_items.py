"""Verdicts of people become part of quality; a new one makes the report old."""

import time
from dataclasses import replace

import pytest

from app.quality import measuring, reports
from app.review import judged_pairs
from engine.analysis.people_agreement import people_agreement
from engine.analysis.quality.quality_report import Ingredient, QualityReport
from storage import datasets
from storage.database import Database
from storage.judging import judgement_writes, leases, round_writes
from tests.app.faulty_pairs import CUT, stock
from tests.storage.talks import open_round, vote


@pytest.fixture
def faulty(empty: Database) -> Database:
    return stock(empty)


def judge(db: Database, account: str, verdict: str, count: int = 60, **more: object) -> None:
    """Answer so many questions of the round, each with this verdict."""
    asks = leases.next_questions(db, "polite", 1, account, count, time.time())
    votes = [vote(ask, verdict, **{"seconds": 60.0, **more}) for ask in asks]
    receipts = judgement_writes.record(db, votes, account, time.time())
    assert {receipt.stored for receipt in receipts} <= {"stored"}


def ingredient(report: QualityReport, part: int, index: int) -> Ingredient:
    return report.parts[part].ingredients[index]


def rows(report: QualityReport, key: str) -> tuple[str, ...]:
    return next(defect.items for defect in report.defects if defect.key == key)


def test_two_people_make_an_agreement_and_a_vote_makes_the_report_old(faulty: Database) -> None:
    open_round(faulty, "polite", overlap=2)
    judge(faulty, "ann", "a")
    before = measuring.working_copy(faulty, "polite")
    assert ingredient(before, 0, 0).value is None
    judge(faulty, "bob", "a")
    kept = reports.of_working_copy(faulty, datasets.get(faulty, "polite"))
    assert (kept.report, kept.is_current) == (before, False)
    agreement = ingredient(measuring.working_copy(faulty, "polite"), 0, 0)
    assert (agreement.value, agreement.n) == (1, 60)


def test_quality_is_that_of_the_preferences_that_would_be_frozen(faulty: Database) -> None:
    """All people prefer the other answer: the cut one is rejected then, and a rejected answer may be cut."""
    assert rows(measuring.working_copy(faulty, "polite"), "cut") == (f"{CUT + 1:05}",)
    open_round(faulty, "polite")
    judge(faulty, "ann", "b")
    assert rows(measuring.working_copy(faulty, "polite"), "cut") == ()


def test_hasty_verdicts_and_those_under_an_old_guideline_are_told(faulty: Database) -> None:
    round_writes.write_guideline(faulty, "polite", "Prefer the shorter one.", "lead", time.time())
    open_round(faulty, "polite")
    judge(faulty, "ann", "a", count=2, seconds=0.1, guideline_version=1)
    report = measuring.working_copy(faulty, "polite")
    assert (len(rows(report, "fast_judgement")), rows(report, "old_guideline")) == (2, ())
    round_writes.write_guideline(faulty, "polite", "Prefer the kinder one.", "lead", time.time())
    assert len(rows(measuring.working_copy(faulty, "polite"), "old_guideline")) == 2


def test_agreement_is_that_of_review_also_after_a_reveal(faulty: Database) -> None:
    """Who gives in after seeing what the others said does not raise the agreement of what was said blind."""
    open_round(faulty, "polite", overlap=2, norming=60)
    judge(faulty, "ann", "a")
    judge(faulty, "bob", "b")
    before = measuring.working_copy(faulty, "polite")
    revealed = leases.next_questions(faulty, "polite", 1, "bob", 60, time.time())
    assert len(revealed) == 60
    for ask in revealed:
        own = next(verdict for verdict in ask.verdicts if verdict.account == "bob")
        changed = replace(vote(ask, "a"), supersedes=own.id, reasons=("norming",))
        judgement_writes.record(faulty, [changed], "bob", time.time())
    after = measuring.working_copy(faulty, "polite")
    assert ingredient(after, 0, 0) == ingredient(before, 0, 0)
    alpha = people_agreement(judged_pairs.of_dataset(faulty, "polite").comparisons).alpha
    assert (ingredient(after, 0, 0).n, max(0.0, alpha.value)) == (alpha.n, ingredient(after, 0, 0).value)
