"""People who sign in, what they judge and in which rounds, the edits of items, and who made a version.

The first schema's tables of annotation are made anew: no release ever wrote a row into them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

JSON = sa.JSON(none_as_null=True)


def upgrade() -> None:
    for table in ("judgements", "assignments", "guidelines"):
        op.drop_table(table)
    op.add_column("users", sa.Column("session_epoch", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.add_column("versions", sa.Column("created_by", sa.String()))
    op.add_column("versions", sa.Column("note", sa.String()))
    _people()
    _edits()
    _rounds()
    _who_is_asked()
    _judgements()


def _people() -> None:
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("browser_hash", sa.String(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("seen_at", sa.Double(), nullable=False),
        sa.Column("expires_at", sa.Double(), nullable=False),
        sa.Column("ended_at", sa.Double()),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_sessions_user_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("token_hash", name="pk_sessions"),
    )
    op.create_index("ix_sessions_user_id", "sessions", ["user_id"])
    op.create_table(
        "invitations",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("target", sa.String()),
        sa.Column("created_by", sa.String()),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("expires_at", sa.Double(), nullable=False),
        sa.Column("used_at", sa.Double()),
        sa.Column("user_id", sa.String()),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_invitations_user_id"),
        sa.PrimaryKeyConstraint("token_hash", name="pk_invitations"),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("account", sa.String()),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("details", JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_account", "audit", ["account"])
    op.create_index("ix_audit_at", "audit", ["at"])


def _edits() -> None:
    op.create_table(
        "item_edits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch", sa.String(), nullable=False),
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("account", sa.String()),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("before", JSON),
        sa.Column("after", JSON),
        sa.Column("undone_at", sa.Double()),
        sa.ForeignKeyConstraint(
            ["dataset_id", "item_id"], ["items.dataset_id", "items.id"], name="fk_item_edits_item", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_item_edits"),
    )
    op.create_index("ix_item_edits_batch", "item_edits", ["batch"])
    op.create_index("ix_item_edits_item", "item_edits", ["dataset_id", "item_id"])


def _rounds() -> None:
    op.create_table(
        "guidelines",
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("created_by", sa.String()),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], name="fk_guidelines_dataset_id"),
        sa.PrimaryKeyConstraint("dataset_id", "version", name="pk_guidelines"),
    )
    op.create_table(
        "rounds",
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("settings", JSON, nullable=False),
        sa.Column("created_by", sa.String()),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("closed_at", sa.Double()),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], name="fk_rounds_dataset_id"),
        sa.PrimaryKeyConstraint("dataset_id", "number", name="pk_rounds"),
    )
    op.create_table(
        "questions",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("responses", JSON, nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.Column("expected", sa.String()),
        sa.Column("margin", sa.Double()),
        sa.Column("chosen_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["dataset_id", "item_id"], ["items.dataset_id", "items.id"], name="fk_questions_item"),
        sa.ForeignKeyConstraint(
            ["dataset_id", "round"], ["rounds.dataset_id", "rounds.number"], name="fk_questions_round"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_questions"),
    )
    op.create_index("ix_questions_item", "questions", ["dataset_id", "item_id"])
    op.create_index("ix_questions_order", "questions", ["dataset_id", "round", "position"])
    op.create_index(
        "ix_questions_open",
        "questions",
        ["dataset_id", "round", "position"],
        sqlite_where=sa.text("answers < wanted"),
        postgresql_where=sa.text("answers < wanted"),
    )


def _who_is_asked() -> None:
    op.create_table(
        "assignments",
        sa.Column("question_id", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("assigned_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["question_id"], ["questions.id"], name="fk_assignments_question_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("question_id", "account", name="pk_assignments"),
    )
    op.create_index("ix_assignments_account", "assignments", ["account"])
    op.create_table(
        "leases",
        sa.Column("question_id", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("leased_until", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["question_id"], ["questions.id"], name="fk_leases_question_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("question_id", "account", "turn", name="pk_leases"),
    )
    op.create_index("ix_leases_account", "leases", ["account"])


def _judgements() -> None:
    op.create_table(
        "judgements",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("question_id", sa.String()),
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("round", sa.Integer()),
        sa.Column("response_a", sa.String()),
        sa.Column("response_b", sa.String()),
        sa.Column("shown", JSON, nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("strength", sa.Integer()),
        sa.Column("criteria", JSON, nullable=False),
        sa.Column("ranking", JSON),
        sa.Column("quality", JSON, nullable=False),
        sa.Column("edits", JSON, nullable=False),
        sa.Column("reasons", JSON, nullable=False),
        sa.Column("comment", sa.String()),
        sa.Column("flag", sa.String()),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("account", sa.String()),
        sa.Column("machine", sa.String()),
        sa.Column("seconds", sa.Double()),
        sa.Column("guideline_version", sa.Integer()),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("supersedes", sa.String()),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["dataset_id", "item_id"], ["items.dataset_id", "items.id"], name="fk_judgements_item"),
        sa.ForeignKeyConstraint(["question_id"], ["questions.id"], name="fk_judgements_question_id"),
        sa.ForeignKeyConstraint(["supersedes"], ["judgements.id"], name="fk_judgements_supersedes"),
        sa.PrimaryKeyConstraint("id", name="pk_judgements"),
        sa.UniqueConstraint("supersedes", name="uq_judgements_supersedes"),
    )
    op.create_index("ix_judgements_account", "judgements", ["account", "dataset_id", "round", "created_at"])
    op.create_index("ix_judgements_item", "judgements", ["dataset_id", "item_id"])
    op.create_index("ix_judgements_question_id", "judgements", ["question_id"])
    op.create_table(
        "version_judgements",
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("judgement_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["judgement_id"], ["judgements.id"], name="fk_version_judgements_judgement_id"),
        sa.PrimaryKeyConstraint("hash", "judgement_id", name="pk_version_judgements"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_version_judgements_judgement_id", "version_judgements", ["judgement_id"])
