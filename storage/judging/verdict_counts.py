"""How many verdicts a dataset was ever given: verdicts are only added, so whoever keeps a result sees that it is old.

Left out: the verdicts (`judgements`).
"""

from typing import NamedTuple

import sqlalchemy as sa

from storage import tables, working_copy
from storage.database import Database
from storage.records import Dataset


class JudgedState(NamedTuple):
    """Changes with every edit and every verdict: the key of what is computed of a dataset and its verdicts."""

    dataset_id: int
    edited_at: float
    verdicts: int


def state(db: Database, data: Dataset, *, decisions: bool = True) -> JudgedState:
    """The dataset as it is now; without `decisions` it stays the same when an adjudicator decides. Raises NotFound."""
    return JudgedState(data.id, data.edited_at, given(db, data.name, decisions=decisions))


def given(db: Database, dataset: str, *, decisions: bool = True) -> int:
    """The number of verdicts, those that were superseded or withdrawn among them; `decisions`: adjudicators' too.

    Raises NotFound.
    """
    table = tables.Judgement
    with db.read() as connection:
        dataset_id = working_copy.find(connection, dataset).id
        count = sa.select(sa.func.count()).select_from(table).where(table.dataset_id == dataset_id)
        return connection.execute(count if decisions else count.where(table.source != "adjudicator")).scalar_one()
