"""What tests of judging begin with: datasets with answers to compare, rounds, and votes that say only what matters."""

import uuid
from collections.abc import Sequence
from dataclasses import replace

from storage import dataset_writes
from storage.database import Database
from storage.judging import round_writes, rounds
from storage.judging.judgement_records import Ask, NewJudgement, Round, RoundSettings
from storage.records import Item, Preference, Response

NOW = 1_000.0


def fill(db: Database, name: str = "talks", count: int = 4, answers: int = 2, **more: object) -> list[Item]:
    """A dataset whose items have answers `chosen`, `rejected`, ... with scores, labels and origins to keep hidden."""
    dataset_writes.create(db, name, "pairs", NOW)
    ids = ["chosen", "rejected", *(f"r{number}" for number in range(3, answers + 1))]
    names = ["c", "r", *ids[2:]]
    items = []
    for number in range(count):
        responses = tuple(
            Response(key, f"answer {names[place]}{number}", 0.9 - place / 10, place == 0, f"model-{key}")
            for place, key in enumerate(ids[:answers])
        )
        preferences = (Preference("chosen", "rejected", 0.7),) if answers > 1 else ()
        item = Item("", ({"role": "user", "content": f"prompt {number}"},), responses, preferences)
        items.append(dataset_writes.add_item(db, name, replace(item, **more), NOW))
    return items


def open_round(db: Database, name: str = "talks", **settings: object) -> Round:
    values = {"lease_seconds": 600.0, "seed": "seed", **settings}
    return round_writes.open_round(db, name, RoundSettings(**values), "lead", NOW)


def vote(ask: Ask, verdict: str = "a", **more: object) -> NewJudgement:
    values = {"id": str(uuid.uuid4()), "question_id": ask.question.id, "turn": ask.turn, "seconds": 2.0, **more}
    return NewJudgement(verdict=verdict, **values)


def ids(asks: Sequence[Ask]) -> list[str]:
    return [ask.question.id for ask in asks]


def answers(db: Database, round_: Round) -> list[int]:
    """How many answers each question has, as its row says."""
    return [question.answers for question in rounds.questions(db, round_.dataset, round_.number)]
