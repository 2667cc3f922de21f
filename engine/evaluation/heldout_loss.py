"""What an algorithm makes of held-out data: its loss, and for pairs accuracy and margin, on answers of the dataset.

Every answer is scored alone, under policy and reference alike, as in `heldout_responses`: at step 0 accuracy is exactly
one half and the margin exactly 0. Left out: the policy's own answers (`heldout_responses`).
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from statistics import fmean

import torch
from torch import Tensor

from engine import algorithms
from engine.batch import Batch
from engine.data.groups import Group, Skip, encode
from engine.data.items import Example, examples
from engine.evaluation import token_rows
from engine.maths import pairs
from engine.maths.logprobs import log_ratio, sequence_sum
from engine.models.batches import Batches
from engine.spec import Train
from storage.records import Item, TokenRow

WITH_TOKENS = 16  # groups, the first by the hash of their prompts, whose values of tokens are kept


class HeldoutLoss:
    """The same groups of answers at every step, under the policy as it is then."""

    def __init__(self, spec: Train, items: Sequence[Item], batches: Batches) -> None:
        self._spec = spec
        self._batches = replace(batches, one_by_one=True)
        self._algorithm = algorithms.load(spec.algorithm)
        self._examples = examples(items, spec) if spec.data.source == "frozen" else []

    @torch.no_grad()
    def run(self, heartbeat: Callable[[], None]) -> tuple[dict[str, float], list[TokenRow]]:
        """The eval/* metrics that the algorithm has, and the values of the tokens of the first groups.

        Nothing where the data holds nothing that its loss counts.
        """
        encoded = [(self._encode(example), example.messages) for example in self._examples]
        numbered = [(group, messages) for group, messages in encoded if isinstance(group, Group)]
        groups = [group for group, _ in numbered]
        shapes = [self._batches.shapes([group]) for group in groups]
        totals: Counter[str] = Counter()
        for shape in shapes:
            totals.update(self._algorithm.totals(shape, self._spec))
        if not any(totals.values()):
            return {}, []
        kto_baseline = self._batches.kto_baseline(groups)
        template, prompts = self._batches.policy.template, dict[str | int, int]()
        loss, leads, rows = 0.0, list[Tensor](), list[TokenRow]()
        for number, ((group, messages), shape) in enumerate(zip(numbered, shapes, strict=True)):
            # One group a pass: its share of the loss does not depend on what it would be padded to beside others.
            batch = self._batches.forward([group], shape, totals, kto_baseline)
            loss += float(self._algorithm.loss(batch, self._spec).loss)
            if self._spec.batch == "pairs":
                leads.append(lead(batch))
            if number < WITH_TOKENS:
                # Texts of one item are examples of their own, and are shown beside each other.
                prompt = prompts.setdefault(group.item if self._spec.batch == "texts" else number, len(prompts))
                rows += token_rows.of_group(
                    group, batch, self._spec, template, part="pairs", prompt=prompt, messages=messages
                )
            heartbeat()
        return {"eval/loss": loss} | accuracy_and_margin(leads), rows

    def _encode(self, example: Example) -> Group | Skip:
        data = self._spec.data
        return encode(example, self._batches.policy.template, data.max_tokens, data.max_prompt_tokens)


def lead(batch: Batch) -> Tensor:
    """By how much the better answer of each pair leads: in score, or in rho and nats: (P,)."""
    pair = pairs.from_batch(batch)
    if "outputs" in batch:
        values = batch.outputs  # (R,) of the scalar head
    else:
        values = sequence_sum(log_ratio(batch.logps, batch.reference, batch.mask), batch.mask)  # (R, T) -> (R,)
    return values[pair.better] - values[pair.worse]


def accuracy_and_margin(leads: Sequence[Tensor]) -> dict[str, float]:
    """Accuracy (ties one half) and margin: means over groups that have a pair of the means over their pairs.

    >>> accuracy_and_margin([torch.tensor([1.0, 0.0]), torch.tensor([]), torch.tensor([-2.0])])
    {'eval/accuracy': 0.375, 'eval/margin': -0.75}
    """
    groups = [group.double() for group in leads if len(group)]
    if not groups:
        return {}
    shares = [float(((group > 0).double() + (group == 0).double() / 2).mean()) for group in groups]
    return {"eval/accuracy": fmean(shares), "eval/margin": fmean(float(group.mean()) for group in groups)}
