"""Columns of the table of runs that a person chooses, as SQL: the value of a setting, or a figure of a metric.

Left out: which settings and metrics there are, and what they are called, which the declarations say.
"""

from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from storage import tables

AUTO = "auto"
Figure = Literal["last", "minimum", "maximum"]


@dataclass(frozen=True)
class SettingColumn:
    """A setting by its path in the run file. `resolved` is where the row says what `auto` in it became."""

    path: str
    resolved: str


@dataclass(frozen=True)
class MetricColumn:
    """A figure of the metric `key`: its last value, or the smallest or largest of its finite values."""

    key: str
    figure: Figure = "last"


def value(column: SettingColumn | MetricColumn, dialect: str) -> sa.ColumnElement[Any]:
    """What orders runs by this column; NULL where a run has no such value."""
    if isinstance(column, MetricColumn):
        series = tables.Series
        figure = getattr(series, column.figure)
        own = sa.select(figure).where(series.run_id == tables.Run.id, series.key == column.key)
        return own.scalar_subquery()
    given = _inside(tables.Run.spec, column.path, dialect)
    auto = sa.cast(sa.literal(f'"{AUTO}"'), JSONB) if dialect == "postgresql" else sa.literal(AUTO)
    decided = _inside(tables.Run.resolved, column.resolved, dialect)
    return sa.case((given == auto, sa.func.coalesce(decided, given)), else_=sa.func.coalesce(given, decided))


def _inside(document: Any, path: str, dialect: str) -> sa.ColumnElement[Any]:
    """A value of a JSON document: of SQLite as number or text, of PostgreSQL as JSON that can be ordered."""
    keys = path.split(".")
    if dialect == "postgresql":
        return sa.cast(sa.func.json_extract_path(document, *keys), JSONB)
    return sa.func.json_extract(document, "$" + "".join(f'."{key}"' for key in keys))
