"""Small heads on a model's last hidden states: one number a token (a value) or one a response (a reward).

They start at zero: at step 0 a reward model prefers nothing, whatever the seed, and a critic expects the same of every
token. A head reads the policy's hidden states, or those of a trunk of its own, which learns apart from the policy. Left
out: which of the states it reads (`scoring`), and what a critic expects at first (`engine.runtime.training.rollouts`).
"""

from typing import Any

import torch
from torch import Tensor, nn


class Head(nn.Module):
    """A linear map from a hidden state to a number, in fp32: (..., H) -> (...).

    `trunk`: the model below a head whose states are not the policy's.
    """

    def __init__(self, width: int, trunk: Any = None) -> None:
        super().__init__()
        self.trunk = trunk
        self.linear = nn.Linear(width, 1)
        nn.init.zeros_(self.linear.weight)
        nn.init.zeros_(self.linear.bias)

    @property
    def constant(self) -> float:
        """What it adds to every number."""
        return float(self.linear.bias.detach())

    @torch.no_grad()
    def init_bias(self, value: float) -> None:
        """Answer `value` for every hidden state, as long as nothing was learned."""
        self.linear.bias.fill_(value)

    def forward(self, hidden: Tensor) -> Tensor:
        with torch.autocast(hidden.device.type, enabled=False):
            return self.linear(hidden.float()).squeeze(-1)
