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
        old=values(),
        advantages=values() + 1.5,
        values=values().requires_grad_(True),
        old_values=values(),
        returns=values(),
        outputs=torch.randn(rows, generator=generator, dtype=dtype).requires_grad_(True),
        margins=torch.rand(rows, generator=generator, dtype=dtype),
        kto_baseline=torch.rand((), generator=generator, dtype=dtype),
        totals={},
    )


def leaves(spec):
    """The tensors of a batch that carry the gradient to the weights."""
    if "scalar_head" in spec.needs:
        return ["outputs"]
    return ["logps", "values"] if "value" in spec.needs else ["logps"]


def gradients(batch, spec):
    """What came to them."""
    return [getattr(batch, name).grad for name in leaves(spec)]


def part(batch, groups, totals):
    """The groups `groups` of a batch as a micro-batch of their own; what carries a gradient is a leaf of its own."""
    rows = torch.isin(batch.group, torch.tensor(groups))
    _, group = batch.group[rows].unique(return_inverse=True)
    tensors = {
        name: value[rows] for name, value in vars(batch).items() if isinstance(value, torch.Tensor) and value.ndim
    }
    own = {name: tensors[name].detach().requires_grad_(True) for name in ("logps", "values", "outputs")}
    return Batch(**{**tensors, **own, "group": group, "kto_baseline": batch.kto_baseline, "totals": totals})
