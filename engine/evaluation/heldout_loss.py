"""What an algorithm makes of held-out data: its loss, and for pairs accuracy and margin, on answers of the dataset.

Every answer is scored alone, under policy and reference alike, as in `heldout_responses`: at step 0 accuracy is exactly
one half and the margin exactly 0. Left out: the policy's own answers (`heldout_responses`).
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import torch
from torch import Tensor

from engine import algorithms
from engine.analysis.intervals import clustered_mean
from engine.batch import Batch
from engine.data.groups import Group, Skip, encode
from engine.data.items import Example, examples
from engine.evaluation import token_rows
from engine.evaluation.answer_figures import Figures
from engine.maths import pairs
from engine.maths.logprobs import log_ratio, sequence_sum
from engine.models.batches import Batches
from engine.spec import Train
from storage.item_content import asked_key
from storage.records import Item, TokenRow

WITH_TOKENS = 16  # groups, the first by the hash of their prompts, whose values of tokens are kept


class HeldoutLoss:
    """The same groups of answers at every step, under the policy as it is then."""

    def __init__(self, spec: Train, items: Sequence[Item], batches: Batches, prefix: str = "eval") -> None:
        """`prefix` is that of the metrics: eval, or final of an end evaluation."""
        self._spec = spec
        self._prefix = prefix
        self._prompts = {item.id: asked_key(item) for item in items}
        self._batches = replace(batches, one_by_one=True)
        self._algorithm = algorithms.load(spec.algorithm)
        self._examples = examples(items, spec) if spec.data.source == "frozen" else []

    @torch.no_grad()
    def run(self, heartbeat: Callable[[], None], with_tokens: int = WITH_TOKENS) -> tuple[Figures, list[TokenRow]]:
        """The metrics that the algorithm has, and the values of the tokens of the first groups.

        Nothing where the data holds nothing that its loss counts.
        """
        encoded = [(self._encode(example), example.messages) for example in self._examples]
        numbered = [(group, messages) for group, messages in encoded if isinstance(group, Group)]
        groups = [group for group, _ in numbered]
        shapes = [self._batches.shapes([group]) for group in groups]
        counts = [self._algorithm.totals(shape, self._spec) for shape in shapes]
        totals: Counter[str] = Counter()
        for count in counts:
            totals.update(count)
        if not any(totals.values()):
            return Figures(), []
        kto_baseline = self._batches.kto_baseline(groups)
        template, prompts = self._batches.policy.template, dict[str | int, int]()
        shares, leads, rows = list[float](), list[Tensor](), list[TokenRow]()
        for number, ((group, messages), shape) in enumerate(zip(numbered, shapes, strict=True)):
            # One group a pass: its share of the loss does not depend on what it would be padded to beside others.
            batch = self._batches.forward([group], shape, totals, kto_baseline)
            shares.append(float(self._algorithm.loss(batch, self._spec).loss))
            if self._spec.batch == "pairs":
                leads.append(lead(batch))
            if number < with_tokens:
                # Texts of one item are examples of their own, and are shown beside each other.
                prompt = prompts.setdefault(group.item if self._spec.batch == "texts" else number, len(prompts))
                rows += token_rows.of_group(
                    group, batch, self._spec, template, part="pairs", prompt=prompt, messages=messages
                )
            heartbeat()
        clusters = [self._prompts[group.item] for group in groups]
        found = accuracy_and_margin(leads, clusters, self._prefix) if leads else Figures()
        return loss_figure(shares, counts, totals, clusters, self._prefix) | found, rows

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


def loss_figure(
    shares: Sequence[float],
    counts: Sequence[Mapping[str, float]],
    totals: Mapping[str, float],
    prompts: Sequence[str],
    prefix: str,
) -> Figures:
    """The loss, which is the sum of its groups' shares, and its interval over prompts.

    A group weighs what it adds to the counts that the loss is divided by, so its share over its weight is a mean.
    """
    weights = [sum(count[name] / total for name, total in totals.items() if total) for count in counts]
    rows = [
        (share / weight, weight, prompt)
        for share, weight, prompt in zip(shares, weights, prompts, strict=True)
        if weight > 0
    ]
    values, kept, clusters = zip(*rows, strict=True)
    mean = clustered_mean(values, clusters, weights=[weight / sum(kept) for weight in kept])
    loss = Figures()
    loss.add(f"{prefix}/loss", mean._replace(mean=sum(shares)))
    return loss


def accuracy_and_margin(leads: Sequence[Tensor], prompts: Sequence[str], prefix: str = "eval") -> Figures:
    """Accuracy (ties one half) and margin: means over groups that have a pair of the means over their pairs.

    >>> leads = [torch.tensor([1.0, 0.0]), torch.tensor([]), torch.tensor([-2.0])]
    >>> accuracy_and_margin(leads, ["a", "b", "c"]).metrics
    {'eval/accuracy': 0.375, 'eval/margin': -0.75}
    """
    pairs_of_groups = [(group.double(), prompt) for group, prompt in zip(leads, prompts, strict=True) if len(group)]
    found = Figures()
    if pairs_of_groups:
        groups, clusters = zip(*pairs_of_groups, strict=True)
        shares = [float(pairs.in_order(group).mean()) for group in groups]
        found.add(f"{prefix}/accuracy", clustered_mean(shares, clusters, share=True))
        found.add(f"{prefix}/margin", clustered_mean([float(group.mean()) for group in groups], clusters))
    return found
