"""Decisions of researchers and verdicts of machines: one holds at a time, and the earlier ones stay in the history."""

from dataclasses import replace

import pytest

from storage import dataset_writes, datasets
from storage.database import Database
from storage.errors import Invalid, NotFound
from storage.item_content import EXCLUDED
from storage.judging import decisions, judged_items, judgements, verdict_counts
from storage.judging.judgement_records import Adjudication, MachineVerdict
from tests.storage.talks import NOW, fill


def test_a_decision_takes_the_place_of_the_earlier_one_by_whomever(db: Database):
    (item,) = fill(db, count=1)
    first = decisions.adjudicate(db, "talks", Adjudication(item.id, "chosen", "rejected", "a", 2), "ann", NOW)
    turned = Adjudication(item.id, "rejected", "chosen", "tie", comment="Both fine.", quality={"chosen": "good"})
    second = decisions.adjudicate(db, "talks", turned, "bob", NOW + 1)
    assert (second.supersedes, second.source, second.account) == (first.id, "adjudicator", "bob")
    assert (second.verdict, second.quality, second.round) == ("tie", {"chosen": "good"}, None)
    assert judgements.listing(db, "talks") == [second]
    taken_back = Adjudication(item.id, "chosen", "rejected", "withdrawn")
    decisions.adjudicate(db, "talks", taken_back, "bob", NOW + 2)
    assert judgements.listing(db, "talks") == []
    with pytest.raises(Invalid, match="no decision to take back"):
        decisions.adjudicate(db, "talks", taken_back, "bob", NOW + 3)
    assert len(judgements.listing(db, "talks", history=True)) == 3


def test_a_decision_leaves_what_is_kept_of_the_verdicts_as_it_was(db: Database):
    (item,) = fill(db, count=1)
    data = datasets.get(db, "talks")
    before = verdict_counts.state(db, data), verdict_counts.state(db, data, decisions=False)
    decisions.adjudicate(db, "talks", Adjudication(item.id, "chosen", "rejected", "a"), "ann", NOW)
    after = verdict_counts.state(db, data), verdict_counts.state(db, data, decisions=False)
    assert (after[0] != before[0], after[1] == before[1]) == (True, True)
    verdict = MachineVerdict(item.id, "chosen", "rejected", "a", "judge", "judge-1")
    decisions.add_machine_verdicts(db, "talks", [verdict], NOW + 1)
    assert verdict_counts.state(db, data, decisions=False) != before[1]


@pytest.mark.parametrize(
    ("pair", "more", "sentence"),
    [
        (("chosen", "nope"), {}, "no two answers"),
        (("chosen", "chosen"), {}, "no two answers"),
        (("chosen", "rejected"), {"strength": 5}, "strength holds 5"),
        (("chosen", "rejected"), {"quality": {"nope": "good"}}, "quality holds nope"),
        (("chosen", "rejected"), {"criteria": {"kind": "left"}}, "criteria holds left"),
    ],
)
def test_decisions_that_make_no_sense_are_refused(db: Database, pair: tuple[str, str], more: dict, sentence: str):
    (item,) = fill(db, count=1)
    with pytest.raises(Invalid, match=sentence):
        decisions.adjudicate(db, "talks", Adjudication(item.id, *pair, "a", **more), "ann", NOW)
    with pytest.raises(NotFound):
        decisions.adjudicate(db, "talks", Adjudication("nope", *pair, "a"), "ann", NOW)


def test_machines_speak_for_themselves(db: Database):
    items = fill(db, count=2)

    def verdict(number: int, machine: str = "judge-1", verdict: str = "a") -> MachineVerdict:
        return MachineVerdict(items[number].id, "chosen", "rejected", verdict, "judge", machine)

    assert decisions.add_machine_verdicts(db, "talks", [verdict(0), verdict(1), verdict(0, "judge-2", "b")], NOW) == 3
    decisions.add_machine_verdicts(db, "talks", [verdict(0, verdict="tie")], NOW + 1)
    said = {(own.item_id, own.machine): own.verdict for own in judgements.listing(db, "talks", source="judge")}
    assert said == {
        (items[0].id, "judge-1"): "tie",
        (items[1].id, "judge-1"): "a",
        (items[0].id, "judge-2"): "b",
    }
    wrong = MachineVerdict(items[1].id, "chosen", "nope", "a", "reward", "run")
    with pytest.raises(Invalid, match="no two answers"):
        decisions.add_machine_verdicts(db, "talks", [verdict(1, "judge-3"), wrong], NOW)
    assert len(judgements.listing(db, "talks", history=True)) == 4


def test_preferences_are_counted_as_they_would_be_frozen(db: Database):
    """Of five: one tied, one decided, one excluded, one without a preference, and one as it was imported."""
    items = fill(db, count=5)
    for item, change in ((items[2], {"tags": (EXCLUDED,)}), (items[3], {"preferences": ()})):
        dataset_writes.edit_item(db, "talks", replace(item, **change), expected=NOW, now=NOW)
    for item, verdict in zip(items[:2], ("tie", "b"), strict=True):
        decisions.adjudicate(db, "talks", Adjudication(item.id, "chosen", "rejected", verdict), "lead", NOW)
    frozen = judged_items.to_freeze(db, "talks", datasets.items(db, "talks")[0])
    count = judged_items.preference_count(db, "talks")
    assert (count.preferred, count.items) == (2, 4)
    assert (count.preferred, count.items) == (sum(bool(item.preferences) for item in frozen), len(frozen))
