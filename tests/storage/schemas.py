"""What tests do to a schema to see it migrated."""

import sqlalchemy as sa

from storage.database import Database


def step_back(db: Database) -> None:
    """Let the database look like one of the schema before."""
    with db.write() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0000'"))
