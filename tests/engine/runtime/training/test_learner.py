"""One update on a tiny model: micro-batches add up, and what is saved goes on as if nothing had happened."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from engine import algorithms
from engine.batch import LossResult
from engine.data.groups import Group
from engine.data.templates import Encoded
from engine.models.batches import Batches
from engine.models.load import load_policy
from engine.models.model_folder import inspect
from engine.models.reference import ReferenceCache
from engine.runtime.training.learner import Learner
from engine.spec import parse

GROUPS = [
    Group(str(n), ("a", "b"), (Encoded((1, 2, 3 + n), (4, 5, 6 + n)), Encoded((1, 2, 3 + n), (7 + n,))), (1.0, 0.0))
    for n in range(4)
]
Make = Callable[..., Learner]


@pytest.fixture
def make(model: Path, tmp_path: Path) -> Make:
    location = inspect("tiny", model)

    def learner(micro_batch: int = 4, **optimizer: float) -> Learner:
        spec = parse({"algorithm": "dpo", "data": {"dataset": "x"}, "optimizer": optimizer})
        policy = load_policy(location, adapter="none", device="cpu", seed=0)
        batches = Batches.for_spec(spec, policy, ReferenceCache(tmp_path / "cache"))
        return Learner(batches, spec, micro_batch=micro_batch, heartbeat=lambda: None)

    return learner


def weights(learner: Learner) -> dict[str, torch.Tensor]:
    return {name: value.clone() for name, value in learner.state(whole=True)[0].items()}


@pytest.mark.parametrize("size", [1, 3])
def test_micro_batches_add_up_to_the_whole(make: Make, size: int):
    whole, parts = make(4), make(size)
    for _ in range(3):
        expected, actual = whole.update(GROUPS, 1e-3, fresh=False), parts.update(GROUPS, 1e-3, fresh=False)
        assert expected is not None
        assert actual is not None
        assert actual.metrics == pytest.approx(expected.metrics, abs=1e-5)
    changed = weights(whole)
    assert all(torch.allclose(value, changed[name], atol=1e-6) for name, value in weights(parts).items())


def test_a_preference_update_starts_at_ln_2_and_learns(make: Make):
    learner = make()
    losses = [learner.update(GROUPS, 1e-3, fresh=False).metrics["loss"] for _ in range(5)]
    assert losses[0] == pytest.approx(0.693147, abs=1e-5)
    assert losses[-1] < losses[0] - 0.01


def test_groups_without_a_pair_change_nothing(make: Make):
    learner = make()
    before = weights(learner)
    equal = [Group(group.item, group.ids, group.encoded, (0.5, 0.5)) for group in GROUPS]
    assert learner.update(equal, 1e-3, fresh=False) is None
    assert all(torch.equal(value, before[name]) for name, value in weights(learner).items())


def test_a_loss_that_is_not_finite_leaves_the_weights_as_they_were(make: Make, monkeypatch: pytest.MonkeyPatch):
    dpo = algorithms.load("dpo")
    broken = SimpleNamespace(totals=dpo.totals, loss=lambda batch, spec: LossResult(batch.logps.sum() * torch.inf, {}))
    monkeypatch.setattr(algorithms, "load", lambda key: broken)
    learner = make()
    before = weights(learner)
    update = learner.update(GROUPS, 1e-3, fresh=False)
    assert update is not None
    assert not update.applied
    assert all(torch.equal(value, before[name]) for name, value in weights(learner).items())


def test_an_update_after_a_checkpoint_is_the_same_bit_for_bit(make: Make):
    straight, fresh = make(), make()
    for _ in range(3):
        straight.update(GROUPS, 1e-3, fresh=False)
    kept = [{name: value.clone() for name, value in part.items()} for part in straight.state(whole=True)]
    fresh.restore(*kept)
    assert fresh.update(GROUPS, 1e-3, fresh=False).metrics == straight.update(GROUPS, 1e-3, fresh=False).metrics
    expected = weights(straight)
    assert all(torch.equal(value, expected[name]) for name, value in weights(fresh).items())


def test_step_0_without_an_adapter_keeps_no_weights(make: Make):
    assert make().state(whole=False) == ({}, {})


def test_the_gradient_is_cut_to_its_norm_after_it_was_measured(make: Make):
    """AdamW's first step is the learning rate times the sign of the gradient, however short that was cut."""
    free, cut = make(), make(max_grad_norm=1e-3)
    assert (
        free.update(GROUPS, 1e-3, fresh=False).metrics["grad_norm"]
        == cut.update(GROUPS, 1e-3, fresh=False).metrics["grad_norm"]
        > 1e-3
    )
    moments = [learner.state(whole=True)[1] for learner in (free, cut)]
    norms = [
        torch.stack([m.norm() for name, m in state.items() if name.endswith("/exp_avg")]).norm() for state in moments
    ]
    assert norms[1] == pytest.approx(0.1 * 1e-3, rel=1e-3)  # 1 - beta1 = 0.1 of the cut gradient
    assert norms[0] > 10 * norms[1]


def sampled(group: Group) -> Group:
    """The group as a rollout records it: worth 1, and nothing was expected."""
    tokens = [tuple(1.0 for _ in row.response) for row in group.encoded]
    zeros = [tuple(0.0 for _ in row) for row in tokens]
    return replace(group, recorded={"old": zeros, "advantages": zeros, "old_values": zeros, "returns": tokens})


@pytest.mark.parametrize("trunk", ["shared", "own"])
def test_a_critic_learns_at_its_own_rate(model: Path, tmp_path: Path, trunk: str):
    """AdamW's first step moves every weight that has a gradient by its learning rate."""
    spec = parse({"algorithm": "ppo", "data": {"dataset": "x"}, "value_rate": 5.0, "value_trunk": trunk})
    policy = load_policy(inspect("tiny", model), adapter="none", device="cpu", seed=0, head=spec.head)
    batches = Batches.for_spec(spec, policy, ReferenceCache(tmp_path / "cache"))
    learner = Learner(batches, spec, micro_batch=4, heartbeat=lambda: None)
    groups = [sampled(group) for group in GROUPS]
    for _ in range(2):  # after the first the head is off zero, and its trunk has a gradient
        before = weights(learner)
        assert learner.update(groups, 1e-3, fresh=True) is not None
    moved = {name: (value - before[name]).abs().max().item() for name, value in weights(learner).items()}
    assert moved["head.linear.bias"] == pytest.approx(5e-3, rel=0.05)
    of_trunk = [value for name, value in moved.items() if "layers.0.mlp.up_proj" in name]
    assert len(of_trunk) == (2 if trunk == "own" else 1)
    assert max(of_trunk) == pytest.approx(5e-3 if trunk == "own" else 1e-3, rel=0.5)


def test_only_matrices_decay(make: Make):
    plain, decaying = make(), make(weight_decay=0.5)
    plain.update(GROUPS, 0.1, fresh=False)
    decaying.update(GROUPS, 0.1, fresh=False)
    expected = weights(plain)
    differs = {name: not torch.equal(value, expected[name]) for name, value in weights(decaying).items()}
    assert differs == {name: value.ndim > 1 for name, value in expected.items()}
