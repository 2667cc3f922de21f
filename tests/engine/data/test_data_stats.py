"""What the preflight reads of a working copy is what will be frozen: with what people decided."""

from engine.data.data_stats import read
from engine.spec import parse
from storage import dataset_writes
from storage.database import Database
from storage.judging import judgement_writes, leases
from storage.records import Item, Response
from tests.storage.talks import NOW, open_round, vote

SPEC = {"algorithm": "dpo", "model": {"name": "starter"}, "data": {"dataset": "talks"}}


def test_answers_that_people_judged_can_be_trained_on(db: Database) -> None:
    dataset_writes.create(db, "talks", "pairs", NOW)
    messages = ({"role": "user", "content": "How is the weather?"},)
    answers = (Response("r1", "Sunny."), Response("r2", "Rainy."))
    dataset_writes.add_item(db, "talks", Item("", messages, answers), NOW)
    assert read(db, parse(SPEC)).example_count == 0
    open_round(db)
    (ask,) = leases.next_questions(db, "talks", 1, "ann", 1, NOW)
    judgement_writes.record(db, [vote(ask, "b")], "ann", NOW)
    assert read(db, parse(SPEC)).example_count == 1
