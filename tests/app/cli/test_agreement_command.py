"""`alignlab data agreement`: its figures are those of a computation from the exported verdicts."""

import hashlib
import json
import random
from collections import Counter, defaultdict
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from storage.database import Database
from storage.judging import judgement_writes, leases
from tests.app.cli.conftest import Alignlab
from tests.storage.talks import NOW, fill, open_round, vote


def judge(database: Database, account: str, likely: float, number: int = 1, **more: object) -> None:
    """Answer all that lies before the account: `a` with this chance, else another verdict."""
    draws = random.Random(f"{account} {number}")
    asks = leases.next_questions(database, "talks", number, account, 100, NOW)
    verdicts = ["a" if draws.random() < likely else draws.choice(["b", "b", "tie", "both_bad", "skip"]) for _ in asks]
    votes = [vote(ask, verdict, **more) for ask, verdict in zip(asks, verdicts, strict=True)]
    judgement_writes.record(database, votes, account, NOW)


@pytest.fixture
def judged(database: Database) -> Database:
    fill(database, count=60)
    open_round(database, overlap=2)
    for account, likely in (("ann", 0.6), ("bob", 0.5), ("eve", 0.8)):
        judge(database, account, likely, guideline_version=None)
    return database


def alpha(rows: list[dict[str, Any]], *, oriented: bool = True) -> float:
    """Krippendorff's, by its definition: 1 - observed / expected disagreement of all ordered pairs of verdicts."""
    units = defaultdict(list)
    for row in rows:
        if row["verdict"] != "skip":
            swap = oriented and digest(row["response_a"]) > digest(row["response_b"])
            verdict = {"a": "b", "b": "a"}.get(row["verdict"], row["verdict"]) if swap else row["verdict"]
            units[row["pair_id"]].append(verdict)
    shared = [verdicts for verdicts in units.values() if len(verdicts) > 1]
    total = sum(map(len, shared))
    observed = sum(
        sum(first != second for first, second in permutations(verdicts, 2)) / (len(verdicts) - 1) for verdicts in shared
    )
    counts = Counter(verdict for verdicts in shared for verdict in verdicts)
    expected = sum(counts[first] * counts[second] for first, second in permutations(counts, 2)) / (total - 1)
    return 1 - observed / expected


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def exported(alignlab: Alignlab, tmp_path: Path) -> list[dict[str, Any]]:
    out = tmp_path / "verdicts.jsonl"
    alignlab("data", "judgements", "talks", "--out", str(out), "--force")
    return [json.loads(line) for line in out.read_text().splitlines()]


def test_alpha_equals_a_direct_computation_from_the_export(alignlab: Alignlab, judged: Database, tmp_path: Path):
    rows = exported(alignlab, tmp_path)
    people = alignlab("data", "agreement", "talks", "--json").json["people"]
    assert people["alpha"]["value"] == pytest.approx(alpha(rows))
    assert people["alpha_as_stored"]["value"] == pytest.approx(alpha(rows, oriented=False))
    assert people["alpha"]["low"] < people["alpha"]["value"] < people["alpha"]["high"]
    assert people["people"] == 3
    assert people["verdicts"] == sum(row["verdict"] != "skip" for row in rows)


def test_filters_leave_what_the_export_has_of_them(alignlab: Alignlab, judged: Database, tmp_path: Path):
    open_round(judged, overlap=2)
    judge(judged, "dan", 0.9, 2, guideline_version=None)
    judge(judged, "joe", 0.9, 2, guideline_version=None)
    rows = exported(alignlab, tmp_path)

    def measured(*options: str) -> dict[str, Any]:
        return alignlab("data", "agreement", "talks", *options, "--json").json["people"]

    second = [row for row in rows if row["round"] == 2]
    assert measured("--round", "2")["alpha"]["value"] == pytest.approx(alpha(second))
    two = [row for row in rows if row["annotator_id"] in ("ann", "bob")]
    assert measured("--annotator", "ann", "--annotator", "bob")["alpha"]["value"] == pytest.approx(alpha(two))
    by_ann = {row["pair_id"] for row in rows if row["annotator_id"] == "ann" and row["verdict"] != "skip"}
    own = [row for row in rows if row["pair_id"] in by_ann]
    assert measured("--round", "1", "--annotator", "ann")["alpha"]["value"] == pytest.approx(alpha(own))
    assert measured("--topic", "weather")["verdicts"] == 0
    assert measured("--guideline", "3")["verdicts"] == 0


def test_each_figure_is_printed_with_what_it_is_sure_of(alignlab: Alignlab, judged: Database):
    printed = alignlab("data", "agreement", "talks").out
    assert "3 people on 60 pairs" in printed
    (line,) = (line for line in printed.splitlines() if "alpha" in line)
    assert " to " in line
    assert "few" not in line
    assert "ann" in printed
    fill(judged, "few", count=3)
    assert "not measured" in alignlab("data", "agreement", "few").out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("nope",), "no dataset named nope"),
        (("talks", "--round", "9"), "no round 9"),
        (("talks", "--annotator", "zoe"), "Nobody called zoe judged talks: there are verdicts of ann."),
    ],
)
def test_what_is_not_there_is_refused(
    alignlab: Alignlab, database: Database, arguments: tuple[str, ...], sentence: str
):
    fill(database, count=1)
    open_round(database)
    judge(database, "ann", 1.0)
    answer = alignlab("data", "agreement", *arguments)
    assert answer.code != 0
    assert sentence in answer.err
