"""One update: micro-batches of groups are scored, their shares of the loss are added up, AdamW takes a step.

Left out: which groups, how often, and what becomes of the numbers (`loop`).
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import Parameter

from engine import algorithms
from engine.batch import Batch, Mean
from engine.data.groups import Group
from engine.maths.logprobs import log_ratio, sequence_sum
from engine.models.batches import Batches
from engine.models.load import HEAD
from engine.runtime.training.recorder import reduce
from engine.spec import Train


@dataclass(frozen=True)
class Update:
    """What one update did. `applied` is false where loss or gradient was not finite: then the weights stayed."""

    metrics: Mapping[str, float]
    applied: bool


class Learner:
    """The policy's trainable weights, the algorithm's loss, and the optimizer between them."""

    def __init__(self, batches: Batches, spec: Train, *, micro_batch: int, heartbeat: Callable[[], None]) -> None:
        self._batches = batches
        self._spec = spec
        self._algorithm = algorithms.load(spec.algorithm)
        self._micro_batch = micro_batch
        self._heartbeat = heartbeat
        self._weights = batches.policy.trainable()
        groups = _groups(self._weights, spec.optimizer.weight_decay, spec.head_rate)
        self._optimizer = torch.optim.AdamW(groups, fused=True)

    def update(self, groups: Sequence[Group], learning_rate: float, *, fresh: bool) -> Update | None:
        """One step at this learning rate; None where the groups hold nothing that the loss counts.

        `fresh`: the groups were sampled from the policy as it is, so its log-probs should be those of the sampler.
        """
        parts = list(micro_batches(groups, self._micro_batch))
        shapes = [self._batches.shapes(part) for part in parts]
        totals = _sum_of_counts(self._algorithm.totals(shape, self._spec) for shape in shapes)
        if not any(totals.values()):
            return None
        kto_baseline = self._batches.kto_baseline(groups)
        shares, loss = [], torch.zeros((), device=self._batches.policy.device)
        for part, shape in zip(parts, shapes, strict=True):
            batch = self._batches.forward(part, shape, totals, kto_baseline)
            result = self._algorithm.loss(batch, self._spec)
            result.loss.backward()
            loss += result.loss.detach()
            shares.append({**_observed(batch, fresh), **result.metrics})
            self._heartbeat()
        norm = torch.nn.utils.clip_grad_norm_(self._weights.values(), self._spec.optimizer.max_grad_norm)
        once = torch.ones_like(loss)
        metrics = reduce([*shares, {"loss": Mean(loss, once), "grad_norm": Mean(norm, once)}])
        applied = bool(torch.isfinite(torch.tensor([metrics["loss"], metrics["grad_norm"]])).all())
        if applied:
            self._step(learning_rate)
        self._optimizer.zero_grad(set_to_none=True)
        return Update(metrics, applied)

    def has_finite_weights(self) -> bool:
        """Whether each weight that is trained is a finite number."""
        return all(bool(torch.isfinite(weight).all()) for weight in self._weights.values())

    def state(self, *, whole: bool) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
        """What a checkpoint keeps: weights and optimizer. At step 0 a model without adapter is only pointed to."""
        policy = self._batches.policy
        moments = self._optimizer.state_dict()["state"]
        optimizer = {
            f"{name}/{key}": value.cpu()
            for index, name in enumerate(self._names())
            for key, value in moments.get(index, {}).items()
        }
        return (policy.weights() if whole or policy.has_adapter else {}), optimizer

    def restore(self, weights: Mapping[str, Tensor], optimizer: Mapping[str, Tensor]) -> None:
        """Go on where `state` was taken."""
        if weights:
            self._batches.policy.load_weights(weights)
        state: dict[int, dict[str, Tensor]] = {}
        indices = {name: index for index, name in enumerate(self._names())}
        for path, value in optimizer.items():
            name, _, key = path.rpartition("/")
            state.setdefault(indices[name], {})[key] = value
        self._optimizer.load_state_dict({**self._optimizer.state_dict(), "state": state})

    def _names(self) -> list[str]:
        """The weights' names in the optimizer's own order."""
        names = {id(weight): name for name, weight in self._weights.items()}
        return [names[id(weight)] for group in self._optimizer.param_groups for weight in group["params"]]

    def _step(self, learning_rate: float) -> None:
        for group in self._optimizer.param_groups:
            group["lr"] = learning_rate * group["rate"]
        self._optimizer.step()


def _observed(batch: Batch, fresh: bool) -> dict[str, Mean | Tensor]:
    """What a sampled batch shows whatever the algorithm: entropy, and how well sampler and trainer agree."""
    if "old" not in batch:
        return {}
    tokens = batch.mask.sum()
    metrics: dict[str, Mean | Tensor] = {}
    if "entropy" in batch:
        metrics["entropy"] = Mean(sequence_sum(batch.entropy, batch.mask).sum(), tokens)
    if fresh:
        difference = log_ratio(batch.logps.detach(), batch.old, batch.mask).abs()
        metrics["sampling/logp_difference/mean"] = Mean(difference.sum(), tokens)
        metrics["sampling/logp_difference/max"] = difference.max()
    return metrics


def micro_batches(groups: Sequence[Group], size: int) -> Iterator[Sequence[Group]]:
    """Slices of at most `size` groups: what is computed at once."""
    for start in range(0, len(groups), size):
        yield groups[start : start + size]


def _groups(weights: Mapping[str, Parameter], decay: float, head_rate: float) -> list[dict[str, Any]]:
    """Weights that learn alike: a head at its own rate, and decay for matrices only (norms and biases gain nothing)."""
    by_rates: dict[tuple[float, float], list[Parameter]] = {}
    for name, weight in weights.items():
        rate = head_rate if name.startswith(HEAD) else 1.0
        by_rates.setdefault((rate, decay if weight.ndim > 1 else 0.0), []).append(weight)
    return [{"params": same, "rate": rate, "weight_decay": decay} for (rate, decay), same in by_rates.items()]


def _sum_of_counts(totals: Iterator[Mapping[str, float]]) -> dict[str, float]:
    total: Counter[str] = Counter()
    for counts in totals:
        total.update(counts)
    return dict(total)
