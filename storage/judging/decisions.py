"""Writes of verdicts that no question asks for: of a researcher who decides, and of machines.

Left out: the votes of people (`judgement_writes`), and what follows (`judged_preferences`).
"""

import uuid
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from storage import tables, working_copy
from storage.database import Database
from storage.errors import Invalid
from storage.judging import judgements, vote_checks
from storage.judging.judgement_records import (
    Adjudication,
    Judgement,
    MachineVerdict,
    NewJudgement,
    Question,
    RoundSettings,
)
from storage.records import Item
from words import N_

_JUDGEMENT = tables.Judgement
_PAIR = _JUDGEMENT.id, _JUDGEMENT.response_a, _JUDGEMENT.response_b
# what people say, and these do not
_EMPTY: dict[str, Any] = {
    "question_id": None,
    "round": None,
    "turn": 0,
    "strength": None,
    "criteria": {},
    "ranking": None,
    "quality": {},
    "edits": {},
    "reasons": [],
    "comment": None,
    "flag": None,
    "account": None,
    "machine": None,
    "seconds": None,
    "guideline_version": None,
    "supersedes": None,
    "late": False,
}


def adjudicate(db: Database, dataset: str, decision: Adjudication, account: str, now: float) -> Judgement:
    """Decide a pair, in place of an earlier decision on it by whomever. Raises Invalid, NotFound."""
    with db.write() as connection:
        row = working_copy.find(connection, dataset)
        item = working_copy.find_item(connection, row, decision.item_id)
        pair = _pair(item, decision.response_a, decision.response_b)
        _check(decision, pair)
        former = _former(connection, row.id, decision, "adjudicator")
        if decision.verdict == "withdrawn" and former is None:
            raise Invalid(N_("Nothing was decided of this pair, so there is no decision to take back."))
        authors = {"source": "adjudicator", "account": account, "supersedes": former, "shown": list(pair)}
        return _insert(connection, row.id, {**asdict(decision), **authors}, now)


def add_machine_verdicts(db: Database, dataset: str, verdicts: Sequence[MachineVerdict], now: float) -> int:
    """Store what a machine says of pairs, in place of what the same machine said of them before; returns how many.

    Raises Invalid for responses that are not there, NotFound; then nothing is stored.
    """
    with db.write() as connection:
        row = working_copy.find(connection, dataset)
        for verdict in verdicts:
            item = working_copy.find_item(connection, row, verdict.item_id)
            pair = _pair(item, verdict.response_a, verdict.response_b)
            former = _former(connection, row.id, verdict, verdict.source, verdict.machine)
            shown = {"shown": list(verdict.shown or pair), "supersedes": former}
            _insert(connection, row.id, {**asdict(verdict), **shown}, now)
    return len(verdicts)


def _pair(item: Item, first: str, second: str) -> tuple[str, str]:
    """The two responses, if the item has both."""
    for response in (first, second):
        if response not in {own.id for own in item.responses} or first == second:
            raise Invalid(
                N_("The item {id} has no two answers {first} and {second}."), id=item.id, first=first, second=second
            )
    return first, second


def _check(decision: Adjudication, pair: tuple[str, str]) -> None:
    """Raise Invalid where a vote of this content would make no sense."""
    question = Question("", decision.item_id, 0, "plain", pair, 1)
    content = {name: getattr(decision, name) for name in ("verdict", "strength", "criteria", "quality", "comment")}
    settings = RoundSettings(criteria=tuple(decision.criteria))
    vote_checks.check(NewJudgement(str(uuid.uuid4()), "", 0, **content), question, settings)


def _former(
    connection: sa.Connection,
    dataset_id: int,
    new: Adjudication | MachineVerdict,
    source: str,
    machine: str | None = None,
) -> str | None:
    """The id of what the same source said of the same pair before, where it holds."""
    query = judgements.of_dataset(dataset_id, history=False).where(
        _JUDGEMENT.item_id == new.item_id, _JUDGEMENT.source == source, _JUDGEMENT.machine == machine
    )
    pair = {new.response_a, new.response_b}
    rows = connection.execute(query.with_only_columns(*_PAIR))
    return next((row.id for row in rows if {row.response_a, row.response_b} == pair), None)


def _insert(connection: sa.Connection, dataset_id: int, values: dict[str, Any], now: float) -> Judgement:
    row = {**_EMPTY, **values, "id": str(uuid.uuid4()), "dataset_id": dataset_id, "created_at": now}
    connection.execute(sa.insert(_JUDGEMENT).values(**row))
    query = sa.select(*judgements.COLUMNS).where(_JUDGEMENT.id == row["id"])
    return judgements.judgement(connection.execute(query).mappings().one())
