"""What is read of stored verdicts before anything is computed of them."""

from app.review import judged_pairs
from app.review.judged_pairs import Filter
from storage.database import Database
from storage.judging import decisions, judgement_writes, leases
from storage.judging.judgement_records import Adjudication, Ask, MachineVerdict
from tests.storage.talks import NOW, fill, open_round, vote


def asked(db: Database, account: str, count: int = 50) -> list[Ask]:
    return leases.next_questions(db, "talks", 1, account, count, NOW)


def say(db: Database, account: str, *verdicts: str, **more: object) -> None:
    asks = asked(db, account, len(verdicts))
    votes = [vote(ask, verdict, **more) for ask, verdict in zip(asks, verdicts, strict=True)]
    assert {receipt.stored for receipt in judgement_writes.record(db, votes, account, NOW)} == {"stored"}


def test_pairs_have_what_people_machines_and_the_adjudicator_said(db: Database):
    first, second, *_others = fill(db)
    open_round(db, overlap=2)
    say(db, "ann", "a", "tie", comment="hm", flag="unclear")
    say(db, "bob", "b", "tie")
    decisions.adjudicate(db, "talks", Adjudication(first.id, "chosen", "rejected", "b"), "lead", NOW)
    machine = MachineVerdict(second.id, "rejected", "chosen", "a", "judge", "big-model")
    decisions.add_machine_verdicts(db, "talks", [machine], NOW)
    judged = judged_pairs.of_dataset(db, "talks")
    split, tie = sorted(judged.pairs.values(), key=lambda pair: pair.item.id != first.id)
    assert sorted(split.said) == ["a", "b"]
    assert split.is_split
    decisions_by_pair = judged_pairs.decisions(db, "talks", judged)
    assert {pair: own.verdict for pair, own in decisions_by_pair.items()} == {split.pair: "b"}
    assert tie.has_no_better
    assert not tie.is_split
    assert tie.differs_from_machine
    assert judged_pairs.verdict_on(tie.machines[0], *tie.responses) == "b", "it named the two the other way round"
    assert len(judged.comparisons) == 4


def test_a_comparison_orders_the_two_by_text_and_knows_left_and_longer(db: Database):
    (item,) = fill(db, count=1)
    open_round(db)
    say(db, "ann", "a")
    (own,) = judged_pairs.of_dataset(db, "talks").comparisons
    assert {own.first, own.second} == {"chosen", "rejected"}
    assert own.better == "chosen"
    assert own.stored_verdict == "a"
    assert own.left in ("chosen", "rejected")
    assert own.longer is None, "both texts have as many characters"
    assert own.item == item.id


def test_late_skipped_and_withdrawn_verdicts_count_for_nothing(db: Database):
    fill(db, count=1)
    open_round(db)
    say(db, "eve", "skip")
    (ask,) = asked(db, "ann")
    judgement_writes.record(db, [vote(ask, "a")], "ann", NOW)
    judgement_writes.record(db, [vote(ask, "b")], "bob", NOW)
    judged = judged_pairs.of_dataset(db, "talks")
    (pair,) = judged.pairs.values()
    assert [own.account for own in judged.comparisons] == ["ann"]
    assert any(own.late for own in pair.verdicts), "it is shown all the same"
    assert pair.said == ["a"]


def test_norming_counts_as_it_was_before_the_others_were_revealed(db: Database):
    fill(db, count=1)
    open_round(db, overlap=2, norming=1)
    say(db, "ann", "a")
    say(db, "bob", "b")
    (ask,) = asked(db, "bob")
    assert ask.phase == "reveal"
    own = next(verdict for verdict in ask.verdicts if verdict.account == "bob")
    change = vote(ask, "a", supersedes=own.id, reasons=("norming",))
    assert judgement_writes.record(db, [change], "bob", NOW)[0].stored == "stored"
    judged = judged_pairs.of_dataset(db, "talks")
    (pair,) = judged.pairs.values()
    assert sorted(own.stored_verdict for own in judged.comparisons) == ["a", "b"]
    assert pair.said == ["a", "a"]
    assert [(before.verdict, after.verdict) for before, after in pair.changes] == [("b", "a")]


def test_a_ranking_gives_its_pairs_and_takes_its_time_once(db: Database):
    fill(db, count=1, answers=3)
    open_round(db, mode="ranking")
    say(db, "ann", "ranking", ranking=(("r3",), ("chosen", "rejected")), seconds=9.0)
    comparisons = judged_pairs.of_dataset(db, "talks").comparisons
    betters = {frozenset((own.first, own.second)): own.better for own in comparisons}
    assert betters == {
        frozenset(("r3", "chosen")): "r3",
        frozenset(("r3", "rejected")): "r3",
        frozenset(("chosen", "rejected")): None,
    }
    assert [own.seconds for own in comparisons if own.seconds is not None] == [9.0]


def test_all_bad_in_a_ranking_is_said_of_each_pair(db: Database):
    fill(db, count=1, answers=3)
    open_round(db, mode="ranking")
    say(db, "ann", "both_bad")
    assert [own.verdict for own in judged_pairs.of_dataset(db, "talks").comparisons] == ["both_bad"] * 3


def test_what_is_read_is_renewed_by_the_next_verdict(db: Database):
    fill(db, count=2)
    open_round(db)
    say(db, "ann", "a")
    first = judged_pairs.of_dataset(db, "talks")
    assert judged_pairs.of_dataset(db, "talks") is first
    say(db, "ann", "b")
    assert len(judged_pairs.of_dataset(db, "talks").comparisons) == 2


def test_filters_by_topic_and_by_people(db: Database):
    fill(db, topic="weather")
    open_round(db, overlap=2)
    say(db, "ann", "a", "a", guideline_version=None)
    say(db, "bob", "b", guideline_version=None)
    judged = judged_pairs.of_dataset(db, "talks")
    assert len(judged.chosen(Filter(topic="weather"))) == 3
    assert judged.chosen(Filter(topic="food")) == []
    assert len(judged.chosen(Filter(annotators=("bob",)))) == 2, "with what ann said of the same pair"
    assert len(judged.chosen(Filter(annotators=("ann", "eve")))) == 2


def test_what_a_planted_question_expects_is_turned_with_the_pair(db: Database):
    fill(db, count=8, tags=("gold",))
    open_round(db)
    say(db, "ann", *["a"] * 8)
    comparisons = judged_pairs.of_dataset(db, "talks").comparisons
    assert {own.verdict for own in comparisons} == {"a", "b"}, "the texts' order is not the item's"
    assert all(own.verdict == own.expected for own in comparisons)


def test_what_is_said_on_a_criterion_is_turned_with_the_pair(db: Database):
    """Four pairs, so that some are turned: on each, criterion and verdict name the same answer, or the other."""
    fill(db)
    open_round(db, overlap=2, criteria=("kind", "brief"))
    say(db, "ann", "a", "a", "b", "b", criteria={"kind": "a", "brief": "tie"})
    judged = judged_pairs.of_dataset(db, "talks")
    by_criterion = judged.by_criterion(Filter())
    chosen = [comparison.better for comparison in by_criterion["kind"]]
    assert chosen == ["chosen"] * 4
    assert {comparison.first for comparison in judged.comparisons} == {"chosen", "rejected"}, "some are turned"
    assert [comparison.verdict for comparison in by_criterion["brief"]] == ["tie"] * 4
    assert judged.by_criterion(Filter(annotators=("bob",))) == {}
