"""Verdicts that come with a file are judgements of their annotators, and preferences follow from them."""

import json
from pathlib import Path

from storage import dataset_writes, datasets, judgements
from storage.database import Database

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
