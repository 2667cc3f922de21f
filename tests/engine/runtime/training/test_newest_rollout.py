"""The tokens of answers that were trained on last: what was recorded with them, and what the policy says now."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from engine.evaluation.newest import NewestRollout
from engine.runtime.training.rollouts import Rollouts
from engine.runtime.training.sampled_groups import SHOWN_ANSWERS, SHOWN_PROMPTS
from engine.spec import Train, parse
from storage.records import TokenRow
from tests.engine.runtime.training.test_rollouts import rollouts

GROUP = {"max_new_tokens": 4, "group_size": 3, "minibatches": 1}


def rows_of(source: Rollouts, **own: Any) -> list[TokenRow]:
    spec = parse({"algorithm": "ppo", "data": {"dataset": "x"}, **own})
    assert isinstance(spec, Train)
    return NewestRollout(spec, source._batches).run(source.newest_groups(), lambda: None)


def after_training(source: Rollouts) -> Rollouts:
    """The source after its first rollout, whose updates moved the policy."""
    next(iter(source))
    with torch.no_grad():
        for number, weight in enumerate(source._batches.policy.trainable().values()):
            weight.add_(0.2 * torch.randn(weight.shape, generator=torch.Generator().manual_seed(number)))
    return source


def test_before_the_first_rollout_there_is_nothing(model: Path, tmp_path: Path):
    assert rows_of(rollouts(model, tmp_path, 0.5)) == []


@pytest.mark.parametrize("algorithm", ["ppo", "grpo", "gspo", "rloo"])
def test_the_ratio_is_that_of_the_loss_and_the_clip_follows_from_it(model: Path, tmp_path: Path, algorithm: str):
    source = after_training(rollouts(model, tmp_path, 0.0, 1.0, 0.2, algorithm=algorithm, sampling=GROUP))
    rows = rows_of(source, algorithm=algorithm)
    assert [(row.part, row.prompt) for row in rows] == [("rollout", index // 3) for index in range(6)]
    assert [row.score for row in rows[:3]] == [0.0, 1.0, 0.2]
    low, high = {"gspo": (3e-4, 4e-4)}.get(algorithm, (0.2, 0.2))
    for row in rows:
        log_ratio = row.values["logps"] - row.values["old"]
        per_answer = {"gspo": log_ratio.mean(), "rloo": log_ratio.sum()}.get(algorithm)
        ratio = np.exp(log_ratio if per_answer is None else np.full(len(row.ids), per_answer))
        assert row.values["ratio"] == pytest.approx(ratio, rel=1e-4)
        advantages = row.values["advantages"]
        over, under = (ratio > 1 + high) & (advantages > 0), (ratio < 1 - low) & (advantages < 0)
        assert row.values["clip"].tolist() == (over.astype(float) - under.astype(float)).tolist()
    assert {side for row in rows for side in row.values["clip"].tolist()} > {0.0}, "or nothing is clipped"
    assert ("old_values" in rows[0].values) == (algorithm == "ppo")


def test_a_checkpoint_keeps_them_when_all_their_updates_are_done(model: Path, tmp_path: Path):
    source = after_training(rollouts(model, tmp_path, 0.5, sampling={**GROUP, "group_size": SHOWN_ANSWERS + 2}))
    groups = [group for group, _ in source.newest_groups()]
    assert [len(group.ids) for group in groups] == [SHOWN_ANSWERS] * SHOWN_PROMPTS
    resumed = rollouts(model, tmp_path, 0.5)
    resumed.restore(json.loads(json.dumps(source.state(within=False))))
    assert [group for group, _ in resumed.newest_groups()] == groups
