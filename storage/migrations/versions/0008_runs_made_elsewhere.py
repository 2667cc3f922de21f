"""Runs that were made elsewhere: where each comes from, and the tokens with which trainers send theirs."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "run_sources",
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("location", sa.String(), nullable=False),
        sa.Column("digest", sa.String()),
        sa.Column("session", sa.String()),
        sa.Column("dropped", sa.Integer(), nullable=False),
        sa.Column("heard_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_run_sources_run_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_id", name="pk_run_sources"),
        sa.UniqueConstraint("kind", "key", name="uq_run_sources_kind_key"),
    )
    op.create_index("ix_run_sources_digest", "run_sources", ["digest"])
    op.create_table(
        "ingest_tokens",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_by", sa.String()),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("used_at", sa.Double()),
        sa.Column("revoked_at", sa.Double()),
        sa.PrimaryKeyConstraint("token_hash", name="pk_ingest_tokens"),
    )
