"""Invented batches for the algorithms: groups and responses of unlike size, anything at all off the mask."""

import torch

from engine.batch import Batch


def invent(sizes=(2, 3), tokens=4, *, seed=0, padding=0.0, dtype=torch.float64):
    """A batch of groups of these sizes with distinct scores. `padding` stands off the mask in every tensor."""
    generator = torch.Generator().manual_seed(seed)
    rows = sum(sizes)
    lengths = torch.randint(1, tokens + 1, (rows,), generator=generator)
    mask = torch.arange(tokens) < lengths[:, None]

    def values():
        drawn = -torch.rand((rows, tokens), generator=generator, dtype=dtype) * 3
        return torch.where(mask, drawn, torch.tensor(padding, dtype=dtype))

    return Batch(
        logps=values().requires_grad_(True),
        reference=values(),
        entropy=values().abs(),
        hits=torch.where(mask, torch.rand((rows, tokens), generator=generator) < 0.5, padding != 0),
        mask=mask,
        group=torch.arange(len(sizes)).repeat_interleave(torch.tensor(sizes)),
        scores=torch.rand(rows, generator=generator, dtype=torch.float64),
        totals={},
    )


def part(batch, groups, totals):
    """The groups `groups` of a batch as a micro-batch of their own; its log-probs are a leaf of their own."""
    rows = torch.isin(batch.group, torch.tensor(groups))
    _, group = batch.group[rows].unique(return_inverse=True)
    return Batch(
        logps=batch.logps.detach()[rows].requires_grad_(True),
        reference=batch.reference[rows],
        entropy=batch.entropy[rows],
        hits=batch.hits[rows],
        mask=batch.mask[rows],
        group=group,
        scores=batch.scores[rows],
        totals=totals,
    )
