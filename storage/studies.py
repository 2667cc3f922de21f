"""Studies as they are read: runs that belong together carry the study's id, and their place in its plan.

Left out: every write (`storage.study_writes`), and which runs come next (`engine.studies`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields

import sqlalchemy as sa

from storage import tables
from storage.database import Database
from storage.errors import Ambiguous, NotFound
from storage.records import ACTIVE, ENDED, Run, Study
from storage.runs import CLAIM_ORDER, COLUMNS, LONGEST_ID, record
from words import N_, from_json

STUDY_COLUMNS = tuple(tables.Study.__table__.columns[each.name] for each in fields(Study))


@dataclass(frozen=True)
class Progress:
    """How far the runs of a study are: how many are in which state, and `done`, how many whole runs that comes to.

    One that has ended counts whole, another by the share of its budget that is spent.
    """

    counts: dict[str, int] = field(default_factory=dict)
    done: float = 0.0

    @property
    def runs(self) -> int:
        """How many there are."""
        return sum(self.counts.values())

    @property
    def active(self) -> int:
        """How many will still change by themselves."""
        return sum(self.counts.get(state, 0) for state in ACTIVE)


def get(db: Database, prefix: str) -> Study:
    """The study whose id is `prefix` or is the only one to begin with it. Raises NotFound, Ambiguous."""
    study = tables.Study
    query = sa.select(*STUDY_COLUMNS).where(study.id.startswith(prefix[:LONGEST_ID], autoescape=True))
    with db.read() as connection:
        rows = connection.execute(query.order_by(study.id != prefix, study.id).limit(2)).all()
    if not prefix or not rows:
        raise NotFound(N_("There is no study {id}."), id=prefix[:LONGEST_ID])
    if len(rows) > 1 and rows[0].id != prefix:
        raise Ambiguous(N_("Several studies begin with {id}; give more of the id."), id=prefix)
    return study_record(rows[0])


def listing(db: Database, *, states: Sequence[str] = (), limit: int | None = None) -> list[Study]:
    """Studies in these states (in any, where none are given), the newest first."""
    study = tables.Study
    query = sa.select(*STUDY_COLUMNS).order_by(study.created_at.desc(), study.id).limit(limit)
    if states:
        query = query.where(study.state.in_(states))
    with db.read() as connection:
        return [study_record(row) for row in connection.execute(query)]


def members(db: Database, study_id: str) -> list[Run]:
    """The study's runs in the order in which they were created."""
    run = tables.Run
    query = sa.select(*COLUMNS).where(run.study_id == study_id).order_by(run.created_at, run.position)
    with db.read() as connection:
        return [record(row) for row in connection.execute(query)]


def first_queued(db: Database, study_id: str) -> str | None:
    """The id of the study's run that will be claimed first; None where none is queued."""
    run = tables.Run
    queued = sa.select(run.id).where(run.study_id == study_id, run.state == "queued").order_by(*CLAIM_ORDER).limit(1)
    with db.read() as connection:
        return connection.execute(queued).scalar()


def progress(db: Database, *, states: Sequence[str] = ()) -> dict[str, Progress]:
    """How far the studies in these states are, by id; of one without runs too."""
    run, study = tables.Run, tables.Study
    counted = sa.select(study.id, run.state, sa.func.count(run.id), sa.func.sum(run.fraction))
    query = counted.select_from(study).outerjoin(run, run.study_id == study.id).group_by(study.id, run.state)
    if states:
        query = query.where(study.state.in_(states))
    found: dict[str, Progress] = {}
    with db.read() as connection:
        for study_id, state, count, spent in connection.execute(query):
            before = found.get(study_id, Progress())
            counts = {**before.counts, state: count} if count else before.counts
            found[study_id] = Progress(counts, before.done + (count if state in ENDED else spent or 0.0))
    return found


def study_record(row: sa.Row[tuple[object, ...]]) -> Study:
    values = row._mapping
    return Study(**{**values, "reason": from_json(values["reason"])})
