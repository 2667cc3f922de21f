"""Verdicts that come with a file are judgements of their annotators, and preferences follow from them."""

import json
from pathlib import Path
from unittest.mock import Mock

import pytest
import sqlalchemy as sa

from storage import dataset_writes, datasets, import_records, tables
from storage.database import Database
from storage.errors import Invalid
from storage.judging import judgements

ROW = {"context": [{"role": "user", "content": "Tea?"}], "response1": "Yes", "response2": "No"}


def test_each_annotator_of_a_file_has_a_judgement(db: Database, tmp_path: Path):
    said = [{"score": score, "reasoning": "so"} for score in (-2, -3, 1)]
    path = tmp_path / "votes.jsonl"
    path.write_text(json.dumps({**ROW, "overall_preference": -2, "individual_preference": said}), encoding="utf-8")
    dataset_writes.import_file(db, path, name="votes", now=5.0)
    stored = judgements.listing(db, "votes")
    assert [(own.account, own.verdict, own.strength, own.round) for own in stored] == [
        ("imported:annotator 1", "a", 1, None),
        ("imported:annotator 2", "a", 2, None),
        ("imported:annotator 3", "b", 1, None),
    ]
    out = tmp_path / "out.jsonl"
    datasets.export(db, "votes", "trl", out)
    assert json.loads(out.read_text(encoding="utf-8"))["chosen"] == "Yes"
    version = dataset_writes.freeze(db, "votes", 6.0)
    (frozen,) = datasets.load(db, version.hash)
    assert (frozen.preferences[0].source, len(frozen.preferences[0].judgements)) == ("majority", 3)


def test_answers_that_were_rated_alone_make_no_dataset_of_pairs(db: Database, tmp_path: Path):
    rating = {"type": "rating", "to_name": "response", "value": {"rating": 4}}
    task = {"data": {"prompt": "Tea?", "response": "Yes"}, "annotations": [{"completed_by": 1, "result": [rating]}]}
    path = tmp_path / "rated.json"
    path.write_text(json.dumps([task]), encoding="utf-8")
    report = dataset_writes.import_file(db, path, name="rated", now=5.0)
    assert (report.format, report.kind, report.unread) == ("label-studio", "demonstrations", {})
    assert datasets.items(db, "rated")[0][0].responses[0].score == 4


def test_an_import_that_fails_leaves_no_verdicts(db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    said = [{"score": -2}]
    path = tmp_path / "votes.jsonl"
    path.write_text(json.dumps({**ROW, "overall_preference": -2, "individual_preference": said}), encoding="utf-8")
    monkeypatch.setattr(import_records, "write", Mock(side_effect=Invalid("taken")))
    with pytest.raises(Invalid, match="taken"):
        dataset_writes.import_file(db, path, name="votes", now=5.0)
    with db.read() as connection:
        assert connection.execute(sa.select(tables.Judgement.id)).all() == []
        assert connection.execute(sa.select(tables.Item.id)).all() == []
