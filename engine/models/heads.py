"""Small heads on a model's last hidden states: one number a token (a value) or one a response (a reward).

They start at zero: at step 0 a critic expects nothing and a reward model prefers nothing, whatever the seed. Left out:
which hidden states they read (`scoring`).
"""

import torch
from torch import Tensor, nn


class Head(nn.Module):
    """A linear map from a hidden state to a number, in fp32: (..., H) -> (...)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.linear = nn.Linear(width, 1)
        nn.init.zeros_(self.linear.weight)
        nn.init.zeros_(self.linear.bias)

    def forward(self, hidden: Tensor) -> Tensor:
        with torch.autocast(hidden.device.type, enabled=False):
            return self.linear(hidden.float()).squeeze(-1)
