"""A run's samples as JSON for the browser: what there is, a page of a step, one prompt across steps, training groups.

Texts travel as they were written and are set as text there. Left out: pass rates (`pass_rates`), drawing (`js`).
"""

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import groupby
from statistics import fmean, median, stdev
from typing import Any

from app.markup import text_difference, texts
from app.markup.json_numbers import json_number
from engine.analysis import thinking
from storage import rollout_samples, sample_lists
from storage.database import Database
from storage.records import ACTIVE, Message, RolloutSample, Run, Sample
from storage.sample_lists import Filter, Sort

PER_PAGE = 24
BINS = 20
MOST_STEPS = 60  # of one prompt side by side
TEXTS = {"messages", "text", "extra", "scores"}
PLACE = {"run_id", "step", "attempt", "prompt_index", "sample_index", "finished"}
FIGURES = frozenset(field.name for field in fields(Sample)) - TEXTS - PLACE
"""What is known of an answer as one number, by the names of `storage`."""
Json = dict[str, Any]


@dataclass(frozen=True)
class ListQuery:
    """Which samples of a step are wanted: `bins` are the first and the last of the histogram, counted from 0."""

    step: int
    sort: Sort
    search: str
    bins: tuple[int, int] | None
    offset: int


def overview(db: Database, run: Run) -> Json:
    """The steps, how many prompts, the range of rewards, and the reward that passes until a reader sets another."""
    found = sample_lists.overview(db, run.id)
    return {
        "steps": found.steps,
        "prompts": found.prompts,
        "range": _range(found),
        "rollouts": rollout_samples.steps(db, run.id),
        "threshold": _threshold(db, run.id, found),
        "active": run.state in ACTIVE,
    }


def _range(found: sample_lists.Steps) -> list[float] | None:
    """What bars of rewards are drawn in: it holds 0, so that a bar is as long as its reward."""
    if found.lowest is None or found.highest is None:
        return None
    return [min(0.0, found.lowest), max(0.0, found.highest)]


def _threshold(db: Database, run_id: str, found: sample_lists.Steps) -> Json | None:
    """The median at the first step; where every sample of the run reaches it, the middle of the range.

    `count`: of how many samples the median is; None where it is not the median.
    """
    if found.lowest is None or found.highest is None:
        return None
    first = sample_lists.rewards(db, run_id, found.steps[0])
    if not first or median(first) <= found.lowest:
        return {"value": (found.lowest + found.highest) / 2, "count": None}
    return {"value": median(first), "count": len(first)}


def listed(db: Database, run: Run, query: ListQuery) -> Json:
    """A page of a step's samples, and the histogram of all rewards of the step."""
    edges = _edges(sample_lists.overview(db, run.id))
    where = Filter(search=query.search)
    if query.bins is not None and edges:
        first, last = (min(number, BINS - 1) for number in query.bins)
        where = Filter(edges[first], edges[last + 1], below=last + 1 < BINS, search=query.search)
    rows, total = sample_lists.page(
        db, run.id, query.step, sort=query.sort, where=where, limit=PER_PAGE, offset=query.offset
    )
    rewards = sample_lists.rewards(db, run.id, query.step)
    return {
        "step": query.step,
        "total": total,
        "answers": [_listed(row) for row in rows],
        "edges": edges,
        "counts": _counts(edges, rewards),
        "median": median(rewards) if rewards else None,
    }


def _listed(row: sample_lists.Listed) -> Json:
    return {**_answer(row.sample), "prompt": prompt(row.sample.messages), "first": _known(row.first_reward)}


def _edges(found: sample_lists.Steps) -> list[float]:
    """The edges of the bins, the same at every step of the run; none where no sample has a reward."""
    if found.lowest is None or found.highest is None:
        return []
    width = (found.highest - found.lowest) / BINS or 1.0 / BINS
    return [found.lowest + number * width for number in range(BINS)] + [max(found.highest, found.lowest + BINS * width)]


def _counts(edges: Sequence[float], rewards: Sequence[float]) -> list[int]:
    counts = [0] * BINS
    for reward in rewards:
        counts[min(bisect_right(edges, reward) - 1, BINS - 1)] += 1
    return counts if edges else []


def strip(db: Database, run: Run, prompt_index: int, step: int | None, *, against_first: bool) -> Json:
    """One prompt's samples at every step, each with what differs from the first step or from the step before.

    Of more than MOST_STEPS, as many evenly; the first, the last and `step` are among them.
    """
    by_step = {
        step: list(rows)
        for step, rows in groupby(sample_lists.of_prompt(db, run.id, prompt_index), lambda row: row.step)
    }
    steps = thinned(list(by_step), MOST_STEPS, step)
    columns = []
    for number, at in enumerate(steps):
        base = by_step[steps[0 if against_first else max(0, number - 1)]] if number else []
        columns.append({"step": at, "answers": [_compared(row, base) for row in by_step[at]]})
    messages = by_step[steps[0]][0].messages if steps else ()
    return {"index": prompt_index, "prompt": prompt(messages), "columns": columns, "steps": len(by_step)}


def thinned(steps: Sequence[int], most: int, kept: int | None) -> list[int]:
    """At most `most` of the steps, evenly, or one more: the first, the last and `kept` are among them."""
    if len(steps) <= most:
        return list(steps)
    places = {round(number * (len(steps) - 1) / (most - 1)) for number in range(most)}
    return [step for place, step in enumerate(steps) if place in places or step == kept]


def _compared(sample: Sample, base: Sequence[Sample]) -> Json:
    """A sample with what differs from the one of the same number in `base`."""
    other = next((row for row in base if row.sample_index == sample.sample_index), None)
    if other is None:
        return _answer(sample)
    pieces = text_difference.difference(*(thinking.split(row.text).answer for row in (other, sample)))
    return {**_answer(sample), "pieces": pieces, "rewritten": pieces is None}


def groups(db: Database, run: Run, step: int) -> Json:
    """The groups that were trained on before an evaluation; the best response of each first."""
    rows = groupby(rollout_samples.at(db, run.id, step), lambda row: row.prompt_index)
    return {"step": step, "groups": [_group(list(members)) for _, members in rows]}


def _group(members: Sequence[RolloutSample]) -> Json:
    rewards = [row.reward for row in members if row.reward is not None and math.isfinite(row.reward)]
    best_first = sorted(members, key=lambda row: -(row.reward or 0.0))
    return {
        "prompt": prompt(members[0].messages),
        "mean": fmean(rewards) if rewards else None,
        "deviation": stdev(rewards) if len(rewards) > 1 else None,
        "answers": [{**_answer(row), "advantage": _known(row.advantage), "trained": row.trained} for row in best_first],
    }


def prompt(messages: Sequence[Message]) -> Json:
    """A prompt's last question, and the turns before it, each with its speaker."""
    start = texts.last_question(messages)
    turns = [{"role": texts.role(turn), "text": texts.turn_text(turn)} for turn in messages]
    if len(turns) == start + 1:
        turns[start]["role"] = ""  # a question at the end needs no speaker
    return {"earlier": turns[:start], "question": turns[start:]}


def _answer(sample: Sample) -> Json:
    thought = thinking.split(sample.text)
    return {
        "index": sample.prompt_index,
        "sample": sample.sample_index,
        "text": thought.answer,
        "thinking": thought.thinking,
        "scores": {name: json_number(score) for name, score in sample.scores.items()},
        "finished": sample.finished,
        **{name: _known(vars(sample)[name]) for name in FIGURES},
    }


def _known(value: float | None) -> float | str | None:
    return None if value is None else json_number(value)
