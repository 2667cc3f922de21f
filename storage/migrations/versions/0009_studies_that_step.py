"""Studies have a state, and their runs a place in them.

A study of before is done where none of its runs is active; it has no file that says what comes next.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

JSON = sa.JSON(none_as_null=True)
PLACE = ("study_id", "study_role", "algorithm", "study_trial", "study_seed")


def upgrade() -> None:
    op.add_column("studies", sa.Column("state", sa.String(), nullable=False, server_default=sa.text("'running'")))
    op.add_column("studies", sa.Column("reason", JSON))
    op.add_column("studies", sa.Column("finished_at", sa.Double()))
    op.execute(
        """UPDATE studies SET state = 'succeeded', finished_at = COALESCE(
             (SELECT MAX(runs.finished_at) FROM runs WHERE runs.study_id = studies.id), studies.created_at)
           WHERE NOT EXISTS (SELECT 1 FROM runs WHERE runs.study_id = studies.id
                             AND runs.state IN ('waiting', 'queued', 'running', 'paused'))"""
    )
    op.create_index("ix_studies_state", "studies", ["state"])
    op.add_column("runs", sa.Column("study_role", sa.String()))
    op.add_column("runs", sa.Column("study_trial", sa.Integer()))
    op.add_column("runs", sa.Column("study_seed", sa.BigInteger()))
    op.add_column("runs", sa.Column("study_changes", JSON))
    op.create_index("uq_runs_study_place", "runs", PLACE, unique=True)
