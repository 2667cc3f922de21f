"""Samples as a reader looks through them: those of a step sorted, searched and cut into pages, those of one prompt.

All is selected in the database: a page of a long list costs a page of texts. Left out: writing them (`samples`).
"""

import sys
from collections.abc import Sequence
from json import JSONEncoder
from typing import Any, Literal, NamedTuple, get_args

import sqlalchemy as sa

from storage import samples, tables
from storage.database import Database
from storage.records import Message, Sample

Sort = Literal["prompt", "best", "worst", "changed"]
SORTS: tuple[Sort, ...] = get_args(Sort)
TABLE = tables.Sample
REWARDED = TABLE.reward.between(-sys.float_info.max, sys.float_info.max)
"""Has a reward that is a finite number: NaN and infinities have no place among others."""


class Listed(NamedTuple):
    """A sample, and the mean reward of the same prompt's samples at the run's first evaluation; None where unknown."""

    sample: Sample
    first_reward: float | None


class Passes(NamedTuple):
    """How many of a prompt's samples at a step reach a reward, of how many that have a finite one."""

    prompt_index: int
    step: int
    passed: int
    samples: int


class Steps(NamedTuple):
    """The steps at which samples were taken, how many prompts they answer, and the range of all rewards."""

    steps: list[int]
    prompts: int
    lowest: float | None
    highest: float | None


class Filter(NamedTuple):
    """Which samples of a step are listed: rewards from `low` to `high`, texts or prompts that hold `search`."""

    low: float | None = None
    high: float | None = None
    below: bool = True  # `high` itself is left out
    search: str = ""


ALL = Filter()


def overview(db: Database, run_id: str) -> Steps:
    """What there is to look through."""
    reward = sa.case((REWARDED, TABLE.reward))
    query = sa.select(sa.func.count(sa.distinct(TABLE.prompt_index)), sa.func.min(reward), sa.func.max(reward)).where(
        TABLE.run_id == run_id
    )
    with db.read() as connection:
        prompts, lowest, highest = connection.execute(query).one()
    return Steps(samples.steps(db, run_id), prompts, lowest, highest)


def rewards(db: Database, run_id: str, step: int) -> list[float]:
    """The rewards of a step's samples, ascending; those that are no finite number are left out."""
    query = sa.select(TABLE.reward).where(TABLE.run_id == run_id, TABLE.step == step, REWARDED)
    with db.read() as connection:
        return [reward for reward in connection.execute(query.order_by(TABLE.reward)).scalars() if reward is not None]


def page(
    db: Database,
    run_id: str,
    step: int,
    *,
    sort: Sort = "prompt",
    where: Filter = ALL,
    limit: int | None = None,
    offset: int = 0,
) -> tuple[list[Listed], int]:
    """A page of a step's samples, and how many the filter leaves. Samples without a reward come last."""
    first = _first_rewards(run_id)
    joined = sa.outerjoin(TABLE.__table__, first, first.c.prompt_index == TABLE.prompt_index)
    kept = sa.and_(TABLE.run_id == run_id, TABLE.step == step, *_conditions(where))
    order = (*_order(sort, first.c.reward), TABLE.prompt_index, TABLE.sample_index)
    query = sa.select(*samples.COLUMNS, first.c.reward.label("first_reward")).select_from(joined).where(kept)
    with db.read() as connection:
        count = connection.execute(sa.select(sa.func.count()).select_from(TABLE).where(kept)).scalar_one()
        rows = connection.execute(query.order_by(*order).limit(limit).offset(offset)).mappings().all()
    return [_listed(row) for row in rows], count


def of_prompt(db: Database, run_id: str, prompt_index: int) -> list[Sample]:
    """The samples of one prompt at all steps, by step and sample."""
    query = sa.select(*samples.COLUMNS).where(TABLE.run_id == run_id, TABLE.prompt_index == prompt_index)
    with db.read() as connection:
        rows = connection.execute(query.order_by(TABLE.step, TABLE.sample_index)).mappings().all()
    return [samples.from_row(row) for row in rows]


def passes(db: Database, run_id: str, threshold: float) -> list[Passes]:
    """For every prompt and step, how many samples have a reward of at least `threshold`, by prompt and step."""
    passed = sa.func.sum(sa.case((TABLE.reward >= threshold, 1), else_=0))
    query = (
        sa.select(TABLE.prompt_index, TABLE.step, passed, sa.func.count(TABLE.reward))
        .where(TABLE.run_id == run_id, REWARDED)
        .group_by(TABLE.prompt_index, TABLE.step)
        .order_by(TABLE.prompt_index, TABLE.step)
    )
    with db.read() as connection:
        return [Passes(*row) for row in connection.execute(query).all()]


def prompts(db: Database, run_id: str, indices: Sequence[int]) -> dict[int, tuple[Message, ...]]:
    """The messages of these prompts, by their index."""
    first = sa.select(sa.func.min(TABLE.step)).where(TABLE.run_id == run_id).scalar_subquery()
    query = sa.select(TABLE.prompt_index, TABLE.messages).where(
        TABLE.run_id == run_id, TABLE.step == first, TABLE.sample_index == 0, TABLE.prompt_index.in_(indices)
    )
    with db.read() as connection:
        return {index: tuple(messages) for index, messages in connection.execute(query).all()}


def _first_rewards(run_id: str) -> sa.Subquery:
    """The mean reward of each prompt at the run's first evaluation."""
    first = sa.select(sa.func.min(TABLE.step)).where(TABLE.run_id == run_id).scalar_subquery()
    return (
        sa.select(TABLE.prompt_index, sa.func.avg(TABLE.reward).label("reward"))
        .where(TABLE.run_id == run_id, TABLE.step == first)
        .group_by(TABLE.prompt_index)
        .subquery()
    )


def _conditions(where: Filter) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if where.low is not None:
        conditions.append(TABLE.reward >= where.low)
    if where.high is not None:
        conditions.append(TABLE.reward < where.high if where.below else TABLE.reward <= where.high)
    if where.search:
        messages = sa.cast(TABLE.messages, sa.Text)
        quoted = _json_text(where.search)
        conditions.append(
            sa.or_(TABLE.text.icontains(where.search, autoescape=True), messages.icontains(quoted, autoescape=True))
        )
    return conditions


def _json_text(text: str) -> str:
    """How a text stands within JSON."""
    return JSONEncoder(ensure_ascii=False).encode(text)[1:-1]


def _order(sort: Sort, first_reward: sa.ColumnElement[Any]) -> tuple[sa.ColumnElement[Any], ...]:
    if sort == "best":
        return (TABLE.reward.is_(None), TABLE.reward.desc())
    if sort == "worst":
        return (TABLE.reward.is_(None), TABLE.reward.asc())
    if sort == "changed":
        change = sa.func.abs(TABLE.reward - first_reward)
        return (change.is_(None), change.desc())
    return ()


def _listed(row: sa.RowMapping) -> Listed:
    values = dict(row)
    first_reward = values.pop("first_reward")
    return Listed(samples.from_row(values), first_reward)
