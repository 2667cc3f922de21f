"""`alignlab data rounds|judgements|freeze`: opened, listed, written and frozen from the command line."""

import json
from pathlib import Path

import pytest

from storage import datasets
from storage.database import Database
from storage.judging import judgement_writes, leases
from tests.app.cli.conftest import Alignlab
from tests.storage.talks import NOW, fill, vote


def judge(database: Database, account: str, *verdicts: str, **more: object) -> None:
    asks = leases.next_questions(database, "talks", 1, account, len(verdicts), NOW)
    votes = [vote(ask, verdict, **more) for ask, verdict in zip(asks, verdicts, strict=True)]
    judgement_writes.record(database, votes, account, NOW)


def test_a_round_is_opened_listed_and_closed(alignlab: Alignlab, database: Database):
    fill(database, tags=("hard",))
    assert alignlab("data", "rounds", "talks", "--json").json == []
    options = ["--overlap", "2", "--criterion", "kind", "--criterion", "brief", "--set", "repeats=0.1"]
    (row,) = alignlab(
        "data", "rounds", "talks", "--open", "--name", "first", *options, "--set", "selection.tag=hard", "--json"
    ).json
    assert {key: row[key] for key in ("round", "name", "questions", "wanted", "answered", "people", "closed_at")} == {
        "round": 1,
        "name": "first",
        "questions": 4,
        "wanted": 8,
        "answered": 0,
        "people": 0,
        "closed_at": None,
    }
    assert row["settings"]["criteria"] == ["kind", "brief"]
    assert "seed" not in row["settings"], "it would tell which side is which"
    judge(database, "ann", "a", "b")
    listed = alignlab("data", "rounds", "talks").out
    assert "2 of 8" in listed
    assert "open" in listed
    assert alignlab("data", "rounds", "talks", "--close", "1", "--json").json[0]["closed_at"] is not None
    assert "closed" in alignlab("data", "rounds", "talks").out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("rounds", "nope"), "no dataset named nope"),
        (("rounds", "talks", "--close", "7"), "no round 7"),
        (("rounds", "talks", "--open", "--overlap", "0"), "between 1 and 10"),
        (("rounds", "talks", "--open", "--set", "mode=best"), "it can be 'pairs' or 'ranking'"),
        (("rounds", "talks", "--open", "--close", "1"), "not both"),
        (("rounds", "talks", "--open", "--set", "selection.tag=nope"), "two answers to compare"),
        (("rounds", "talks", "--open", "--set", "speed=1"), "no setting speed"),
        (("rounds", "talks", "--open", "--set", "repeats=many"), "repeats of a round cannot be 'many'"),
        (("rounds", "talks", "--open", "--set", "selection=all"), "selection of a round"),
        (("judgements", "talks", "--out", "x.csv"), ".jsonl"),
        (("judgements", "nope", "--out", "x.jsonl"), "no dataset named nope"),
        (("judgements", "talks", "--out", "no/x.jsonl"), "no folder"),
        (("freeze", "talks", "--tag", "nope"), "No item of talks is left"),
    ],
)
def test_what_makes_no_sense_is_refused(
    alignlab: Alignlab, database: Database, arguments: tuple[str, ...], sentence: str
):
    fill(database, count=1)
    answer = alignlab("data", *arguments)
    assert answer.code == 2, answer
    assert sentence in answer.err
    assert answer.err.count("\n") == 1


def test_verdicts_are_rows_with_their_author_their_pair_and_how_it_was_shown(
    alignlab: Alignlab, database: Database, tmp_path: Path
):
    (item, *_) = fill(database, count=2, topic="rain")
    alignlab("data", "rounds", "talks", "--open", "--criterion", "kind")
    judge(
        database, "ann", "b", "tie", strength=2, quality={"chosen": "bad"}, criteria={"kind": "a"},
        edits={"rejected": "Better."}, reasons=("short",), comment="Hm."
    )  # fmt: skip
    version = alignlab("data", "freeze", "talks", "--json").json["version"]
    out = tmp_path / "verdicts.jsonl"
    assert alignlab("data", "judgements", "talks", "--out", str(out), "--json").json["rows"] == 2
    row = json.loads(out.read_text(encoding="utf-8").splitlines()[0])
    assert row.pop("displayed_left") in ("a", "b")
    assert len(row.pop("event_id")) == 36
    assert len(row.pop("pair_id")) == 16
    assert row == {
        "item_id": item.id,
        "dataset_versions": [version],
        "runs": [],
        "annotator_id": "ann",
        "round": 1,
        "turn": 0,
        "verdict": "b",
        "strength": 2,
        "criteria": {"kind": "a"},
        "ranking": None,
        "reasons": ["short"],
        "comment": "Hm.",
        "flag": None,
        "seconds": 2.0,
        "supersedes": None,
        "source": "human",
        "machine": None,
        "guideline_version": None,
        "late": False,
        "created_at": NOW,
        "response_a": "answer c0",
        "response_b": "answer r0",
        "response_id_a": "chosen",
        "response_id_b": "rejected",
        "model_a": "model-chosen",
        "model_b": "model-rejected",
        "checkpoint_a": None,
        "checkpoint_b": None,
        "quality_a": "bad",
        "quality_b": None,
        "edited_a": None,
        "edited_b": "Better.",
        "prompt": [{"role": "user", "content": "prompt 0"}],
        "category": "rain",
        "extra": {},
    }
    refused = alignlab("data", "judgements", "talks", "--out", str(out))
    assert (refused.code, "already" in refused.err) == (2, True)
    assert "Wrote 2" in alignlab("data", "judgements", "talks", "--out", str(out), "--force", "--history").out


def test_a_version_is_frozen_of_one_criterion_and_some_people(alignlab: Alignlab, database: Database):
    fill(database)
    alignlab("data", "rounds", "talks", "--open", "--overlap", "2", "--criterion", "kind")
    judge(database, "ann", "a", "a", criteria={"kind": "b"})
    judge(database, "bob", "b")
    by_criterion = alignlab("data", "freeze", "talks", "--criterion", "kind", "--json").json
    assert (by_criterion["items"], by_criterion["name"]) == (2, "talks")
    chosen = [item.preferences[0].chosen for item in datasets.load(database, by_criterion["version"])]
    assert chosen == ["rejected", "rejected"]
    assert alignlab("data", "freeze", "talks", "--annotator", "bob", "--json").json["items"] == 1
    assert "Froze 4 items of talks" in alignlab("data", "freeze", "talks").out


def test_rankings_are_rows_with_all_their_answers(alignlab: Alignlab, database: Database, tmp_path: Path):
    fill(database, count=1, answers=3)
    alignlab("data", "rounds", "talks", "--open", "--set", "mode=ranking")
    judge(database, "ann", "ranking", ranking=(("r3",), ("chosen", "rejected")))
    alignlab("data", "judgements", "talks", "--out", str(tmp_path / "out.json"))
    (row,) = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert row["ranking"] == [["r3"], ["chosen", "rejected"]]
    assert {key: value["response"] for key, value in row["responses"].items()} == {
        "chosen": "answer c0",
        "rejected": "answer r0",
        "r3": "answer r30",
    }
    assert sorted(row["shown"]) == ["chosen", "r3", "rejected"]
