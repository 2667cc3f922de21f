r"""Direct preference optimization (arXiv:2305.18290, eq. 7), with three variants of its loss.

Write rho(y) = log pi(y|x) - log ref(y|x), summed over the tokens of a response, and for a pair of a better answer w and
a worse one l

$$ h = \rho(y_w) - \rho(y_l) $$

| variant | loss of a pair | source |
|---|---|---|
| sigmoid | -log sigmoid(beta h) | arXiv:2305.18290, eq. 7 |
| ipo | (d - 1 / (2 beta))^2, d as h but of *mean*-token log-ratios (as TRL) | arXiv:2310.12036, eq. 17 |
| hinge | max(0, 1 - beta h) | arXiv:2305.10425 |
| robust | (-(1 - e) log sigmoid(beta h) + e log sigmoid(-beta h)) / (1 - 2 e) | arXiv:2403.00409 |

with e = `label_smoothing`, the share of preferences believed to be flipped. Widening h may make both answers unlikely,
and what gains instead is in no pair. `sft_weight` a therefore adds an imitation of the better answer (arXiv:2404.19733,
eq. 1, with the weight on this term, as LLaMA-Factory and TRL have it):

$$ - a \, \rho(y_w) / |y_w| $$

It is counted from the reference: a constant apart, which no gradient sees, it is the mean negative log-likelihood, and
the loss starts where it starts without it.

The loss of an update is the mean over its groups that have a pair of the mean over their pairs. At policy = reference h
is 0, so sigmoid and robust start at ln 2 = 0.693147, ipo at 1 / (2 beta)^2 (25 with beta 0.1) and hinge at 1. Shapes: R
responses, T tokens, P pairs; log-probs (R, T), scores (R,).

Worked example, beta 0.1: the better answer has log pi -2 and log ref -3, the worse one -4 and -3, so rho is 1 and -1,
h = 2 and the loss is -log sigmoid(0.2) = log(1 + exp(-0.2)) = 0.598139. Its implicit rewards are 0.1 and -0.1. The
better answer has one token, so with a = 0.5 the loss is lower by 0.5.

>>> import torch
>>> from types import SimpleNamespace
>>> batch = Batch(
...     logps=torch.tensor([[-2.0], [-4.0]]),
...     reference=torch.tensor([[-3.0], [-3.0]]),
...     mask=torch.tensor([[True], [True]]),
...     group=torch.tensor([0, 0]),
...     scores=torch.tensor([1.0, 0.0], dtype=torch.float64),
...     totals={"groups": 1.0},
... )
>>> result = loss(batch, SimpleNamespace(beta=0.1, variant="sigmoid", sft_weight=0.0))
>>> print(f"{result.loss:.6f} {result.metrics['rewards/margins'].total:.6f}")
0.598139 0.200000
>>> print(f"{loss(batch, SimpleNamespace(beta=0.1, variant='sigmoid', sft_weight=0.5)).loss:.6f}")
0.098139
>>> start = {"beta": 0.1, "label_smoothing": 0.2}
>>> for variant in ("sigmoid", "ipo", "hinge", "robust"):
...     print(f"{variant} {pair_loss(torch.zeros(()), SimpleNamespace(variant=variant, **start)):.6f}")
sigmoid 0.693147
ipo 25.000000
hinge 1.000000
robust 0.693147

Left out: which pairs a group of scored answers gives (setting `pairs`: `engine.data.items`), and the log-probs of the
reference (`engine.models.reference`).
"""

from typing import TYPE_CHECKING

from torch import Tensor
from torch.nn.functional import logsigmoid, relu

from engine.batch import Batch, LossResult, Mean
from engine.maths import pairs
from engine.maths.logprobs import log_ratio, sequence_mean, sequence_sum

if TYPE_CHECKING:
    from engine.spec.algorithms import DPO


def totals(batch: Batch, spec: "DPO") -> dict[str, float]:
    """Groups that have a pair: what the loss is divided by."""
    return {"groups": float(pairs.from_batch(batch).groups)}


def loss(batch: Batch, spec: "DPO") -> LossResult:
    """This micro-batch's share of the mean over groups of the loss of their pairs."""
    pair = pairs.from_batch(batch)
    ratio = log_ratio(batch.logps, batch.reference, batch.mask)  # (R, T)
    rho, mean = sequence_sum(ratio, batch.mask), sequence_mean(ratio, batch.mask)  # (R,)
    compared = mean if spec.variant == "ipo" else rho
    per_pair = pair_loss(compared[pair.better] - compared[pair.worse], spec)  # (P,)
    per_pair = per_pair - spec.sft_weight * mean[pair.better]
    return LossResult(
        loss=(pair.weight * per_pair).sum() / batch.totals["groups"],
        metrics=_metrics(batch, rho.detach(), pair, spec.beta),
    )


def pair_loss(h: Tensor, spec: "DPO") -> Tensor:
    """The loss of each pair from the difference of its log-ratios: (P,) -> (P,)."""
    match spec.variant:
        case "sigmoid":
            return -logsigmoid(spec.beta * h)
        case "ipo":
            return (h - 1 / (2 * spec.beta)) ** 2
        case "hinge":
            return relu(1 - spec.beta * h)
        case "robust":
            e, logit = spec.label_smoothing, spec.beta * h
            return (-(1 - e) * logsigmoid(logit) + e * logsigmoid(-logit)) / (1 - 2 * e)


def _metrics(batch: Batch, rho: Tensor, pair: pairs.Pairs, beta: float) -> dict[str, Mean | Tensor]:
    """Means over groups of means over their pairs, as the loss is."""
    logps = sequence_sum(batch.logps.detach(), batch.mask)
    better, worse = beta * rho[pair.better], beta * rho[pair.worse]
    values = {
        "rewards/chosen": better,
        "rewards/rejected": worse,
        "rewards/margins": better - worse,
        "rewards/accuracies": pairs.in_order(rho[pair.better] - rho[pair.worse], pairs.TIE_NATS),
        "logps/chosen": logps[pair.better],
        "logps/rejected": logps[pair.worse],
    }
    return {key: pair.mean(value) for key, value in values.items()}
