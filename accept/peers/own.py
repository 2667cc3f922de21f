"""Our side of each comparison: the losses of the same tokens and weights, through the path that training takes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from engine import algorithms
from engine.data.groups import Group
from engine.models.batches import Batches
from engine.models.load import Policy, load_model, load_policy
from engine.models.model_folder import inspect
from engine.models.reference import ReferenceCache
from engine.models.scoring import score
from engine.spec import Train, parse


def policy(folder: Path, head: Sequence[float] = ()) -> Policy:
    """The model of a folder, with a value head of these weights."""
    made = load_policy(inspect("one", folder), adapter="none", device="cpu", seed=0, head="shared" if head else None)
    if made.head is not None:
        with torch.no_grad():
            made.head.linear.weight.copy_(torch.tensor([head]))
    return made


def put(folder: Path, into: Policy) -> None:
    """Load a folder's weights into a policy, beside its head."""
    with torch.no_grad():
        weights = dict(load_model(inspect("other", folder)).named_parameters())
        for name, weight in into.model.named_parameters():
            weight.copy_(weights[name])


def frozen_loss(run_file: Mapping[str, Any], reference: Path, trained: Path, groups: Sequence[Group]) -> float:
    """The loss of stored answers."""
    spec, model = parse(run_file), policy(reference)
    batches = Batches.for_spec(spec, model, ReferenceCache(reference / "cache", "key"))
    put(trained, model)
    return _loss(spec, batches, groups)


def sampled_loss(
    run_file: Mapping[str, Any],
    reference: Path,
    old: Path,
    trained: Path,
    groups: Sequence[Group],
    head: Sequence[float] = (),
) -> float:
    """The loss of answers that `old` sampled, after the update to `trained`."""
    spec, model = parse(run_file), policy(old, head)
    batches = Batches.for_spec(spec, model, ReferenceCache(reference / "cache", "key"))
    rows = [row for group in groups for row in group.encoded]
    with torch.no_grad():
        sampled = score(model.model, rows, value_head=model.head)
        base = score(policy(reference).model, rows)
    known = {"old": sampled.logps, "reference": base.logps, "old_values": sampled.values}
    groups = _with(groups, known)
    rollout = batches.shapes(groups).replace(**batches.recorded(groups))
    algorithm: Any = algorithms.load(spec.algorithm)
    groups = _with(groups, algorithm.targets(rollout, spec, {}).values)
    put(trained, model)
    return _loss(spec, batches, groups)


def _loss(spec: Train, batches: Batches, groups: Sequence[Group]) -> float:
    algorithm, shapes = algorithms.load(spec.algorithm), batches.shapes(groups)
    batch = batches.forward(groups, shapes, algorithm.totals(shapes, spec), batches.kto_baseline(groups))
    return float(algorithm.loss(batch, spec).loss.detach())


def _with(groups: Sequence[Group], values: Mapping[str, Tensor | None]) -> list[Group]:
    """The groups with (R, T) tensors recorded."""
    kept, start = [], 0
    for group in groups:
        end = start + len(group.encoded)
        cut = {
            name: tuple(
                tuple(row[: len(pair.response)].tolist())
                for row, pair in zip(tensor[start:end], group.encoded, strict=True)
            )
            for name, tensor in values.items()
            if tensor is not None
        }
        kept.append(replace(group, recorded={**group.recorded, **cut}))
        start = end
    return kept
