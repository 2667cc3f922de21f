"""Items are found by a full-text index and counted by an index of those that are live; only these have labels.
The edits that can be undone have indexes too.

The index is filled by the code that keeps it: it has to cut texts exactly as later searches cut words.
"""

import sqlalchemy as sa
from alembic import op

from storage import search_index

revision = "0004"
down_revision = "0003"
BATCH_ROWS = 500


def upgrade() -> None:
    op.create_index(
        "ix_items_live",
        "items",
        ["dataset_id", "position"],
        sqlite_where=sa.text("deleted_at IS NULL"),
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    not_undone = sa.text("undone_at IS NULL")
    for name, columns in (("ix_item_edits_newest", ["dataset_id", "id"]), ("ix_item_edits_left", ["batch"])):
        op.create_index(name, "item_edits", columns, sqlite_where=not_undone, postgresql_where=not_undone)
    op.execute(
        "DELETE FROM labels WHERE EXISTS (SELECT 1 FROM items WHERE items.dataset_id = labels.dataset_id "
        "AND items.id = labels.item_id AND items.deleted_at IS NOT NULL)"
    )
    op.create_table(
        "search_runs",
        sa.Column("run", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("run", name="pk_search_runs"),
        sqlite_with_rowid=False,
    )
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(search_index.CREATE)
        _fill(connection)


def _fill(connection: sa.Connection) -> None:
    query = sa.text("SELECT dataset_id, position, words FROM items WHERE deleted_at IS NULL ORDER BY dataset_id")
    for rows in connection.execute(query).partitions(BATCH_ROWS):
        for dataset_id in {row.dataset_id for row in rows}:
            texts = [(row.position, row.words) for row in rows if row.dataset_id == dataset_id]
            search_index.add(connection, dataset_id, texts)
