"""Leases and verdicts: nobody is asked twice, nothing is lost or doubled, and no more people answer than wanted."""

import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from storage import dataset_writes, datasets
from storage.database import Database, connect
from storage.judging import judged_items, judgement_writes, judgements, leases, round_writes, rounds
from storage.judging.judgement_records import Ask, NewJudgement, Receipt, Round
from storage.workspace import Workspace
from tests.storage.talks import NOW, answers, fill, ids, open_round, vote


def ask(db: Database, account: str, count: int = 20, now: float = NOW) -> list[Ask]:
    return leases.next_questions(db, "talks", 1, account, count, now)


def give(db: Database, account: str, *votes: NewJudgement, now: float = NOW) -> list[Receipt]:
    return judgement_writes.record(db, votes, account, now)


def stored(db: Database, account: str, *votes: NewJudgement, now: float = NOW) -> list[str]:
    return [receipt.stored for receipt in give(db, account, *votes, now=now)]


# who is asked what


def test_a_reload_brings_the_same_questions_in_the_same_order(db: Database):
    fill(db, count=9)
    open_round(db)
    first = ask(db, "ann", 4)
    assert ask(db, "ann", 4, NOW + 1) == first
    assert ids(ask(db, "ann", 6, NOW + 2))[:4] == ids(first)


def test_what_lies_before_one_person_is_not_asked_of_another_until_the_lease_ends(db: Database):
    fill(db, count=5)
    open_round(db)
    held = ids(ask(db, "ann", 3))
    assert set(ids(ask(db, "bob"))).isdisjoint(held)
    assert ask(db, "cat") == []
    assert set(ids(ask(db, "cat", now=NOW + 601))) == set(held) | set(ids(ask(db, "cat", now=NOW + 601)))
    assert len(ask(db, "cat", now=NOW + 601)) == 5


def test_a_vote_keeps_the_other_leases_of_its_author_alive(db: Database):
    fill(db)
    open_round(db)
    first, *others = ask(db, "ann")
    give(db, "ann", vote(first), now=NOW + 500)
    assert ask(db, "bob", now=NOW + 700) == []
    assert ids(ask(db, "ann", now=NOW + 700)) == ids(others)


def test_nobody_is_asked_again_what_they_have_answered(db: Database):
    fill(db)
    open_round(db, overlap=2)
    asks = ask(db, "ann")
    give(db, "ann", *(vote(asked) for asked in asks))
    assert ask(db, "ann") == []
    assert ids(ask(db, "bob")) == ids(asks)


def test_a_skipped_question_goes_to_somebody_else(db: Database):
    fill(db, count=1)
    open_round(db)
    assert stored(db, "ann", vote(ask(db, "ann")[0], "skip")) == ["stored"]
    assert ask(db, "ann") == []
    assert len(ask(db, "bob")) == 1


def test_items_that_are_gone_are_not_asked(db: Database):
    items = fill(db)
    open_round(db)
    held = ask(db, "ann", 2)
    dataset_writes.delete_item(db, "talks", items[3].id, expected=NOW, now=NOW)
    lost = replace(items[0], responses=items[0].responses[:1], preferences=())
    dataset_writes.edit_item(db, "talks", lost, expected=NOW, now=NOW)
    assert ids(ask(db, "ann")) == [ids(held)[1], ask(db, "ann")[1].question.id]
    assert {asked.item.id for asked in ask(db, "ann")} == {items[1].id, items[2].id}
    dataset_writes.restore_item(db, "talks", items[3].id, NOW)
    assert {asked.item.id for asked in ask(db, "ann")} == {item.id for item in items[1:]}


# verdicts


def test_a_vote_is_stored_with_all_that_was_said(db: Database):
    (item,) = fill(db, count=1)
    open_round(db, criteria=("helpful",), ask_quality=True)
    (asked,) = ask(db, "ann")
    given = vote(
        asked,
        "b",
        strength=2,
        criteria={"helpful": "a"},
        quality={"chosen": "bad"},
        edits={"rejected": "Better."},
        reasons=("short",),
        comment="Hm.",
        flag="odd",
        guideline_version=3,
    )
    assert stored(db, "ann", given) == ["stored"]
    (row,) = judgements.listing(db, "talks")
    for name in vars(given):
        assert getattr(row, name) == getattr(given, name), name
    assert (row.item_id, row.round, row.response_a, row.response_b) == (item.id, 1, "chosen", "rejected")
    assert (row.shown, row.source, row.account, row.late) == (asked.shown, "human", "ann", False)
    assert judgements.of_item(db, "talks", item.id) == [row]
    assert judgements.latest(db, rounds.get(db, "talks", 1), "ann", 9) == [row]


def test_the_same_vote_sent_again_is_not_stored_again(db: Database):
    fill(db)
    open_round(db, overlap=2)
    given = vote(ask(db, "ann")[0], reasons=("x",))
    assert [stored(db, "ann", given) for _ in range(3)] == [["stored"], ["again"], ["again"]]
    (refused,) = give(db, "ann", replace(given, verdict="b"))
    assert refused.stored == "refused"
    assert stored(db, "bob", given) == ["refused"]
    assert [row.verdict for row in judgements.listing(db, "talks")] == ["a"]


def test_one_vote_that_is_refused_keeps_no_other_from_its_place(db: Database):
    fill(db)
    open_round(db)
    first, second, third, _ = ask(db, "ann")
    votes = vote(first), vote(second, "left"), replace(vote(third), question_id="nope"), vote(third, "tie")
    assert stored(db, "ann", *votes) == ["stored", "refused", "refused", "stored"]
    assert answers(db, rounds.get(db, "talks", 1)) == [1, 0, 1, 0]


def test_two_tabs_of_one_person_give_one_verdict(db: Database):
    fill(db, count=1)
    open_round(db, overlap=3)
    (asked,) = ask(db, "ann")
    assert stored(db, "ann", vote(asked), vote(asked, "b")) == ["stored", "refused"]
    assert [row.verdict for row in judgements.listing(db, "talks")] == ["a"]


def test_an_undo_puts_the_question_back_and_all_stays_in_the_history(db: Database):
    fill(db)
    round_ = open_round(db)
    asked = ask(db, "ann")[1]
    first = vote(asked)
    undo = vote(asked, "withdrawn", supersedes=first.id)
    again = vote(asked, "b", supersedes=undo.id)
    assert stored(db, "ann", first, undo) == ["stored", "stored"]
    assert answers(db, round_) == [0, 0, 0, 0]
    assert judgements.listing(db, "talks") == []
    assert asked in ask(db, "ann")
    assert stored(db, "ann", again, now=NOW + 1) == ["stored"]
    assert answers(db, round_) == [0, 1, 0, 0]
    assert [row.id for row in judgements.listing(db, "talks", history=True)] == [first.id, undo.id, again.id]
    assert [row.id for row in judgements.listing(db, "talks")] == [again.id]


def test_a_verdict_is_changed_only_by_its_author_and_only_where_it_holds(db: Database):
    fill(db, count=1)
    open_round(db, overlap=2)
    (asked,) = ask(db, "ann")
    first = vote(asked)
    changed = vote(asked, "b", supersedes=first.id)
    assert stored(db, "ann", first) == ["stored"]
    assert stored(db, "bob", vote(asked, "b", supersedes=first.id)) == ["refused"]
    assert stored(db, "ann", changed) == ["stored"]
    assert stored(db, "ann", vote(asked, "tie", supersedes=first.id)) == ["refused"], "superseded already"
    assert stored(db, "ann", vote(asked, "withdrawn")) == ["refused"], "takes nothing back"
    assert [row.verdict for row in judgements.listing(db, "talks", account="ann")] == ["b"]


def test_a_vote_that_comes_when_nobody_is_wanted_is_kept_and_counts_for_nothing(db: Database):
    fill(db, count=1)
    round_ = open_round(db)
    (asked,) = ask(db, "ann")
    assert ids(ask(db, "bob", now=NOW + 601)) == ids([asked])
    assert stored(db, "bob", vote(asked, "b"), now=NOW + 602) == ["stored"]
    late = vote(asked)
    assert stored(db, "ann", late, now=NOW + 603) == ["late"]
    assert answers(db, round_) == [1]
    assert [(row.account, row.late) for row in judgements.listing(db, "talks")] == [("bob", False), ("ann", True)]
    assert stored(db, "ann", vote(asked, "tie", supersedes=late.id), now=NOW + 604) == ["late"]


def test_a_vote_after_its_lease_ended_counts_where_one_is_still_wanted(db: Database):
    fill(db, count=1)
    open_round(db)
    (asked,) = ask(db, "ann")
    assert stored(db, "ann", vote(asked), now=NOW + 9_000) == ["stored"]


def test_votes_on_a_closed_round_and_on_what_is_assigned_to_others_count_for_nothing(db: Database):
    fill(db, count=2)
    open_round(db)
    first, second = ask(db, "ann")
    round_writes.assign(db, "talks", 1, ["bob"], [first.question.id], NOW)
    assert stored(db, "ann", vote(first)) == ["late"]
    round_writes.close(db, "talks", 1, NOW)
    assert stored(db, "ann", vote(second)) == ["late"]


def late_votes(db: Database, **settings: object) -> tuple[Round, NewJudgement, list[NewJudgement]]:
    """A round of one question, the verdict of bob that counts, and those of ann and cat that came late."""
    fill(db, count=1)
    round_ = open_round(db, **settings)
    asks = {account: ask(db, account, now=NOW + 601 * place)[0] for place, account in enumerate(("ann", "cat", "bob"))}
    counted, *late = (vote(asks[account], verdict) for account, verdict in (("bob", "b"), ("ann", "a"), ("cat", "tie")))
    assert stored(db, "bob", counted, now=NOW + 1_300) == ["stored"]
    assert stored(db, "ann", late[0], now=NOW + 1_301) == ["late"]
    assert stored(db, "cat", late[1], now=NOW + 1_302) == ["late"]
    return round_, counted, late


def counting(db: Database) -> list[str]:
    return [str(row.account) for row in judgements.listing(db, "talks") if not row.late]


def test_the_first_late_vote_takes_the_place_of_one_that_is_taken_back(db: Database):
    round_, counted, late = late_votes(db)
    back = replace(counted, id=str(uuid.uuid4()), verdict="withdrawn", supersedes=counted.id)
    assert stored(db, "bob", back, now=NOW + 1_400) == ["stored"]
    assert (counting(db), answers(db, round_)) == (["ann"], [1])
    assert ask(db, "dan", now=NOW + 9_000) == []
    item = datasets.items(db, "talks")[0]
    (judged,), ids_ = judged_items.derived(db, "talks", item)
    assert (judged.preferences[0].chosen, ids_) == ("chosen", {late[0].id})
    skipped = replace(late[0], id=str(uuid.uuid4()), verdict="skip", supersedes=late[0].id)
    assert stored(db, "ann", skipped, now=NOW + 1_500) == ["stored"]
    assert (counting(db), answers(db, round_)) == (["cat", "ann"], [1]), "a skip says nothing of the pair"


def test_a_late_vote_takes_a_place_that_a_disagreement_opens(db: Database):
    fill(db, count=1)
    round_ = open_round(db, adaptive=True)
    asks = {account: ask(db, account, now=NOW + 601 * place)[0] for place, account in enumerate(("cat", "ann", "bob"))}
    first = vote(asks["ann"])
    give(db, "ann", first, now=NOW + 1_300)
    give(db, "bob", vote(asks["bob"]), now=NOW + 1_301)
    assert stored(db, "cat", vote(asks["cat"]), now=NOW + 1_302) == ["late"]
    give(db, "ann", replace(first, id=str(uuid.uuid4()), verdict="b", supersedes=first.id), now=NOW + 1_303)
    assert (sorted(counting(db)), answers(db, round_)) == (["ann", "bob", "cat"], [3])


def test_what_came_after_the_end_or_from_somebody_who_was_not_asked_takes_no_place(db: Database):
    round_, counted, _late = late_votes(db)
    question = rounds.questions(db, "talks", 1)[0].id
    round_writes.assign(db, "talks", 1, ["bob", "cat"], [question], NOW)
    round_writes.close(db, "talks", 1, NOW + 1_302)
    back = replace(counted, id=str(uuid.uuid4()), verdict="withdrawn", supersedes=counted.id)
    assert stored(db, "bob", back, now=NOW + 1_400) == ["stored"]
    assert (counting(db), answers(db, round_)) == ([], [0])


# several people


def test_adaptive_asks_a_third_only_where_two_disagree(db: Database):
    fill(db, count=2)
    round_ = open_round(db, adaptive=True)
    for account, verdicts in (("ann", "ab"), ("bob", "aa")):
        asks = ask(db, account)
        give(db, account, *(vote(asked, verdict) for asked, verdict in zip(asks, verdicts, strict=True)))
    third = ask(db, "cat")
    assert [asked.question.position for asked in third] == [2]
    given = vote(third[0])
    give(db, "cat", given)
    assert answers(db, round_) == [2, 3]
    assert ask(db, "dan") == []


def test_a_repeat_swaps_sides_and_comes_at_least_ten_verdicts_later(db: Database):
    fill(db, count=40)
    open_round(db, repeats=0.5)
    order: list[tuple[str, int]] = []
    sides: dict[tuple[str, int], tuple[str, ...]] = {}
    while asks := ask(db, "ann", 4, NOW + len(order)):
        asked = asks[0]
        sides[asked.question.id, asked.turn] = asked.shown
        order.append((asked.question.id, asked.turn))
        assert stored(db, "ann", vote(asked), now=NOW + len(order)) == ["stored"]
    repeats = [question for question, turn in order if turn == 1]
    assert 5 < len(repeats) < 25
    assert len(set(order)) == len(order)
    for question in repeats:
        assert order.index((question, 1)) - order.index((question, 0)) > leases.REPEAT_AFTER
        assert sides[question, 1] == sides[question, 0][::-1]
    progress = rounds.progress(db, "talks", 1, "ann")
    assert (progress.answered_by_me, progress.total_for_me, progress.done_questions) == (len(order), len(order), 40)


def test_a_norming_round_is_blind_until_two_have_answered_all_of_it(db: Database):
    fill(db, count=5)
    open_round(db, norming=3)
    first = ask(db, "ann", 3)
    give(db, "ann", *(vote(asked) for asked in first))
    blind = ask(db, "bob", 3)
    assert ids(blind) == ids(first)
    assert {asked.phase for asked in (*blind, *ask(db, "ann"))} == {"blind"}
    give(db, "bob", *(vote(asked, "b", comment="No.") for asked in blind))
    revealed = ask(db, "ann", 3)
    assert {(asked.phase, len(asked.verdicts)) for asked in revealed} == {("reveal", 2)}
    own = next(said for said in revealed[0].verdicts if said.account == "ann")
    kept = vote(revealed[0], "b", supersedes=own.id, reasons=("norming",))
    assert stored(db, "ann", kept) == ["stored"]
    assert len([asked for asked in ask(db, "ann", 5) if asked.phase == "reveal"]) == 2
    assert {asked.phase for asked in ask(db, "cat", 5)} == {"blind"}


def test_progress_counts_what_is_done_and_what_is_left_for_me(db: Database):
    fill(db)
    open_round(db, overlap=2)
    first, second, *_ = ask(db, "ann")
    give(db, "ann", vote(first, seconds=1.0), vote(second, "skip", seconds=3.0))
    give(db, "bob", vote(first))
    progress = rounds.progress(db, "talks", 1, "ann")
    assert (progress.total, progress.done_questions, progress.wanted, progress.answered) == (4, 1, 8, 2)
    assert (progress.answered_by_me, progress.total_for_me, progress.median_seconds, progress.people) == (2, 4, 2.0, 2)
    assert (progress.skipped_by_me, progress.skipped) == (1, 1)
    give(db, "bob", vote(second))
    give(db, "cat", vote(second))
    assert rounds.progress(db, "talks", 1).skipped == 0, "others answered it, nothing is missing"
    assert rounds.progress(db, "talks", 1, "cat").total_for_me == 3
    assert rounds.progress(db, "talks", 1).answered_by_me == 0


def annotate(db: Database, account: str) -> Counter[str]:
    """Judge until nothing is left, sending every post twice, as a browser does that got no answer."""
    receipts: Counter[str] = Counter()
    while asks := ask(db, account, 3):
        votes = [vote(asked) for asked in asks]
        receipts.update(stored(db, account, *votes))
        receipts.update(stored(db, account, *votes))
    return receipts


def test_many_people_at_once_give_exactly_the_wanted_verdicts(db: Database, workspace: Workspace):
    fill(db, count=20)
    round_ = open_round(db, overlap=2)
    handles = [db, *(connect(workspace) for _ in range(3))]
    with ThreadPoolExecutor(8) as pool:
        receipts = list(pool.map(lambda number: annotate(handles[number % 4], f"person {number}"), range(8)))
    for handle in handles[1:]:
        handle.close()
    assert sum(receipts, Counter()) == {"stored": 40, "again": 40}
    assert answers(db, round_) == [2] * 20
    rows = judgements.listing(db, "talks", history=True)
    assert Counter((row.question_id, row.account) for row in rows).most_common(1)[0][1] == 1
    assert Counter(Counter(row.question_id for row in rows).values()) == {2: 20}
