"""Runs in groups by method, dataset, tag, study or a setting, each with the mean and the spread of its runs' results.

Left out: the runs of a group (`run_lists.search`, with `condition`).
"""

import math
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from storage import run_columns, tables
from storage.database import Database
from storage.run_columns import MetricColumn, SettingColumn
from storage.run_facets import LISTED, METHOD, RunFacets, matching

GroupedBy = Literal["method", "dataset", "tag", "study"] | SettingColumn


@dataclass(frozen=True)
class GroupTotals:
    """Runs that share `value`, None being those without one.

    `measured` of its `runs` succeeded with a result; `mean` is over them, and `deviation` their sample standard
    deviation, None of fewer than two.
    """

    value: Any
    runs: int
    measured: int
    mean: float | None
    deviation: float | None


def groups(
    db: Database,
    by: GroupedBy,
    metric: str,
    text: str = "",
    states: Collection[str] = (),
    facets: RunFacets = LISTED,
) -> list[GroupTotals]:
    """All groups of the runs that match, in the order of their values, those without one last.

    The result of a run is the last value of `metric`. A run with two tags is in two groups.
    """
    run, dialect = tables.Run, db.engine.dialect.name
    own = run_columns.value(MetricColumn(metric), dialect)
    result = sa.case((run.state == "succeeded", own))
    query = sa.select(_value(by, dialect).label("value"), result.label("result")).where(*matching(text, states, facets))
    if by == "tag":
        query = query.select_from(run).outerjoin(tables.RunTag, tables.RunTag.run_id == run.id)
    rows = query.subquery()
    mean = sa.func.avg(rows.c.result).over(partition_by=rows.c.value).label("mean")
    measured = sa.select(rows.c.value, rows.c.result, mean).subquery()
    deviation = measured.c.result - measured.c.mean
    totals = (
        sa.select(
            measured.c.value,
            sa.func.count().label("runs"),
            sa.func.count(measured.c.result).label("measured"),
            sa.func.max(measured.c.mean).label("mean"),
            sa.func.sum(deviation * deviation).label("squares"),
        )
        .group_by(measured.c.value)
        .order_by(measured.c.value.asc().nulls_last())
    )
    with db.read() as connection:
        return [_group(row) for row in connection.execute(totals)]


def condition(by: GroupedBy, value: Any, dialect: str) -> sa.ColumnElement[bool]:
    """That a run is in the group of this value."""
    if by == "tag":
        tag = tables.RunTag
        tagged = sa.select(tag.run_id) if value is None else sa.select(tag.run_id).where(tag.tag == value)
        return tables.Run.id.not_in(tagged) if value is None else tables.Run.id.in_(tagged)
    column = _value(by, dialect)
    return column.is_(None) if value is None else column == value


def _value(by: GroupedBy, dialect: str) -> sa.ColumnElement[Any]:
    if isinstance(by, SettingColumn):
        return run_columns.value(by, dialect)
    columns: dict[str, sa.ColumnElement[Any]] = {
        "method": METHOD,
        "dataset": sa.type_coerce(tables.Run.dataset, sa.String),
        "tag": sa.type_coerce(tables.RunTag.tag, sa.String),
        "study": sa.type_coerce(tables.Run.study_id, sa.String),
    }
    return columns[by]


def _group(row: sa.Row[Any]) -> GroupTotals:
    few = row.measured < 2
    return GroupTotals(
        row.value, row.runs, row.measured, row.mean, None if few else math.sqrt(row.squares / (row.measured - 1))
    )
