"""Verdicts as they are read: of a dataset, a round, an item, a person; which versions and runs rest on them.

Only those that hold are returned, neither superseded nor withdrawn, unless the history is asked for.
Left out: writing (`judgement_writes`), and what preferences follow (`judged_preferences`).
"""

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa

from storage import tables, working_copy
from storage.database import Database
from storage.judging import rounds
from storage.judging.judgement_records import Ask, Judgement, Round, Source
from storage.records import RunName

_TABLE = tables.Judgement
COLUMNS = tuple(_TABLE.__table__.columns)


def listing(
    db: Database,
    dataset: str,
    *,
    round: int | None = None,
    account: str | None = None,
    source: Source | None = None,
    history: bool = False,
) -> list[Judgement]:
    """The dataset's verdicts in the order in which they came; `history`: all that were ever given. Raises NotFound."""
    conditions = {_TABLE.round: round, _TABLE.account: account, _TABLE.source: source}
    with db.read() as connection:
        query = of_dataset(working_copy.find(connection, dataset).id, history=history)
        for column, value in conditions.items():
            if value is not None:
                query = query.where(column == value)
        return [judgement(row) for row in connection.execute(query).mappings()]


def of_item(db: Database, dataset: str, item_id: str, *, history: bool = False) -> list[Judgement]:
    """The verdicts on one item, in the order in which they came. Raises NotFound."""
    with db.read() as connection:
        query = of_dataset(working_copy.find(connection, dataset).id, history=history)
        return [judgement(row) for row in connection.execute(query.where(_TABLE.item_id == item_id)).mappings()]


def by_item(connection: sa.Connection, dataset_id: int, item_ids: Sequence[str]) -> dict[str, list[Judgement]]:
    """item -> its verdicts, inside the caller's transaction."""
    query = of_dataset(dataset_id, history=False)
    groups: dict[str, list[Judgement]] = {}
    for part in working_copy.parts(item_ids, working_copy.MOST_NAMED):
        for row in connection.execute(query.where(_TABLE.item_id.in_(part))).mappings():
            groups.setdefault(row["item_id"], []).append(judgement(row))
    return groups


def latest(db: Database, round_: Round, account: str, count: int) -> list[Judgement]:
    """The last verdicts of this person in the round, the newest first: for undo and the own history."""
    query = rounds.effective(round_, account).with_only_columns(*COLUMNS).order_by(_TABLE.created_at.desc())
    with db.read() as connection:
        return [judgement(row) for row in connection.execute(query.limit(count)).mappings()]


def as_asked(db: Database, round_: Round, verdicts: Sequence[Judgement]) -> dict[str, Ask]:
    """verdict -> its question as its author saw it; without those whose item is gone, or lost a response."""
    with db.read() as connection:
        named = rounds.named(connection, round_, [str(verdict.question_id) for verdict in verdicts])
        items = working_copy.items_named(connection, round_.dataset_id, [verdict.item_id for verdict in verdicts])
    questions = {question.id: question for question in named}
    asks = {}
    for verdict in verdicts:
        item = items.get(verdict.item_id)
        if item is not None and set(verdict.shown) <= {response.id for response in item.responses}:
            asks[verdict.id] = Ask(questions[str(verdict.question_id)], item, verdict.turn, verdict.shown)
    return asks


def of_version(db: Database, version: str) -> list[Judgement]:
    """The verdicts that the preferences of a frozen version rest on."""
    link = tables.VersionJudgement
    query = sa.select(*COLUMNS).join(link, link.judgement_id == _TABLE.id).where(link.hash == version)
    with db.read() as connection:
        return [judgement(row) for row in connection.execute(query.order_by(*_IN_TIME)).mappings()]


def versions_of(db: Database, judgement_id: str) -> list[str]:
    """The hashes of the frozen versions that rest on this verdict."""
    link = tables.VersionJudgement
    with db.read() as connection:
        query = sa.select(link.hash).where(link.judgement_id == judgement_id).order_by(link.hash)
        return list(connection.execute(query).scalars())


def runs_of(db: Database, judgement_id: str) -> list[RunName]:
    """The runs that were given a frozen version that rests on this verdict, to train on or to be measured by."""
    runs = runs_by_version(db, versions_of(db, judgement_id)).values()
    return list({run.id: run for of_version in runs for run in of_version}.values())


def runs_by_version(db: Database, hashes: Collection[str]) -> dict[str, list[RunName]]:
    """The runs that were given each of these frozen versions, to train on or to be measured by, the oldest first."""
    run = tables.Run
    used = [run.spec[block]["version"].as_string() for block in ("data", "evaluation")]
    query = sa.select(run.id, run.name, *used).where(sa.or_(*(version.in_(hashes) for version in used)))
    runs: dict[str, list[RunName]] = {version: [] for version in hashes}
    with db.read() as connection:
        for run_id, name, *versions in connection.execute(query.order_by(run.created_at, run.id)):
            for version in {*versions} & {*hashes}:
                runs[version].append(RunName(run_id, name))
    return runs


def of_dataset(dataset_id: int, *, history: bool) -> sa.Select[Any]:
    """The verdicts of a dataset, in the order in which they came."""
    query = sa.select(*COLUMNS).where(_TABLE.dataset_id == dataset_id).order_by(*_IN_TIME)
    return query if history else query.where(_TABLE.verdict != "withdrawn", rounds.not_superseded())


def judgement(row: sa.RowMapping) -> Judgement:
    """A row of `COLUMNS` as the record that may leave storage."""
    ranking = row["ranking"]
    tuples = {
        "shown": tuple(row["shown"]),
        "reasons": tuple(row["reasons"]),
        "ranking": None if ranking is None else tuple(map(tuple, ranking)),
    }
    return Judgement(**{**dict(row), **tuples})


_IN_TIME = (_TABLE.created_at, _TABLE.id)
