"""Means over held-out prompts keep their interval, and the answers of end evaluations a table of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

JSON = sa.JSON(none_as_null=True)


def upgrade() -> None:
    op.create_table(
        "intervals",
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("step", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("low", sa.Double(), nullable=False),
        sa.Column("high", sa.Double(), nullable=False),
        sa.Column("prompts", sa.Integer(), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_intervals_run_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_id", "key", "step", name="pk_intervals"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "final_samples",
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("prompt_index", sa.Integer(), nullable=False),
        sa.Column("sample_index", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("messages", JSON, nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("scores", JSON, nullable=False),
        sa.Column("tokens", sa.Integer(), nullable=False),
        sa.Column("finished", sa.Boolean(), nullable=False),
        sa.Column("extra", JSON, nullable=False),
        sa.Column("reward", sa.Double()),
        sa.Column("kl", sa.Double()),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_final_samples_run_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_id", "step", "prompt_index", "sample_index", name="pk_final_samples"),
    )
