"""The rewards of a run's held-out answers, prompt by prompt, at one of its evaluations or at its end evaluation.

Left out: the answers themselves (`samples`, `final_samples`), and means over prompts, which are metrics.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa

from storage import tables
from storage.database import Database
from storage.item_content import prompt_key
from storage.records import Message

Answers = type[tables.Sample] | type[tables.FinalSample]


class PromptRewards(NamedTuple):
    """The rewards of an evaluation at one step."""

    step: int
    prompts: tuple[str, ...]  # P keys (`prompt_key`): equal prompts of different runs have equal ones
    rewards: npt.NDArray[np.float64]  # (P, A); NaN where an answer has none


def at_step(db: Database, run_id: str, step: int, *, final: bool = False) -> PromptRewards | None:
    """The rewards at a step, or with `final` those of the end evaluation there; None where no answer is kept."""
    table = _table(final)
    columns = table.prompt_index, table.sample_index, table.reward
    here = table.run_id == run_id, table.step == step
    with db.read() as connection:
        rows = connection.execute(sa.select(*columns).where(*here)).all()
        first = connection.execute(
            sa.select(table.prompt_index, table.messages).where(*here, table.sample_index == 0)
        ).all()
    if not rows:
        return None
    keys = {index: prompt_key(messages) for index, messages in first}
    position = {index: place for place, index in enumerate(sorted(keys))}
    rewards = np.full((len(keys), 1 + max(row[1] for row in rows)), np.nan)
    for prompt_index, sample_index, reward in rows:
        if prompt_index in position and reward is not None:
            rewards[position[prompt_index], sample_index] = reward
    return PromptRewards(step, tuple(keys[index] for index in position), rewards)


def asked(db: Database, run_id: str, step: int, *, final: bool = False) -> dict[str, list[Message]]:
    """The prompts of the evaluation at a step, by their keys."""
    table = _table(final)
    query = sa.select(table.messages).where(table.run_id == run_id, table.step == step, table.sample_index == 0)
    with db.read() as connection:
        return {prompt_key(messages): messages for messages in connection.execute(query).scalars()}


def _table(final: bool) -> Answers:
    return tables.FinalSample if final else tables.Sample
