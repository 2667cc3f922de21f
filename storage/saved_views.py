"""Named views of the table of runs, as they are read. Left out: saving and deleting them (`saved_view_writes`)."""

import sqlalchemy as sa

from storage import tables
from storage.database import Database
from storage.records import SavedView


def listing(db: Database) -> list[SavedView]:
    """All views of the workspace by name."""
    view = tables.SavedView
    query = sa.select(*view.__table__.columns).order_by(sa.func.lower(view.name), view.name)
    with db.read() as connection:
        return [SavedView(**row) for row in connection.execute(query).mappings()]
