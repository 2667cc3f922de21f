"""Gives a run another name, which nothing in the product does."""

import sqlalchemy as sa

from storage import tables
from storage.database import Database


def rename(db: Database, run_id: str, name: str) -> None:
    with db.write() as connection:
        connection.execute(sa.update(tables.Run).where(tables.Run.id == run_id).values(name=name))
