"""The article's comparison of scored answers, shared by its GRPO and its GSPO, which differ only in their pairs."""

from torch.nn.functional import logsigmoid

from engine.batch import Batch, LossResult
from engine.maths.logprobs import log_ratio, sequence_sum
from engine.maths.pairs import Pairs


def pairwise_loss(batch: Batch, chosen: Pairs, beta: float) -> LossResult:
    """-log sigmoid(beta (rho_i - rho_j)) over the pairs, as this micro-batch's share of the mean over groups."""
    assert batch.reference is not None
    ratio = log_ratio(batch.logps, batch.reference, batch.mask)  # (R, T)
    rho = sequence_sum(ratio, batch.mask)  # (R,)
    margin = beta * (rho[chosen.better] - rho[chosen.worse])  # (P,)
    seen, used = margin.detach(), len(chosen.better)
    return LossResult(
        loss=-(chosen.weight * logsigmoid(margin)).sum() / batch.totals["groups"],
        metrics={
            "pairs/used": seen.new_tensor(float(used)),
            "pairs/skipped": seen.new_tensor(float(_possible(batch) - used)),
            "rewards/margins": chosen.mean(seen),
            "rewards/accuracies": chosen.mean(seen > 0),
        },
    )


def _possible(batch: Batch) -> int:
    """Pairs the groups would have if no two of their scores were equal."""
    size = batch.group.bincount()
    return int((size * (size - 1) // 2).sum())
