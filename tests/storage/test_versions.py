"""Versions: what differs between two, notes on them, and the working copy as it was in one."""

from dataclasses import replace
from pathlib import Path

import pytest

from storage import dataset_writes, datasets, item_edit_writes, version_diffs, version_writes
from storage.database import Database
from storage.errors import Ambiguous, Damaged, NotFound
from storage.item_edit_writes import author
from storage.item_filter import ItemFilter
from storage.judging import decisions, judgement_writes, leases
from storage.judging.judgement_records import Adjudication
from storage.records import Item, JudgementCount
from tests.storage import talks


def note(text: str) -> Item:
    return Item("", ({"role": "user", "content": text},))


@pytest.fixture
def db(db: Database) -> Database:
    dataset_writes.create(db, "notes", "prompts", 1.0)
    for number in range(4):
        dataset_writes.add_item(db, "notes", note(f"note {number}"), 2.0)
    return db


def edited(db: Database, first: str) -> list[Item]:
    """The first version, then: the first item changed, the second deleted, one more at the end."""
    before = datasets.items(db, "notes")[0]
    changed = replace(before[0], messages=({"role": "user", "content": first},))
    dataset_writes.edit_item(db, "notes", changed, expected=2.0, now=11.0)
    dataset_writes.delete_item(db, "notes", before[1].id, expected=2.0, now=12.0)
    dataset_writes.add_item(db, "notes", note("one more"), 13.0)
    return before


def test_a_diff_names_what_came_went_and_changed(db: Database):
    old = dataset_writes.freeze(db, "notes", 10.0)
    before = edited(db, "another note")
    now = datasets.items(db, "notes")[0]
    diff = version_diffs.diff(db, "notes", old.hash[:8], None)
    assert ([item.id for item in diff.removed], diff.added, diff.same) == ([before[1].id], (now[-1],), 2)
    assert [(a.messages[0]["content"], b.messages[0]["content"]) for a, b in diff.changed] == [
        ("note 0", "another note")
    ]
    new = dataset_writes.freeze(db, "notes", 20.0)
    assert len(version_diffs.diff(db, "notes", old.hash, new.hash).changed) == 1
    back = version_diffs.diff(db, "notes", new.hash, old.hash)
    assert (back.added, len(back.removed), len(back.changed)) == (diff.removed, 1, 1)
    assert version_diffs.diff(db, "notes", None, new.hash) == version_diffs.VersionDiff((), (), (), 4)


def test_what_was_undone_is_as_frozen_again(db: Database):
    version = dataset_writes.freeze(db, "notes", 10.0)

    def is_frozen() -> bool:
        return version_diffs.is_frozen(db, datasets.get(db, "notes"), version)

    assert is_frozen()
    edited(db, "another note")
    assert not is_frozen()
    version_writes.restore(db, "notes", version.hash, author("me", 20.0, "version"))
    assert is_frozen()
    batch = item_edit_writes.change_all(
        db, "notes", ItemFilter(), "exclude", None, expected=4, by=author("me", 30.0, "exclude")
    )
    assert not is_frozen(), "a version would be without them"
    item_edit_writes.undo(db, "notes", batch.id, 40.0)
    assert is_frozen()


def test_a_verdict_makes_it_differ_from_its_version(db: Database):
    talks.fill(db, "pairs", 3)
    data = datasets.get(db, "pairs")
    imported = dataset_writes.freeze(db, "pairs", talks.NOW)
    round_ = talks.open_round(db, "pairs")
    (ask,) = leases.next_questions(db, "pairs", round_.number, "ann", 1, talks.NOW)
    assert version_diffs.is_frozen(db, data, imported)
    judgement_writes.record(db, [talks.vote(ask, "b")], "ann", talks.NOW)
    assert not version_diffs.is_frozen(db, data, imported)
    assert version_diffs.is_frozen(db, data, dataset_writes.freeze(db, "pairs", talks.NOW + 1))


def test_a_version_is_restored_and_that_is_undone(db: Database):
    old = dataset_writes.freeze(db, "notes", 10.0)
    before = edited(db, "another note")
    then = datasets.items(db, "notes")[0]
    batch = version_writes.restore(db, "notes", old.hash[:10], author("me", 20.0, "version"))
    assert (batch.items, batch.action) == (3, "version")
    assert datasets.items(db, "notes")[0] == before
    assert datasets.items(db, "notes", search="another")[1] == 0
    assert dataset_writes.freeze(db, "notes", 21.0).hash == old.hash
    item_edit_writes.undo(db, "notes", batch.id, 22.0)
    assert datasets.items(db, "notes")[0] == then
    version_writes.restore(db, "notes", old.hash, author("me", 23.0, "version"))
    assert version_writes.restore(db, "notes", old.hash, author("me", 24.0, "version")) is None


def test_what_follows_from_verdicts_is_neither_a_difference_nor_restored(db: Database):
    talks.fill(db, "pairs", 3)
    round_ = talks.open_round(db, "pairs")
    asks = leases.next_questions(db, "pairs", round_.number, "ann", 1, talks.NOW)
    judgement_writes.record(db, [talks.vote(ask, "b") for ask in asks], "ann", talks.NOW)
    version = dataset_writes.freeze(db, "pairs", 50.0)
    rejected = [item for item in datasets.load(db, version.hash) if item.preferences[0].chosen == "rejected"]
    assert len(rejected) == 1
    assert version_diffs.diff(db, "pairs", version.hash, None).same == 3
    assert version_writes.restore(db, "pairs", version.hash, author("me", 51.0, "version")) is None


def test_a_version_says_how_many_verdicts_and_decisions_it_rests_on(db: Database):
    talks.fill(db, "pairs", 3)
    round_ = talks.open_round(db, "pairs")
    asks = leases.next_questions(db, "pairs", round_.number, "ann", 1, talks.NOW)
    judgement_writes.record(db, [talks.vote(ask, "b") for ask in asks], "ann", talks.NOW)
    judged = dataset_writes.freeze(db, "pairs", 50.0)
    other = next(item for item in datasets.items(db, "pairs")[0] if item.id != asks[0].question.item_id)
    decisions.adjudicate(db, "pairs", Adjudication(other.id, "chosen", "rejected", "b"), "lead", talks.NOW)
    decided = dataset_writes.freeze(db, "pairs", 51.0)
    assert datasets.judgement_counts(db, [judged.hash, decided.hash, "none"]) == {
        judged.hash: JudgementCount(verdicts=1),
        decided.hash: JudgementCount(verdicts=1, decisions=1),
        "none": JudgementCount(),
    }


def test_a_version_carries_a_note_that_can_be_changed(db: Database):
    version = dataset_writes.freeze(db, "notes", 10.0, account="ann", note="first")
    assert (version.created_by, version.note) == ("ann", "first")
    assert version_writes.set_note(db, "notes", version.hash[:7], " for the paper ").note == "for the paper"
    assert version_writes.set_note(db, "notes", version.hash, " ").note is None
    assert dataset_writes.freeze(db, "notes", 11.0, account="bob").created_by == "ann", "who froze it first"


def test_a_version_is_named_by_the_beginning_of_its_hash(db: Database, monkeypatch: pytest.MonkeyPatch):
    first = dataset_writes.freeze(db, "notes", 10.0)
    edited(db, "x")
    second = dataset_writes.freeze(db, "notes", 20.0)
    assert datasets.version(db, "notes", first.hash[:6]) == first
    twins = [replace(first, hash="ab1"), replace(second, hash="ab2")]
    monkeypatch.setattr(datasets, "versions", lambda _db, _name: twins)
    with pytest.raises(Ambiguous, match="ab begins several versions of notes: ab1, ab2"):
        datasets.version(db, "notes", "ab")
    for name in ("", "ac"):
        with pytest.raises(NotFound, match="has no version"):
            datasets.version(db, "notes", name)


def test_a_damaged_version_is_not_restored(db: Database):
    version = dataset_writes.freeze(db, "notes", 10.0)
    before = edited(db, "x")
    Path(version.path).write_bytes(b"no parquet")
    with pytest.raises(Damaged):
        version_writes.restore(db, "notes", version.hash, author("me", 20.0, "version"))
    assert len(datasets.items(db, "notes")[0]) == len(before)
