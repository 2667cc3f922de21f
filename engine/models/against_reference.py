"""Responses scored under policy and reference together: log-probs of both, and the exact KL between them at each token.

Each model is passed through once; where a response token is predicted, the logits of both are compared in chunks, so
that memory holds two chunks of (positions, vocabulary) and never a whole answer's. Axes: R responses, T tokens. Left
out: the passes (`scoring`), and what the figures of an answer are (`engine.evaluation`).
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from engine.data.templates import Encoded
from engine.maths import divergence, logprobs
from engine.models import scoring
from engine.models.load import Policy
from engine.models.packing import Packed

CHUNK_NUMBERS = 2**22  # of logits at once (16 MB); the KL holds about eight such arrays


class Compared(NamedTuple):
    """What policy and reference say of the same responses: (R, T) each, 0 or False off the mask."""

    logps: Tensor
    reference: Tensor
    kl: Tensor  # KL(pi || ref) of the next token where each token stands, in nats
    mask: Tensor  # bool
    values: Tensor | None = None  # of a value head that reads the policy's own trunk


@torch.no_grad()
def compare(
    policy: Policy, encoded: Sequence[Encoded], *, one_by_one: bool, heartbeat: Callable[[], None] = lambda: None
) -> Compared:
    """Score the responses under both, in the order given.

    `one_by_one`: each in a pass of its own, so its values do not depend on what is scored beside it; at step 0, where
    both models are equal, log-probs are then equal bit for bit and the KL is exactly 0. Else answers to one prompt that
    are neighbours share a row where the model bears it.
    """
    mask = scoring.response_mask(encoded).to(policy.device)
    logps, reference, kl = (torch.zeros(mask.shape, device=policy.device) for _ in range(3))
    head = policy.head if policy.head is not None and policy.head.trunk is None else None
    values = None if head is None else torch.zeros(mask.shape, device=policy.device)
    parts = [[index] for index in range(len(encoded))] if one_by_one else [list(range(len(encoded)))]
    for part in parts:
        share = policy.packs_prompts and not one_by_one
        for packed in scoring.packed_passes([encoded[index] for index in part], share, policy.device):
            response = torch.tensor(part, device=policy.device)[packed.response]
            with policy.autocast():
                own, other = _states(policy, packed)
                rows = _chunks(policy, own, other, packed.target)
                if values is not None and head is not None:
                    values[response, packed.token] = head(own).float()
            for array, column in zip((logps, reference, kl), rows, strict=True):
                array[response, packed.token] = column
            heartbeat()
    return Compared(logps, reference, kl, mask, values)


def _states(policy: Policy, packed: Packed) -> tuple[Tensor, Tensor]:
    """The last hidden states of policy and reference that response tokens are predicted from: (N, H) each."""
    own = scoring.response_states(scoring.trunk(scoring.unwrapped(policy.model)), packed)
    with policy.reference() as model:
        return own, scoring.response_states(scoring.trunk(scoring.unwrapped(model)), packed)


def _chunks(policy: Policy, own: Tensor, other: Tensor, target: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Log-probs of the targets under both, and the KL: (N,) each. An adapter may sit on the head too."""
    rows: list[tuple[Tensor, Tensor, Tensor]] = []
    vocabulary = scoring.unwrapped(policy.model).config.get_text_config().vocab_size
    positions = max(1, min(scoring.CHUNK, CHUNK_NUMBERS // vocabulary))
    sizes = (part.split(positions) for part in (own, other, target))
    for mine, others, tokens in zip(*sizes, strict=True):
        logits = scoring.head_logits(scoring.unwrapped(policy.model), mine)
        with policy.reference() as model:
            reference = scoring.head_logits(scoring.unwrapped(model), others)
        pair = logprobs.token_logps(logits, tokens), logprobs.token_logps(reference, tokens)
        rows.append((*pair, divergence.kl(logits, reference)))
    logps, likely, kl = zip(*rows, strict=True)
    return torch.cat(logps), torch.cat(likely), torch.cat(kl)
