"""Rounds: which questions they make of which items, in which order, and what they refuse."""

import random
from collections import Counter
from dataclasses import replace

import pytest

from storage import dataset_writes, defect_labels
from storage.database import Database
from storage.errors import Invalid, NotFound
from storage.judging import candidates, decisions, leases, questions, round_writes, rounds
from storage.judging.judgement_records import EVERYBODY, Adjudication, Question, RoundSettings, Selection
from storage.records import Item
from tests.storage.talks import NOW, fill, ids, open_round


def test_a_round_asks_about_every_pair_of_answers(db: Database):
    items = fill(db)
    round_ = open_round(db, overlap=2, criteria=("helpful", "honest"))
    assert rounds.get(db, "talks", 1) == round_
    assert (round_.dataset, round_.number, round_.created_by, round_.closed_at) == ("talks", 1, "lead", None)
    assert round_.settings.criteria == ("helpful", "honest")
    asked = rounds.questions(db, "talks", 1)
    assert [question.item_id for question in asked] == [item.id for item in items]
    assert {(question.responses, question.wanted, question.kind) for question in asked} == {
        (("chosen", "rejected"), 2, "plain")
    }


def test_rounds_count_from_one_in_each_dataset_and_the_newest_comes_first(db: Database):
    fill(db)
    fill(db, "other")
    open_round(db)
    open_round(db)
    open_round(db, "other")
    assert [(row.dataset, row.number) for row in rounds.listing(db, "talks")] == [("talks", 2), ("talks", 1)]
    assert len(rounds.listing(db)) == 3
    with pytest.raises(NotFound, match="no round 7"):
        rounds.get(db, "talks", 7)


@pytest.mark.parametrize(
    ("answers", "mode", "groups"),
    [
        (3, "pairs", [("chosen", "rejected"), ("rejected", "r3")]),
        (6, "pairs", [("chosen", "rejected"), ("rejected", "r3"), ("r3", "r4")]),
        (4, "ranking", [("chosen", "rejected", "r3", "r4")]),
        (9, "ranking", [("chosen", "rejected", *(f"r{number}" for number in range(3, 9)))]),
        (2, "ranking", [("chosen", "rejected")]),
    ],
)
def test_items_with_more_answers_give_neighbours_or_one_ranking(
    db: Database, answers: int, mode: str, groups: list[tuple[str, ...]]
):
    fill(db, count=1, answers=answers)
    open_round(db, mode=mode)
    assert [question.responses for question in rounds.questions(db, "talks", 1)] == groups


def test_a_dataset_without_two_answers_to_compare_is_refused(db: Database):
    fill(db, answers=1)
    with pytest.raises(Invalid, match="has two answers to compare"):
        open_round(db)
    assert rounds.listing(db) == []


def test_a_round_asks_only_about_the_selected_items(db: Database):
    items = fill(db)
    fill(db, "tagged", tags=("hard",), topic="rain")
    open_round(db, selection=Selection(item_ids=(items[2].id,)))
    assert [question.item_id for question in rounds.questions(db, "talks", 1)] == [items[2].id]
    for selection in (Selection(tag="hard"), Selection(topic="rain"), Selection(search="PROMPT 1 rain")):
        count = len(rounds.questions(db, "tagged", open_round(db, "tagged", selection=selection).number))
        assert count == (1 if selection.search else 4)
    with pytest.raises(Invalid, match="two answers"):
        open_round(db, selection=Selection(tag="hard"))


def test_uncertain_items_come_first_with_a_random_share_among_them(db: Database):
    dataset_writes.create(db, "scored", "pairs", NOW)
    asked = [Question(f"q{number}", "i", 0, "plain", ("a", "b"), 1, margin=number / 10) for number in range(100)]
    made = questions._uncertain_first(asked, RoundSettings(random_share=0.2), random.Random(1))
    assert Counter(question.chosen_by for question in made) == {"random": 20, "uncertain": 80}
    uncertain = [question.margin for question in made if question.chosen_by == "uncertain"]
    assert uncertain == sorted(uncertain)
    baseline = [question.margin for question in made if question.chosen_by == "random"]
    assert baseline != sorted(baseline)
    assert {question.chosen_by for question in made[:25]} == {"random", "uncertain"}


def test_gold_items_and_norming_questions_are_asked_of_everybody(db: Database):
    fill(db, count=2)
    fill(db, "checked", count=3, tags=("gold",))
    open_round(db, norming=1)
    assert [(question.kind, question.wanted) for question in rounds.questions(db, "talks", 1)] == [
        ("norming", EVERYBODY),
        ("plain", 1),
    ]
    open_round(db, "checked")
    assert {(question.kind, question.expected) for question in rounds.questions(db, "checked", 1)} == {("gold", "a")}


def test_sides_are_shuffled_for_each_person_and_a_repeat_swaps_them():
    asked = [Question(f"question {number}", "item", 0, "plain", ("a", "b"), 1) for number in range(400)]
    left = {
        account: [questions.shown(question, account, 0, "seed")[0] for question in asked] for account in ("ann", "bob")
    }
    for sides in left.values():
        assert 150 < sides.count("a") < 250
    assert 150 < sum(first == second for first, second in zip(*left.values(), strict=True)) < 250
    for question in asked:
        first = questions.shown(question, "ann", 0, "seed")
        assert questions.shown(question, "ann", 1, "seed") == first[::-1]
        assert sorted(first) == ["a", "b"]
    assert [questions.shown(question, "ann", 0, "other")[0] for question in asked] != left["ann"]


def test_a_token_says_neither_which_response_it_is_nor_what_others_see():
    tokens = {
        (question, account, response, seed): questions.token(question, account, response, seed)
        for question in ("q1", "q2")
        for account in ("ann", "bob")
        for response in ("chosen", "rejected")
        for seed in ("s", "t")
    }
    assert len(set(tokens.values())) == 16
    first = [
        questions.token(str(n), "ann", "chosen", "s") < questions.token(str(n), "ann", "rejected", "s")
        for n in range(400)
    ]
    assert 150 < sum(first) < 250


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"overlap": 0}, "between 1 and 10"),
        ({"overlap": 11}, "between 1 and 10"),
        ({"overlap": 3, "adaptive": True}, "overlap to 2"),
        ({"criteria": ("a",) * 2}, "each with another name"),
        ({"criteria": tuple("abcdefg")}, "at most 6"),
        ({"criteria": (" ",)}, "1 to 40"),
        ({"repeats": 1.5}, "between 0 and 1"),
        ({"repeats": float("nan")}, "between 0 and 1"),
        ({"norming": -1}, "0 to 100"),
        ({"lease_seconds": 1}, "10 seconds to a day"),
        ({"mode": "triples"}, "mode is one of pairs, ranking"),
        ({"order": "best"}, "order is one of given"),
    ],
)
def test_settings_that_make_no_sense_are_refused(settings: dict, sentence: str):
    with pytest.raises(Invalid, match=sentence):
        round_writes.check(RoundSettings(**settings))


def test_a_closed_round_asks_nobody(db: Database):
    fill(db)
    open_round(db)
    assert len(leases.next_questions(db, "talks", 1, "ann", 9, NOW)) == 4
    assert round_writes.close(db, "talks", 1, NOW + 1).closed_at == NOW + 1
    assert round_writes.close(db, "talks", 1, NOW + 2).closed_at == NOW + 1
    assert leases.next_questions(db, "talks", 1, "ann", 9, NOW + 3) == []


def test_guidelines_have_versions(db: Database):
    fill(db)
    assert rounds.guideline(db, "talks") is None
    first = round_writes.write_guideline(db, "talks", "Be kind.", "lead", NOW)
    assert round_writes.write_guideline(db, "talks", "Be kind.", "lead", NOW + 1) == first
    second = round_writes.write_guideline(db, "talks", "Be kind and brief.", None, NOW + 2)
    assert (first.version, second.version) == (1, 2)
    assert rounds.guidelines(db, "talks") == [second, first]
    with pytest.raises(Invalid, match="cannot be stored"):
        round_writes.write_guideline(db, "talks", "\0", None, NOW)


def test_assigned_questions_are_asked_of_those_people_only(db: Database):
    fill(db)
    open_round(db)
    asked = [question.id for question in rounds.questions(db, "talks", 1)]
    assert round_writes.assign(db, "talks", 1, ["ann"], asked[:3], NOW) == 3
    assert [ask.question.id for ask in leases.next_questions(db, "talks", 1, "bob", 9, NOW)] == asked[3:]
    assert [ask.question.id for ask in leases.next_questions(db, "talks", 1, "ann", 9, NOW)] == asked[:3]
    assert rounds.progress(db, "talks", 1, "bob").total_for_me == 1
    round_writes.assign(db, "talks", 1, [], asked[:3], NOW)
    assert rounds.progress(db, "talks", 1, "bob").total_for_me == 4
    with pytest.raises(Invalid, match="no question nope"):
        round_writes.assign(db, "talks", 1, ["ann"], ["nope"], NOW)


def test_ten_people_may_answer_a_question(db: Database):
    fill(db)
    open_round(db, overlap=10)
    assert {question.wanted for question in rounds.questions(db, "talks", 1)} == {10}


def test_questions_are_divided_between_people_in_turns(db: Database):
    fill(db, count=6)
    round_ = open_round(db, overlap=2)
    held = leases.next_questions(db, "talks", 1, "dan", 9, NOW)
    assert round_writes.assign(db, "talks", 1, ["ann", "bob", "cat"], None, NOW, divided=True) == 6
    assert rounds.assigned(db, round_) == {"ann": 4, "bob": 4, "cat": 4}
    assert len(held) == 6
    assert leases.next_questions(db, "talks", 1, "dan", 9, NOW) == [], "they are no longer dan's"
    asks = {account: leases.next_questions(db, "talks", 1, account, 9, NOW) for account in ("ann", "bob", "cat")}
    assert Counter(ask.question.id for own in asks.values() for ask in own) == dict.fromkeys(ids(held), 2)
    round_writes.assign(db, "talks", 1, ["ann", "bob"], None, NOW)
    assert rounds.assigned(db, round_) == {"ann": 6, "bob": 6}
    round_writes.assign(db, "talks", 1, [], None, NOW)
    assert rounds.assigned(db, round_) == {}


def test_too_few_people_are_not_assigned(db: Database):
    fill(db)
    round_ = open_round(db, adaptive=True)
    with pytest.raises(Invalid, match="may be asked of 3 people, and 2 are chosen"):
        round_writes.assign(db, "talks", 1, ["ann", "bob"], None, NOW)
    assert rounds.assigned(db, round_) == {}


@pytest.mark.parametrize(
    ("selection", "count"),
    [
        (Selection(), 4),
        (Selection(topic="rain"), 1),
        (Selection(script="latin", search="prompt 1"), 1),
        (Selection(script="han"), 0),
        (Selection(defect="cut"), 1),
        (Selection(origin="model-chosen", unjudged_only=True), 3),
    ],
)
def test_a_round_holds_as_many_items_as_were_counted(db: Database, selection: Selection, count: int):
    items = fill(db)
    dataset_writes.edit_item(db, "talks", replace(items[0], topic="rain"), expected=NOW, now=NOW)
    lone = Item("", ({"role": "user", "content": "prompt 1 alone"},), items[0].responses[:1])
    dataset_writes.add_item(db, "talks", lone, NOW)
    defect_labels.replace(db, "talks", {"cut": [items[2].id]})
    decisions.adjudicate(db, "talks", Adjudication(items[3].id, "chosen", "rejected", "a"), "lead", NOW)
    assert candidates.count(db, "talks", selection) == count
    if count:
        open_round(db, selection=selection)
        assert len(rounds.questions(db, "talks", 1)) == count
        chosen = replace(selection, item_ids=(items[0].id, items[1].id, items[2].id, items[3].id, "gone"))
        assert candidates.count(db, "talks", chosen) == count


def test_settings_come_back_from_their_row_also_those_of_another_version():
    settings = RoundSettings(criteria=("a",), selection=Selection(item_ids=("1",), tag="x"), overlap=3)
    assert RoundSettings.from_json(settings.to_json()) == settings
    assert RoundSettings.from_json({"overlap": 2, "from the future": 1}) == RoundSettings(overlap=2)
