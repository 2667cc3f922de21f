"""How many verdicts a dataset was ever given: verdicts are only added, so whoever keeps a result sees that it is old.

Left out: the verdicts (`judgements`).
"""

import sqlalchemy as sa

from storage import tables, working_copy
from storage.database import Database


def given(db: Database, dataset: str) -> int:
    """The number of verdicts, those that were superseded or withdrawn among them. Raises NotFound."""
    table = tables.Judgement
    with db.read() as connection:
        dataset_id = working_copy.find(connection, dataset).id
        count = sa.select(sa.func.count()).select_from(table).where(table.dataset_id == dataset_id)
        return connection.execute(count).scalar_one()
