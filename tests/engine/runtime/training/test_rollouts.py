"""What a rollout records with its answers, on a tiny model."""

import json
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

import pytest

from engine.data.groups import Group
from engine.models.batches import Batches
from engine.models.load import load_policy
from engine.models.model_folder import inspect
from engine.models.reference import ReferenceCache
from engine.rewards import Scored
from engine.runtime.training.rollouts import Rollouts
from engine.spec import parse
from tests import tiny


class Rewards:
    """The n-th answer of all is worth the n-th number, and then from the first again."""

    def __init__(self, *totals: float) -> None:
        self._totals, self._given = totals, 0

    def prefetch(self, answers: Sequence[object]) -> None: ...

    def score(self, messages: object, texts: Sequence[str], contexts: object) -> Scored:
        totals = [self._totals[(self._given + index) % len(self._totals)] for index in range(len(texts))]
        self._given += len(texts)
        return Scored({"given": totals}, totals)


def rollouts(model: Path, folder: Path, *rewards: float, **blocks: Any) -> Rollouts:
    spec = parse(
        {
            "algorithm": "ppo",
            "data": {"dataset": "x"},
            "optimizer": {"batch_size": 4},
            "sampling": {"max_new_tokens": 4, "group_size": 1, "minibatches": 1},
            **blocks,
        }
    )
    policy = load_policy(inspect("tiny", model), adapter="none", device="cpu", seed=0, head=spec.head)
    batches = Batches.for_spec(spec, policy, ReferenceCache(folder / "cache"))
    return Rollouts([tiny.pair(n) for n in range(8)], batches, Rewards(*rewards), spec, heartbeat=lambda: None)


def recorded(groups: Sequence[Group], name: str) -> list[float]:
    return [value for group in groups for row in group.recorded[name] for value in row]


@pytest.mark.parametrize("trunk", ["shared", "own"])
def test_a_critic_starts_at_the_mean_score_of_its_first_rollout_alone(model: Path, tmp_path: Path, trunk: str):
    source = rollouts(model, tmp_path, 0.0, 1.0, 1.0, 1.0, 5.0, 5.0, 5.0, 5.0, value_trunk=trunk)
    stream = iter(source)
    first, second = next(stream), next(stream)
    assert fmean(score for group in second for score in group.scores) == 5.0
    assert set(recorded(first, "old_values")) == {0.75} == set(recorded(second, "old_values"))


def test_a_reward_that_is_always_the_same_surprises_no_critic(model: Path, tmp_path: Path):
    groups = next(iter(rollouts(model, tmp_path, 0.7)))
    assert recorded(groups, "returns") == pytest.approx([0.7] * len(recorded(groups, "returns")), abs=1e-6)
    assert recorded(groups, "advantages") == pytest.approx([0.0] * len(recorded(groups, "returns")), abs=1e-2)


def test_a_prompt_that_comes_again_in_a_rollout_is_answered_anew(model: Path, tmp_path: Path):
    source = rollouts(model, tmp_path, 0.5, sampling={"max_new_tokens": 4, "group_size": 1, "minibatches": 4})
    answers: dict[str, list[tuple[int, ...]]] = {}
    for group in next(iter(source)):
        answers.setdefault(group.item, []).append(group.encoded[0].response)
    assert [len(texts) for texts in answers.values()] == [2] * 8
    assert all(first != second for first, second in answers.values())


@pytest.mark.parametrize("temperature", [1.0, 2.0])
def test_all_is_recorded_at_the_temperature_of_the_answers(model: Path, tmp_path: Path, temperature: float):
    """At the start the policy is the reference: all ratios are 1, whatever the temperature of the answers."""
    sampling = {"max_new_tokens": 4, "group_size": 1, "minibatches": 1, "temperature": temperature}
    groups = next(iter(rollouts(model, tmp_path, 0.5, sampling=sampling)))
    assert recorded(groups, "reference") == pytest.approx(recorded(groups, "old"), abs=1e-5)


def advanced(source: Rollouts) -> Rollouts:
    """The source after two rollouts of which the updates are done."""
    stream = iter(source)
    next(stream), next(stream)
    return source


MOVING = {"kl_target": 5.0, "kl_horizon": 20}  # a policy that is the reference: the weight falls by 0.2 * 4 / 20


def test_what_an_algorithm_carries_comes_back_after_a_checkpoint(model: Path, tmp_path: Path):
    state = json.loads(json.dumps(advanced(rollouts(model, tmp_path, 0.5, **MOVING)).state(within=False)))
    assert state["carry"] == {"kl_coefficient": pytest.approx(0.05 * 0.96**2)}
    resumed = rollouts(model, tmp_path, 0.5, **MOVING)
    resumed.restore(state)
    next(iter(resumed))
    assert resumed.take_batch_metrics()["kl_coefficient"] == state["carry"]["kl_coefficient"]


def test_a_checkpoint_of_an_older_version_gives_its_kl_weight_back(model: Path, tmp_path: Path):
    state = advanced(rollouts(model, tmp_path, 0.5, **MOVING)).state(within=False)
    del state["carry"]
    resumed = rollouts(model, tmp_path, 0.5, **MOVING)
    resumed.restore(state | {"kl_coefficient": 0.3})
    next(iter(resumed))
    assert resumed.take_batch_metrics()["kl_coefficient"] == 0.3


def test_keys_that_the_stream_does_not_know_are_carried_whatever_they_are(model: Path, tmp_path: Path):
    source = rollouts(model, tmp_path, 0.5)
    state = source.state(within=False)
    del state["carry"]
    source.restore(state | {"momentum": [1, 2]})
    assert source.state(within=False)["carry"] == {"momentum": [1, 2]}


@pytest.mark.parametrize("algorithm", ["grpo", "gspo"])
@pytest.mark.parametrize("kl_coefficient", [0.0, 0.04])
def test_a_kl_that_weighs_nothing_needs_no_reference(
    model: Path, tmp_path: Path, algorithm: str, kl_coefficient: float
):
    sampling = {"max_new_tokens": 4, "group_size": 2, "minibatches": 1}
    source = rollouts(model, tmp_path, 0.0, 1.0, algorithm=algorithm, kl_coefficient=kl_coefficient, sampling=sampling)
    groups = next(iter(source))
    assert ("reference" in groups[0].recorded) == (kl_coefficient > 0)
    assert set(recorded(groups, "advantages")) != {0.0}


@pytest.mark.parametrize(("pairs", "size"), [("best_worst", 2), ("all", 3)])
def test_a_sampled_group_is_trained_on_whole_or_as_its_best_against_its_worst(
    model: Path, tmp_path: Path, pairs: str, size: int
):
    sampling = {"max_new_tokens": 4, "group_size": 3, "minibatches": 1}
    source = rollouts(
        model,
        tmp_path,
        *(0.1, 0.5, 0.3),
        algorithm="dpo",
        pairs=pairs,
        sampling=sampling,
        data={"dataset": "x", "source": "sampled"},
    )
    scores = [group.scores for group in next(iter(source))]
    assert scores == [(0.5, 0.1) if size == 2 else (0.1, 0.5, 0.3)] * 4


def test_the_first_groups_of_a_rollout_can_be_looked_at(model: Path, tmp_path: Path):
    sampling = {"max_new_tokens": 4, "group_size": 3, "minibatches": 1}
    source = rollouts(model, tmp_path, 0.0, 0.5, 1.0, algorithm="grpo", sampling=sampling)
    assert not source.sampled_groups(), "before the first rollout"
    groups = next(iter(source))
    samples = source.sampled_groups()
    assert [(one.prompt_index, one.sample_index) for one in samples] == [(g, i) for g in range(2) for i in range(3)]
    assert [one.reward for one in samples] == [0.0, 0.5, 1.0] * 2 == [one.scores["given"] for one in samples]
    assert [one.tokens for one in samples[:3]] == [len(pair.response) for pair in groups[0].encoded]
    # (r - mean) / std of 0, 0.5 and 1: their mean is 0.5, and so is their sample standard deviation
    assert [one.advantage for one in samples[:3]] == pytest.approx([-1.0, 0.0, 1.0], abs=1e-3)
    assert [one.kl for one in samples] == pytest.approx([0.0] * 6, abs=1e-5), "the policy is still the reference"
    assert all(one.trained for one in samples)
    resumed = rollouts(model, tmp_path, 0.5, algorithm="grpo", sampling=sampling)
    resumed.restore(json.loads(json.dumps(source.state(within=False))))
    assert resumed.sampled_groups() == samples


def test_a_response_that_the_loss_leaves_out_is_kept_and_says_so(model: Path, tmp_path: Path):
    sampling = {"max_new_tokens": 4, "group_size": 3, "minibatches": 1}
    blocks = {"algorithm": "dpo", "data": {"dataset": "x", "source": "sampled"}, "sampling": sampling}
    source = rollouts(model, tmp_path, 0.0, 0.5, 1.0, **blocks)
    next(iter(source))
    assert [(one.trained, one.advantage) for one in source.sampled_groups()[:3]] == [
        (True, None),
        (False, None),
        (True, None),
    ]
