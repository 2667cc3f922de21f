"""A dataset with a few faults in it: pairs of which one is cut, two are near-duplicates, one calls itself a model."""

import time

from storage import dataset_writes
from storage.database import Database
from storage.records import Item, Preference, Response
from tests.engine.analysis.quality.honest import honest, with_answers, with_prompt

CUT, NEAR, LEAK = 3, 5, 7


def stock(db: Database) -> Database:
    """Put sixty pairs into the dataset "polite"; those numbered CUT, NEAR and LEAK have a fault."""
    items = list(honest(60).items)
    items[CUT] = with_answers(items[CUT], items[CUT].answers[0].text[:-6])
    items[NEAR] = with_answers(with_prompt(items[NEAR], f"{items[4].prompt} Hm?"), *(a.text for a in items[4].answers))
    items[LEAK] = with_answers(items[LEAK], "As an AI language model, I cannot cross the bridge.")
    dataset_writes.create(db, "polite", "pairs", time.time())
    for item in items:
        responses = tuple(Response(answer.id, answer.text, answer.score) for answer in item.answers)
        messages = ({"role": "user", "content": item.prompt},)
        stored = Item("", messages, responses, (Preference("a", "b"),), item.topic)
        dataset_writes.add_item(db, "polite", stored, time.time() - 60)
    return db
