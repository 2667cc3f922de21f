"""The first schema: every table of the design, also those that later features fill."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

JSON = sa.JSON(none_as_null=True)
RUNNING = sa.text("state = 'running'")
LIVE = sa.text("deleted_at IS NULL")


def upgrade() -> None:
    _people()
    _runs()
    _history()
    _curves()
    _datasets()
    _versions()
    _annotation()
    _judgements()


def _people() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String()),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("disabled_at", sa.Double()),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("name", name="uq_users_name"),
    )


def _runs() -> None:
    op.create_table(
        "studies",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("spec", JSON, nullable=False),
        sa.Column("requested_by", sa.String()),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_studies"),
    )
    op.create_table(
        "runs",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("algorithm", sa.String()),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("spec", JSON, nullable=False),
        sa.Column("resolved", JSON),
        sa.Column("requested_by", sa.String()),
        sa.Column("parent_run", sa.String()),
        sa.Column("waits_for", sa.String()),
        sa.Column("study_id", sa.String()),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("request", sa.String()),
        sa.Column("reason", JSON),
        sa.Column("lane", sa.String(), nullable=False),
        sa.Column("alone", sa.Boolean(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("slot", sa.String()),
        sa.Column("light_slot", sa.String()),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("advanced_attempt", sa.Integer(), nullable=False),
        sa.Column("pid", sa.Integer()),
        sa.Column("lease_until", sa.Double()),
        sa.Column("beat_at", sa.Double()),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("fraction", sa.Double(), nullable=False),
        sa.Column("eta_seconds", sa.Double()),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("queued_at", sa.Double(), nullable=False),
        sa.Column("started_at", sa.Double()),
        sa.Column("finished_at", sa.Double()),
        sa.ForeignKeyConstraint(["parent_run"], ["runs.id"], name="fk_runs_parent_run"),
        sa.ForeignKeyConstraint(["study_id"], ["studies.id"], name="fk_runs_study_id"),
        sa.ForeignKeyConstraint(["waits_for"], ["runs.id"], name="fk_runs_waits_for"),
        sa.PrimaryKeyConstraint("id", name="pk_runs"),
    )
    op.create_index("ix_runs_created_at", "runs", ["created_at"])
    op.create_index("ix_runs_queue", "runs", ["state", "lane", "priority", "position"])
    op.create_index("ix_runs_study_id", "runs", ["study_id"])
    op.create_index("ix_runs_waits_for", "runs", ["waits_for"])
    op.create_index(
        "uq_runs_light_slot", "runs", ["light_slot"], unique=True, sqlite_where=RUNNING, postgresql_where=RUNNING
    )
    op.create_index("uq_runs_slot", "runs", ["slot"], unique=True, sqlite_where=RUNNING, postgresql_where=RUNNING)


def _history() -> None:
    op.create_table(
        "events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer()),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("text", JSON),
        sa.Column("at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_events_run_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_events"),
    )
    op.create_index("ix_events_run", "events", ["run_id", "id"])
    op.create_table(
        "checkpoints",
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("best", sa.Boolean(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_checkpoints_run_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_id", "step", "attempt", name="pk_checkpoints"),
    )
    op.create_table(
        "samples",
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
        sa.Column("checkpoint_hash", sa.String()),
        sa.Column("extra", JSON, nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_samples_run_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_id", "step", "prompt_index", "sample_index", name="pk_samples"),
    )


def _curves() -> None:
    op.create_table(
        "series",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("first", sa.Double()),
        sa.Column("first_kind", sa.Integer(), nullable=False),
        sa.Column("last", sa.Double()),
        sa.Column("last_kind", sa.Integer(), nullable=False),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.Column("minimum", sa.Double()),
        sa.Column("minimum_step", sa.Integer()),
        sa.Column("maximum", sa.Double()),
        sa.Column("maximum_step", sa.Integer()),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_series_run_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_series"),
        sa.UniqueConstraint("run_id", "key", name="uq_series_run_id_key"),
    )
    op.create_table(
        "points",
        sa.Column("series_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("step", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Integer(), nullable=False),
        sa.Column("value", sa.Double()),
        sa.Column("wall_time", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name="fk_points_series_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("series_id", "step", name="pk_points"),
        sqlite_with_rowid=False,
    )


def _datasets() -> None:
    op.create_table(
        "datasets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("edited_at", sa.Double(), nullable=False),
        sa.Column("deleted_at", sa.Double()),
        sa.PrimaryKeyConstraint("id", name="pk_datasets"),
    )
    op.create_index("uq_datasets_name", "datasets", ["name"], unique=True, sqlite_where=LIVE, postgresql_where=LIVE)
    op.create_table(
        "items",
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("messages", JSON, nullable=False),
        sa.Column("responses", JSON, nullable=False),
        sa.Column("preferences", JSON, nullable=False),
        sa.Column("topic", sa.String()),
        sa.Column("tags", JSON, nullable=False),
        sa.Column("extra", JSON, nullable=False),
        sa.Column("flags", JSON, nullable=False),
        sa.Column("prompt_key", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("edited_at", sa.Double(), nullable=False),
        sa.Column("deleted_at", sa.Double()),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], name="fk_items_dataset_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("dataset_id", "id", name="pk_items"),
    )
    op.create_index("ix_items_order", "items", ["dataset_id", "position"])
    op.create_index("ix_items_prompt", "items", ["dataset_id", "prompt_key"])


def _versions() -> None:
    op.create_table(
        "labels",
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column("facet", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("item_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dataset_id", "item_id"], ["items.dataset_id", "items.id"], name="fk_labels_item", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("dataset_id", "facet", "value", "item_id", name="pk_labels"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_labels_item", "labels", ["dataset_id", "item_id"])
    op.create_table(
        "versions",
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.Column("held_out", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], name="fk_versions_dataset_id"),
        sa.PrimaryKeyConstraint("dataset_id", "hash", name="pk_versions"),
    )
    op.create_index("ix_versions_hash", "versions", ["hash"])


def _annotation() -> None:
    op.create_table(
        "guidelines",
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name="fk_guidelines_created_by"),
        sa.ForeignKeyConstraint(["dataset_id"], ["datasets.id"], name="fk_guidelines_dataset_id"),
        sa.PrimaryKeyConstraint("dataset_id", "version", name="pk_guidelines"),
    )
    op.create_table(
        "assignments",
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("assigned_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dataset_id", "item_id"], ["items.dataset_id", "items.id"], name="fk_assignments_item"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_assignments_user_id"),
        sa.PrimaryKeyConstraint("dataset_id", "item_id", "user_id", name="pk_assignments"),
    )
    op.create_index("ix_assignments_user_id", "assignments", ["user_id"])


def _judgements() -> None:
    op.create_table(
        "judgements",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("dataset_hash", sa.String()),
        sa.Column("response_a", sa.String(), nullable=False),
        sa.Column("response_b", sa.String(), nullable=False),
        sa.Column("shown_left", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("strength", sa.Integer()),
        sa.Column("quality_a", sa.Integer()),
        sa.Column("quality_b", sa.Integer()),
        sa.Column("edited_a", sa.String()),
        sa.Column("edited_b", sa.String()),
        sa.Column("reasons", JSON, nullable=False),
        sa.Column("comment", sa.String()),
        sa.Column("flag", sa.String()),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("seconds", sa.Double()),
        sa.Column("guideline_version", sa.Integer()),
        sa.Column("supersedes", sa.String()),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["dataset_id", "item_id"], ["items.dataset_id", "items.id"], name="fk_judgements_item"),
        sa.ForeignKeyConstraint(["supersedes"], ["judgements.id"], name="fk_judgements_supersedes"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_judgements_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_judgements"),
        sa.UniqueConstraint("supersedes", name="uq_judgements_supersedes"),
    )
    op.create_index("ix_judgements_item", "judgements", ["dataset_id", "item_id"])
    op.create_index("ix_judgements_user_id", "judgements", ["user_id"])
