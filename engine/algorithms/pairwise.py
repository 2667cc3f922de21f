"""What the article's two forms share: the logistic loss of every pair of a scored group that is compared.

Left out: which pairs are compared, the only thing in which the forms differ (`grpo_pairwise`, `gspo_selective`).
"""

from torch.nn.functional import logsigmoid

from engine.batch import Batch, LossResult
from engine.maths.logprobs import log_ratio, sequence_sum
from engine.maths.pairs import TIE_NATS, Pairs, in_order


def pair_totals(pairs: Pairs) -> dict[str, float]:
    """Groups that have a pair: what the loss is divided by."""
    return {"groups": float(pairs.groups)}


def pairwise_loss(batch: Batch, pairs: Pairs, beta: float) -> LossResult:
    """-log sigmoid(beta (rho_i - rho_j)) over the pairs, as this micro-batch's share of the mean over groups."""
    ratio = log_ratio(batch.logps, batch.reference, batch.mask)  # (R, T)
    rho = sequence_sum(ratio, batch.mask)  # (R,)
    lead = rho[pairs.better] - rho[pairs.worse]  # (P,)
    margin, used = beta * lead, len(pairs.better)
    return LossResult(
        loss=-(pairs.weight * logsigmoid(margin)).sum() / batch.totals["groups"],
        metrics={
            "pairs/used": lead.new_tensor(float(used)),
            "pairs/skipped": lead.new_tensor(float(_possible(batch) - used)),
            "rewards/margins": pairs.mean(margin.detach()),
            "rewards/accuracies": pairs.mean(in_order(lead.detach(), TIE_NATS)),
        },
    )


def _possible(batch: Batch) -> int:
    """Pairs the groups would have if no two of their scores were equal."""
    size = batch.group.bincount()
    return int((size * (size - 1) // 2).sum())
