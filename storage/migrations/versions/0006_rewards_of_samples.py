"""Samples keep their reward and their KL, and a few groups of each rollout are kept beside them.

Old samples get the reward that their run's settings make of their scores, where these name the same parts.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

JSON = sa.JSON(none_as_null=True)
KEY = ("run_id", "step", "prompt_index", "sample_index")
SAMPLES = sa.table(
    "samples", *(sa.column(name) for name in KEY), sa.column("scores", JSON), sa.column("reward", sa.Double())
)
RUNS = sa.table("runs", sa.column("id"), sa.column("spec", JSON))
DEFAULT = [{"kind": "polite"}]


def upgrade() -> None:
    op.add_column("samples", sa.Column("reward", sa.Double()))
    op.add_column("samples", sa.Column("kl", sa.Double()))
    op.create_table(
        "rollout_samples",
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
        sa.Column("advantage", sa.Double()),
        sa.Column("trained", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_rollout_samples_run_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint(*KEY, name="pk_rollout_samples"),
    )
    _fill(op.get_bind())
    op.create_index("ix_samples_rewards", "samples", ["run_id", "prompt_index", "step", "reward"])


def _fill(connection: sa.Connection) -> None:
    statement = (
        sa.update(SAMPLES)
        .where(*(SAMPLES.c[name] == sa.bindparam(f"of_{name}") for name in KEY))
        .values(reward=sa.bindparam("total"))
    )
    for run in connection.execute(sa.select(RUNS)).all():
        weights = _weights(run.spec)
        rows = connection.execute(sa.select(SAMPLES).where(SAMPLES.c.run_id == run.id)).all() if weights else []
        values = [
            {**{f"of_{name}": getattr(row, name) for name in KEY}, "total": _total(weights, row.scores)}
            for row in rows
            if row.scores.keys() == weights.keys()
        ]
        if values:
            connection.execute(statement, values)


def _weights(spec: Any) -> dict[str, float]:
    """The weight of each part of the reward that scored held-out answers; none where the settings are not ours."""
    try:
        evaluation = spec.get("evaluation") or {}
        parts = evaluation.get("reward") or spec.get("reward") or DEFAULT
        return {part.get("name") or part["kind"]: float(part.get("weight", 1.0)) for part in parts}
    except (AttributeError, KeyError, TypeError, ValueError):
        return {}


def _total(weights: dict[str, float], scores: dict[str, float]) -> float:
    return sum(weight * scores[name] for name, weight in weights.items())
