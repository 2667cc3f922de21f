"""Runs have tags, a note, and can be archived; views of their table have names.

The index of lists holds all that lists are narrowed by, so that no row is read of which nothing is shown.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

JSON = sa.JSON(none_as_null=True)
LISTED = ("created_at", "position", "state", "archived_at", "kind", "algorithm", "dataset", "model", "requested_by")


def upgrade() -> None:
    op.add_column("runs", sa.Column("archived_at", sa.Double()))
    op.add_column("runs", sa.Column("note", sa.String()))
    op.create_table(
        "run_tags",
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("tag", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_run_tags_run_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_id", "tag", name="pk_run_tags"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_run_tags_tag", "run_tags", ["tag"])
    op.create_table(
        "saved_views",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("query", JSON, nullable=False),
        sa.Column("created_by", sa.String()),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_saved_views"),
    )
    op.drop_index("ix_runs_list", "runs")
    op.create_index("ix_runs_list", "runs", [*LISTED, "words"])
