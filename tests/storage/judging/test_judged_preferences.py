"""What follows from verdicts: who outvotes whom, and what is frozen, exported and noted of it."""

import json
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from storage import dataset_writes, datasets, judgement_rows, run_writes, working_copy
from storage.database import Database
from storage.errors import Invalid
from storage.judging import judged_items, judgement_writes, judgements, leases
from storage.judging.judged_preferences import JudgementFilter, derive
from storage.judging.judgement_records import Judgement
from storage.records import Item, Preference, Response
from tests.storage.talks import NOW, fill, open_round, vote

ITEM = Item(
    "item",
    ({"role": "user", "content": "Rain?"},),
    tuple(Response(key, f"answer {key}") for key in ("x", "y", "z")),
    (Preference("x", "y", 0.7), Preference("y", "z")),
)
numbers = count(1)


def said(verdict: str, account: str = "ann", pair: tuple[str, ...] = ("x", "y"), **more: object) -> Judgement:
    values = {
        "id": f"j{next(numbers)}",
        "question_id": "q",
        "dataset_id": 1,
        "item_id": "item",
        "round": 1,
        "response_a": pair[0] if len(pair) == 2 else None,
        "response_b": pair[1] if len(pair) == 2 else None,
        "shown": pair,
        "turn": 0,
        "strength": None,
        "criteria": {},
        "ranking": None,
        "quality": {},
        "edits": {},
        "reasons": (),
        "comment": None,
        "flag": None,
        "source": "human",
        "machine": None,
        "seconds": None,
        "guideline_version": None,
        "late": False,
        "supersedes": None,
        "created_at": 1.0,
        **more,
    }
    return Judgement(verdict=verdict, account=account, **values)


def decided(*judgements: Judgement, wanted: JudgementFilter | None = None) -> list[tuple[str, str, str]]:
    """(chosen, rejected, source) of what follows from the verdicts, without what was imported."""
    item = derive(ITEM, judgements, wanted or JudgementFilter())
    return [(own.chosen, own.rejected, own.source) for own in item.preferences if own.source != "import"]


def imported(*judgements: Judgement) -> list[tuple[str, str]]:
    return [(own.chosen, own.rejected) for own in derive(ITEM, judgements).preferences if own.source == "import"]


def test_without_verdicts_what_was_imported_stays():
    assert derive(ITEM, []) == ITEM
    assert derive(ITEM, [said("skip"), said("a", late=True), said("b", turn=1), said("b", source="judge")]) == ITEM


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ("a", [("x", "y", "judged")]),
        ("b", [("y", "x", "judged")]),
        ("bb", [("y", "x", "majority")]),
        ("bba", [("y", "x", "majority")]),
        ("ab", []),
        ("abt", []),
        ("aabb", []),
        ("att", []),
        ("at", []),
        ("t", []),
        ("2", []),
    ],
)
def test_a_strict_majority_of_people_decides_and_no_decision_is_no_pair(verdicts: str, expected: list):
    names = {"t": "tie", "2": "both_bad"}
    given = [said(names.get(verdict, verdict), f"p{place}") for place, verdict in enumerate(verdicts)]
    assert decided(*given) == expected
    assert imported(*given) == [("y", "z")], "what was judged takes the place of the imported"


def test_an_adjudication_outvotes_everybody():
    people = [said("a", f"p{number}") for number in range(5)]
    assert decided(*people, said("b", "lead", source="adjudicator")) == [("y", "x", "adjudicated")]
    assert decided(*people, said("tie", "lead", source="adjudicator")) == []


def test_a_person_counts_once_with_the_latest_verdict_on_the_same_pair():
    assert decided(said("a"), said("b", round=2), said("b", "bob")) == [("y", "x", "majority")]
    assert decided(said("a"), said("a", round=2), said("b", "bob")) == []
    ranked = said("ranking", pair=("x", "y", "z"), ranking=(("x",), ("y",)))
    assert decided(said("a"), ranked, said("b", "bob")) == [], "one in a ranking and one in a pair"


def test_the_strength_is_the_mean_of_those_who_agree_and_the_verdicts_are_named():
    first, second, third = said("a", strength=2), said("a", "bob", strength=1), said("b", "cat", strength=2)
    (preference, _imported) = sorted(
        derive(ITEM, [first, second, third]).preferences, key=lambda own: own.source, reverse=True
    )
    assert preference.strength == 0.75
    assert preference.judgements == tuple(sorted((first.id, second.id, third.id)))


def test_a_ranking_gives_the_pairs_of_what_it_ranks():
    ranking = said("ranking", pair=("z", "x", "y"), ranking=(("z",), ("x", "y")))
    assert decided(ranking) == [("z", "x", "judged"), ("z", "y", "judged")]
    partial = said("ranking", pair=("z", "x", "y"), ranking=(("z",), ("y",)))
    assert decided(partial) == [("z", "y", "judged")]
    assert imported(partial) == [("x", "y")]


def test_qualities_become_labels_and_both_bad_makes_both_false():
    def labels(*judgements: Judgement) -> list[bool | None]:
        return [response.label for response in derive(ITEM, judgements).responses]

    assert labels(said("a", quality={"x": "good", "y": "ok"})) == [True, None, None]
    assert labels(said("both_bad")) == [False, False, None]
    assert labels(said("both_bad", quality={"x": "ok"})) == [None, False, None]
    assert labels(said("a", quality={"x": "good"}), said("a", "bob", quality={"x": "bad"})) == [None, None, None]
    lead = said("a", "lead", source="adjudicator", quality={"x": "bad"})
    assert labels(said("a", quality={"x": "good"}), lead) == [False, None, None]


def test_an_edited_answer_is_chosen_over_what_it_was_made_of():
    given = said("tie", edits={"y": "answer y, but kind", "x": "answer x", "z": " "})
    item = derive(ITEM, [given])
    edited = item.responses[3]
    assert (edited.text, edited.origin) == ("answer y, but kind", "edited:ann:y")
    assert len(item.responses) == 4, "one that was not changed, and one that was emptied, are no answers"
    assert Preference(edited.id, "y", None, "edited", (given.id,)) in item.preferences
    assert derive(ITEM, [given]) == item


def test_one_criterion_or_some_annotators_decide_alone():
    given = [
        said("a", criteria={"kind": "b"}, edits={"y": "better"}),
        said("b", "bob", criteria={"kind": "b", "brief": "tie"}),
        said("b", "cat"),
    ]
    assert decided(*given) == [("y", "x", "majority"), (f"{'y'}-edited-{given[0].id}", "y", "edited")]
    kind = derive(ITEM, given, JudgementFilter(criterion="kind"))
    assert [(own.chosen, own.rejected, own.source) for own in kind.preferences] == [("y", "x", "majority")]
    assert len(kind.responses) == 3
    assert decided(*given, wanted=JudgementFilter(criterion="brief")) == []
    assert decided(*given, wanted=JudgementFilter(annotators=("bob",))) == [("y", "x", "judged")]


# frozen and exported


def judge(db: Database, account: str, *verdicts: str, **more: object) -> list[str]:
    """Answer the next questions of the first round of talks; the ids of the verdicts."""
    asks = leases.next_questions(db, "talks", 1, account, len(verdicts), NOW)
    votes = [vote(ask, verdict, **more) for ask, verdict in zip(asks, verdicts, strict=True)]
    assert {receipt.stored for receipt in judgement_writes.record(db, votes, account, NOW)} == {"stored"}
    return [own.id for own in votes]


def test_a_frozen_version_holds_what_was_judged_and_names_its_verdicts(db: Database):
    items = fill(db)
    before = dataset_writes.freeze(db, "talks", NOW)
    open_round(db, overlap=2)
    ann, bob = judge(db, "ann", "b", "b", "tie"), judge(db, "bob", "b", "a", "tie")
    version = dataset_writes.freeze(db, "talks", NOW + 1)
    assert version.hash != before.hash
    frozen = datasets.load(db, version.hash)
    assert [[(own.chosen, own.source) for own in item.preferences] for item in frozen] == [
        [("rejected", "majority")],
        [],
        [],
        [("chosen", "import")],
    ]
    assert frozen[0].preferences[0].judgements == tuple(sorted((ann[0], bob[0])))
    assert datasets.items(db, "talks")[0][0].preferences == items[0].preferences, "the working copy keeps the imported"
    assert {own.id for own in judgements.of_version(db, version.hash)} == {*ann, *bob}
    assert judgements.versions_of(db, ann[0]) == [version.hash]
    assert judgements.of_version(db, before.hash) == []
    assert dataset_writes.freeze(db, "talks", NOW + 2) == version


def test_each_verdict_lists_the_runs_that_used_it(db: Database):
    fill(db)
    open_round(db)
    (own, *_) = judge(db, "ann", "b")
    version = dataset_writes.freeze(db, "talks", NOW).hash
    used = {"data": {"dataset": "talks", "version": version}, "evaluation": {}}
    measured = {"data": {"dataset": "other", "version": "0"}, "evaluation": {"version": version}}
    for name, spec in (("trained", used), ("measured", measured), ("other", {"data": {"version": "0"}})):
        run_writes.create(db, name=name, spec=spec, kind="train", algorithm="dpo", lane="train", now=NOW)
    assert {run.name for run in judgements.runs_of(db, own)} == {"trained", "measured"}
    assert judgements.runs_of(db, "nope") == []
    out = db.workspace.root / "verdicts.jsonl"
    judgement_rows.export(db, "talks", out)
    (row,) = map(json.loads, out.read_text(encoding="utf-8").splitlines())
    assert row["runs"] == [run.id for run in judgements.runs_of(db, own)]


def test_a_version_of_one_persons_verdicts_leaves_out_all_else(db: Database):
    fill(db)
    open_round(db, overlap=2)
    judge(db, "ann", "b", "a")
    judge(db, "bob", "a")
    version = dataset_writes.freeze(db, "talks", NOW, JudgementFilter(annotators=("ann",)))
    assert [item.preferences[0].chosen for item in datasets.load(db, version.hash)] == ["rejected", "chosen"]
    assert {own.account for own in judgements.of_version(db, version.hash)} == {"ann"}
    with pytest.raises(Invalid, match="No item of talks is left"):
        dataset_writes.freeze(db, "talks", NOW, JudgementFilter(tags=("nope",)))


def test_an_export_holds_what_was_judged(db: Database, tmp_path: Path):
    fill(db, count=2)
    open_round(db)
    judge(db, "ann", "b", "tie")
    assert datasets.export(db, "talks", "trl", tmp_path / "out.jsonl").rows == 1
    row = json.loads((tmp_path / "out.jsonl").read_text())
    assert "answer r0" in json.dumps(row["chosen"])


def test_rows_are_derived_for_those_who_may_see_verdicts(db: Database, monkeypatch: pytest.MonkeyPatch):
    fill(db)
    open_round(db)
    (own,) = judge(db, "ann", "b")
    page = datasets.items(db, "talks", limit=2)[0]
    rows, ids = judged_items.derived(db, "talks", page)
    assert [row.preferences[0].source for row in rows] == ["judged", "import"]
    assert ids == {own}
    monkeypatch.setattr(working_copy, "MOST_NAMED", 1)
    assert judged_items.derived(db, "talks", page) == (rows, ids)
    assert replace(rows[0], preferences=page[0].preferences) == page[0]


def test_only_the_verdicts_of_the_items_are_read_however_many_these_are(db: Database, monkeypatch: pytest.MonkeyPatch):
    fill(db)
    open_round(db)
    judge(db, "ann", "b")
    others = datasets.items(db, "talks", offset=1)[0]
    monkeypatch.setattr(working_copy, "MOST_NAMED", 1)
    monkeypatch.setattr(judgements, "judgement", lambda row: pytest.fail(f"a verdict on {row['item_id']} is read"))
    assert judged_items.derived(db, "talks", others) == (others, set())
