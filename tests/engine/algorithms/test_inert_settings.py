"""What `engine.spec.inert` says of the clipped methods is so: on a batch as the settings make it, nothing changes."""

from typing import Any

import pytest
import torch

from engine import algorithms
from engine.batch import Batch
from engine.spec import inert, parse
from tests.engine.batches import gradients, invent

Values = dict[str, Any]


def learned(algorithm: str, values: Values, *, moved: bool) -> tuple[float, list[Any]]:
    """Loss and gradients of an invented batch; at its first update the policy is still the one that sampled."""
    spec = parse({"algorithm": algorithm, "data": {"dataset": "any"}, **values})
    batch = invent()
    answers = torch.arange(len(batch.mask), dtype=torch.float64)[:, None] - 2.0
    fields = {**vars(batch), "advantages": answers.expand(batch.mask.shape)}  # one advantage an answer
    if not moved:
        fields |= {"old": batch.logps.detach(), "old_values": batch.values.detach()}
    batch = Batch(**fields)
    module = algorithms.load(algorithm)
    batch = Batch(**{**vars(batch), "totals": module.totals(batch, spec)})
    loss = module.loss(batch, spec).loss
    loss.backward()
    return loss.item(), [tensor.clone() for tensor in gradients(batch, spec)]


@pytest.mark.parametrize(
    ("algorithm", "beside", "path", "value"),
    [
        ("ppo", {}, "epsilon", 0.01),
        ("ppo", {}, "value_epsilon", 0.01),
        ("ppo", {"value_coefficient": 0, "sampling": {"epochs": 2}}, "value_epsilon", 0.01),
        ("grpo", {}, "epsilon", 0.01),
        ("grpo", {}, "epsilon_high", 0.01),
        ("gspo", {"sampling": {"minibatches": 1}}, "epsilon", 1e-5),
        ("gspo", {"sampling": {"minibatches": 1}}, "epsilon_high", 1e-5),
        ("gspo", {}, "ratio", "token"),
        ("rloo", {}, "epsilon", 0.01),
        ("rloo", {}, "epsilon_high", 0.01),
    ],
)
def test_an_inert_setting_changes_nothing(algorithm: str, beside: Values, path: str, value: Any) -> None:
    spec = parse({"algorithm": algorithm, "data": {"dataset": "any"}, **beside})
    assert path in inert(spec)
    loss, gradient = learned(algorithm, beside, moved=spec.reuses_rollouts)
    other_loss, other_gradient = learned(algorithm, {**beside, path: value}, moved=spec.reuses_rollouts)
    assert loss == pytest.approx(other_loss, abs=1e-12)
    for one, other in zip(gradient, other_gradient, strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=1e-12)


def test_a_clip_counts_once_the_policy_has_moved() -> None:
    again = {"sampling": {"epochs": 2}}
    assert "epsilon" not in inert(parse({"algorithm": "grpo", "data": {"dataset": "any"}, **again}))
    assert learned("grpo", again, moved=True)[0] != learned("grpo", {**again, "epsilon": 0.01}, moved=True)[0]
