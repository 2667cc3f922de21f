"""Lists and links of runs: columns that repeat what lists need of the settings, who ended a run, and who rests on whom.

All of it is read from the rows there are. What is computed here is a copy of what `storage` computed when this schema
was new, so that later changes there do not change this migration.
"""

import json
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

JSON = sa.JSON(none_as_null=True)
REFERENCE = re.compile(r"run:([A-Za-z0-9]+)(?:@(\d+))?")
CHECKPOINT = re.compile(r"run:([A-Za-z0-9]+)@(\d+)")
ENDED = ("succeeded", "failed", "stopped")
ORPHANED = ("The run {id} that it waited for failed.", "The run {id} that it waited for was stopped.")
RUNS = sa.table(
    "runs",
    *(sa.column(name) for name in ("id", "name", "algorithm", "state", "waits_for", "created_at", "position")),
    *(sa.column(name) for name in ("dataset", "model", "words", "ended_by")),
    *(sa.column(name, JSON) for name in ("spec", "resolved", "reason")),
)
LINKS = sa.table("run_links", *(sa.column(name) for name in ("child", "parent", "role", "step")))
Link = tuple[str, str, int | None]  # parent, role, step


def upgrade() -> None:
    op.add_column("runs", sa.Column("dataset", sa.String()))
    op.add_column("runs", sa.Column("model", sa.String()))
    op.add_column("runs", sa.Column("words", sa.String(), server_default=sa.text("''"), nullable=False))
    op.add_column("runs", sa.Column("ended_by", sa.String()))
    op.create_table(
        "run_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("child", sa.String(), nullable=False),
        sa.Column("parent", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("step", sa.Integer()),
        sa.ForeignKeyConstraint(["child"], ["runs.id"], name="fk_run_links_child", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["parent"], ["runs.id"], name="fk_run_links_parent"),
        sa.PrimaryKeyConstraint("id", name="pk_run_links"),
    )
    _fill(op.get_bind())
    op.create_index("ix_run_links_child", "run_links", ["child"])
    op.create_index("ix_run_links_parent", "run_links", ["parent"])
    op.drop_index("ix_runs_created_at", "runs")
    op.create_index("ix_runs_list", "runs", ["created_at", "position", "state", "words"])


def _fill(connection: sa.Connection) -> None:
    rows = connection.execute(sa.select(RUNS).order_by(RUNS.c.created_at, RUNS.c.position)).all()
    run_ids = {row.id for row in rows}
    for row in rows:
        connection.execute(sa.update(RUNS).where(RUNS.c.id == row.id).values(**_columns(row)))
        links = [
            {"child": row.id, "parent": parent, "role": role, "step": step}
            for parent, role, step in _links(row, run_ids)
        ]
        if links:
            connection.execute(sa.insert(LINKS), links)


def _columns(row: sa.Row[Any]) -> dict[str, str | None]:
    dataset, model = _setting(row.spec, "data", "dataset"), _setting(row.spec, "model", "name")
    text = " ".join(part for part in (row.name, row.id, row.algorithm, dataset, model) if part is not None)
    words = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    return {"dataset": dataset, "model": model, "words": words, "ended_by": _ended_by(row)}


def _ended_by(row: sa.Row[Any]) -> str | None:
    if row.state not in ENDED:
        return None
    if row.state != "stopped":
        return "engine"
    return "parent" if row.reason is not None and row.reason[0] in ORPHANED else "person"


def _links(row: sa.Row[Any], run_ids: set[str]) -> list[Link]:
    """What the run takes of others, then the checkpoints of other generations that it rests on."""
    links: list[Link] = [link for link in dict.fromkeys(_named(row.spec)) if link[0] in run_ids]
    if row.waits_for is not None and row.waits_for not in {parent for parent, _role, _step in links}:
        links.append((row.waits_for, "turn", None))
    pins = {(parent, int(step)) for parent, step in CHECKPOINT.findall(json.dumps(row.resolved))}
    return links + [(parent, "ancestor", step) for parent, step in sorted(pins) if parent in run_ids]


def _named(data: object, path: str = "") -> Iterator[Link]:
    if isinstance(data, dict):
        reference = REFERENCE.fullmatch(data["from"]) if isinstance(data.get("from"), str) else None
        if reference is not None:
            role = "weights" if path.startswith("model") else "reward"
            yield reference[1], role, None if reference[2] is None else int(reference[2])
        for key, value in data.items():
            yield from _named(value, f"{path}.{key}" if path else str(key))
    elif isinstance(data, list):
        for value in data:
            yield from _named(value, path)


def _setting(spec: dict[str, Any], block: str, key: str) -> str | None:
    settings = spec.get(block)
    text = settings.get(key) if isinstance(settings, dict) else None
    return text if isinstance(text, str) else None
