"""Groups of encoded answers as the tensors an algorithm sees, in training and in evaluation.

Left out: which groups (`engine.runtime.training.sources`) and how a row is computed (`scoring`, `reference`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from engine.batch import Batch
from engine.data.groups import Group
from engine.data.templates import Encoded
from engine.maths.logprobs import log_ratio, sequence_sum
from engine.models.load import Policy
from engine.models.reference import ReferenceCache
from engine.models.scoring import last_outputs, response_mask, score, score_one_by_one
from engine.spec import Train, metric_keys


@dataclass(frozen=True)
class Batches:
    """Makes batches under one policy. `cache` is None where the algorithm needs no reference."""

    policy: Policy
    cache: ReferenceCache | None
    details: bool  # entropy and hits are wanted
    outputs: bool = False  # a scalar head's numbers are wanted, and no log-probs
    kto_limit: int | None = None  # tokens of a prompt with an answer to another one; None where no baseline is needed
    temperature: float = 1.0  # of the policy that is trained, and of its reference
    one_by_one: bool = False  # each response in a pass of its own, as for the reference cache

    @classmethod
    def for_spec(cls, spec: Train, policy: Policy, cache: ReferenceCache) -> "Batches":
        """Batches that hold what the spec's algorithm needs."""
        return cls(
            policy,
            cache if "reference" in spec.needs else None,
            details="entropy" in metric_keys(spec),
            outputs="scalar_head" in spec.needs,
            kto_limit=spec.data.max_tokens if "kto_baseline" in spec.needs else None,
            temperature=spec.sampling.temperature if spec.data.source == "sampled" else 1.0,
        )

    def shapes(self, groups: Sequence[Group]) -> Batch:
        """The batch before any model has seen it: its log-probs are zeros. Enough to count `totals`."""
        mask = response_mask(_rows(groups))
        sizes = torch.tensor([len(group.encoded) for group in groups])
        return Batch(
            logps=torch.zeros(mask.shape),
            mask=mask,
            group=torch.arange(len(groups)).repeat_interleave(sizes),
            totals={},
            scores=torch.tensor([score for group in groups for score in group.scores], dtype=torch.float64),
            margins=torch.tensor([group.strength or 0.0 for group in groups]).repeat_interleave(sizes),
        )

    def kto_baseline(self, groups: Sequence[Group]) -> Tensor | None:
        """What kto compares an answer with, in nats; None for other algorithms (arXiv:2402.01306, sec. 4.1).

        The mean of log pi - log ref over answers to *other* prompts of an update, each put to the next; at least 0, and
        0 where there is one prompt only.
        """
        if self.kto_limit is None:
            return None
        rows = _mismatched(_rows(groups), self.kto_limit)
        if not rows:
            return torch.zeros((), device=self.policy.device)
        read = score_one_by_one if self.one_by_one else score
        with torch.no_grad(), self.policy.autocast():
            own = read(self.policy.model, rows)
            with self.policy.reference() as model:
                reference = read(model, rows)
        ratio = log_ratio(own.logps, reference.logps, own.mask)
        return sequence_sum(ratio, own.mask).mean().clamp(min=0)

    def forward(
        self, groups: Sequence[Group], shapes: Batch, totals: Mapping[str, float], kto_baseline: Tensor | None = None
    ) -> Batch:
        """The batch under the policy, with gradients where they are enabled, and under the reference."""
        device = self.policy.device
        batch = shapes.replace(
            totals=totals,
            kto_baseline=kto_baseline,
            mask=shapes.mask.to(device),
            group=shapes.group.to(device),
            scores=shapes.scores.to(device),
            margins=shapes.margins.to(device),
        )
        with self.policy.autocast():
            if self.outputs:
                return batch.replace(outputs=last_outputs(self.policy.model, self.policy.head, _rows(groups)))
            read = (
                score_one_by_one
                if self.one_by_one
                else partial(score, share=self.policy.packs_prompts, temperature=self.temperature)
            )
            scores = read(self.policy.model, _rows(groups), details=self.details, value_head=self.policy.head)
        return batch.replace(
            logps=scores.logps,
            entropy=scores.entropy,
            hits=scores.hits,
            values=scores.values,
            **{"reference": self._reference(groups), **self.recorded(groups)},
        )

    def recorded(self, groups: Sequence[Group]) -> dict[str, Tensor]:
        """(R, T) of what a rollout recorded for each token, 0 off the mask."""
        return {
            name: pad_sequence([torch.tensor(row) for group in groups for row in group.recorded[name]], True).to(
                self.policy.device
            )
            for name in groups[0].recorded
        }

    def _reference(self, groups: Sequence[Group]) -> Tensor | None:
        """(R, T) log-probs of the reference, 0 off the mask; those of sampled answers stand with them."""
        if self.cache is None or "reference" in groups[0].recorded:
            return None
        rows_by_key = {
            (group.item, key): encoded
            for group in groups
            for key, encoded in zip(group.ids, group.encoded, strict=True)
        }
        logps = self.cache.get(self.policy, rows_by_key)
        rows = [logps[group.item, key] for group in groups for key in group.ids]
        return pad_sequence(rows, batch_first=True).to(self.policy.device)


def _mismatched(rows: Sequence[Encoded], longest: int) -> list[Encoded]:
    """Each prompt with the last answer before it to another prompt, cut to `longest` tokens together.

    The search wraps around. Rows without another prompt in the batch are dropped.
    """
    return [
        Encoded(row.prompt, other.response[: longest - len(row.prompt)])
        for index, row in enumerate(rows)
        if (other := next((earlier for earlier in _before(rows, index) if earlier.prompt != row.prompt), None))
    ]


def _before(rows: Sequence[Encoded], index: int) -> Iterator[Encoded]:
    """All other rows: those before `index` from the nearest on, then those after it from the last on."""
    return (rows[index - back] for back in range(1, len(rows)))


def _rows(groups: Sequence[Group]) -> list[Encoded]:
    return [encoded for group in groups for encoded in group.encoded]
