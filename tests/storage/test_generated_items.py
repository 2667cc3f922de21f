"""What a generate run puts into a dataset: with its lease only, whole batches, into no dataset of others."""

import pytest

from storage import dataset_writes, datasets, generated_item_writes, generated_items, queue, run_writes
from storage.database import Database
from storage.errors import Invalid, LeaseLost
from storage.judging import round_writes, rounds
from storage.judging.judgement_records import RoundSettings
from storage.records import Item, Lease, Response
from words import english

NOW = 1_000.0


def running(db: Database, now: float = NOW) -> Lease:
    """A generate run that a worker holds."""
    run = run_writes.create(db, name="g", kind="generate", algorithm=None, lane="light", spec={}, now=now)
    lease = queue.claim_run(db, run.id, host=run.id, device="cpu", seconds=60, now=now)
    assert lease is not None
    return lease


def made(run_id: str, number: int, *texts: str) -> Item:
    responses = tuple(Response(f"r{index}", text) for index, text in enumerate(texts or ("Yes.", "No."), 1))
    extra = {"generated": {"run": run_id, "scores": {"r1": 1, "r2": 0.25}}}
    return Item("", ({"role": "user", "content": f"Number {number}?"},), responses, extra=extra)


def test_the_first_attempt_makes_the_dataset_and_a_later_one_finds_it(db: Database):
    lease = running(db)
    first = generated_item_writes.open_dataset(db, lease, "answers", NOW)
    assert (first.name, first.prompts, datasets.get(db, "answers").kind) == ("answers", 0, "pairs")
    generated_item_writes.add(db, lease, [made(lease.run_id, 1)], 1, NOW)
    dataset_writes.rename(db, "answers", "renamed")
    again = generated_item_writes.open_dataset(db, lease, "answers", NOW)
    assert (again.dataset_id, again.name, again.prompts) == (first.dataset_id, "renamed", 1)
    assert [data.name for data in datasets.listing(db)] == ["renamed"]


def test_items_are_numbered_after_those_that_are_there(db: Database):
    for number in (1, 2):
        lease = running(db, NOW + number)
        generated_item_writes.open_dataset(db, lease, "answers", NOW)
        generated_item_writes.add(
            db, lease, [made(lease.run_id, 2 * number), made(lease.run_id, 2 * number + 1)], 2, NOW
        )
    items = datasets.items(db, "answers")[0]
    assert [item.id for item in items] == ["00001", "00002", "00003", "00004"]
    newest, oldest = generated_items.runs_into(db, "answers")
    assert generated_items.newest_runs(db) == {"answers": newest}
    assert [item.id for item in generated_items.items(db, oldest.id)[0]] == ["00001", "00002"]
    assert [item.id for item in datasets.items(db, "answers", search="number 5")[0]] == ["00004"]
    page, total = generated_items.items(db, newest.id, offset=1, limit=1)
    assert ([item.id for item in page], total) == (["00004"], 2)


def test_an_attempt_that_lost_its_lease_adds_nothing(db: Database):
    lease = running(db)
    generated_item_writes.open_dataset(db, lease, "answers", NOW)
    queue.requeue(db, lease, now=NOW)
    with pytest.raises(LeaseLost):
        generated_item_writes.add(db, lease, [made(lease.run_id, 1)], 1, NOW)
    assert datasets.items(db, "answers")[1] == 0
    generation = generated_items.of_run(db, lease.run_id)
    assert generation is not None
    assert generation.prompts == 0


def test_an_item_that_cannot_be_stored_leaves_nothing_of_its_batch(db: Database):
    lease = running(db)
    generated_item_writes.open_dataset(db, lease, "answers", NOW)
    with pytest.raises(Invalid):
        generated_item_writes.add(db, lease, [made(lease.run_id, 1), made(lease.run_id, 2, "a\0b", "c")], 2, NOW)
    assert datasets.items(db, "answers")[1] == 0


@pytest.mark.parametrize(
    ("kind", "items", "sentence"),
    [
        ("pairs", 0, None),
        ("pairs", 1, "There is a dataset named taken already, which no generate run made"),
        ("groups", 0, "The dataset taken holds groups"),
    ],
)
def test_a_dataset_of_others_is_left_alone(db: Database, kind: str, items: int, sentence: str | None):
    dataset_writes.create(db, "taken", kind, NOW)
    for number in range(items):
        dataset_writes.add_item(db, "taken", made("", number), NOW)
    text = generated_item_writes.unfit(db, "taken")
    lease = running(db)
    if sentence is None:
        assert text is None
        assert generated_item_writes.open_dataset(db, lease, "taken", NOW).name == "taken"
        return
    assert text is not None
    assert sentence in english(text)
    with pytest.raises(Invalid, match=sentence):
        generated_item_writes.open_dataset(db, lease, "taken", NOW)
    assert generated_items.of_run(db, lease.run_id) is None


def test_a_name_is_the_same_in_either_spelling(db: Database):
    lease = running(db)
    generated_item_writes.open_dataset(db, lease, "cafe\u0301", NOW)
    assert [data.name for data in datasets.listing(db)] == ["caf\u00e9"]
    assert generated_item_writes.unfit(db, "cafe\u0301") is None


def test_only_answers_that_are_all_equal_are_flagged(db: Database):
    lease = running(db)
    generated_item_writes.open_dataset(db, lease, "answers", NOW)
    texts = [("Same.", "Same. "), ("Same.", "Other."), ("Only.",)]
    batch = [made(lease.run_id, number, *answers) for number, answers in enumerate(texts)]
    generated_item_writes.add(db, lease, batch, 3, NOW)
    assert [item.flags for item in datasets.items(db, "answers")[0]] == [("equal_responses",), (), ()]


def test_a_round_asks_about_different_answers_the_closest_hidden_scores_first(db: Database):
    lease = running(db)
    generated_item_writes.open_dataset(db, lease, "answers", NOW)
    batch = [made(lease.run_id, 1), made(lease.run_id, 2, "Same.", "Same."), made(lease.run_id, 3)]
    batch[2].extra["generated"]["scores"] = {"r1": 0.5, "r2": 0.375}
    generated_item_writes.add(db, lease, batch, 3, NOW)
    settings = RoundSettings(order="uncertain", random_share=0.0)
    round_ = round_writes.open_round(db, "answers", settings, "lead", NOW)
    asked = [(question.item_id, question.margin) for question in rounds.questions(db, "answers", round_.number)]
    assert asked == [("00003", 0.125), ("00001", 0.75)]


@pytest.mark.parametrize(
    ("extra", "scores"),
    [
        ({"generated": {"scores": {"a": 1, "b": 0.5}}}, {"a": 1.0, "b": 0.5}),
        ({"generated": {"run": "x"}}, {}),
        ({"generated": "by hand"}, {}),
        ({"generated": {"scores": [1]}}, {}),
        ({}, {}),
    ],
)
def test_hidden_scores_are_read_from_extra_fields_of_any_form(extra: dict[str, object], scores: dict[str, float]):
    assert generated_items.hidden_scores(extra) == scores
