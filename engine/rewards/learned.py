"""The score of a reward model that was trained here: what its scalar head makes of the end of an answer.

Left out: where its model comes from (`engine.runtime.run.reward_context`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch

from engine.data.system_turn import as_read
from engine.data.templates import Conversation
from engine.data.tool_calls import Tools, tools_of
from engine.models.load import Policy
from engine.models.scoring import last_outputs
from engine.rewards.protocol import Items, Messages
from engine.spec.blocks import SystemTurn
from words import Text


@dataclass(frozen=True)
class RewardModel:
    """A trained reward model, with the limits it was trained under."""

    policy: Policy  # with a scalar head
    max_tokens: int
    max_prompt_tokens: int
    heartbeat: Callable[[], None]
    system_turn: SystemTurn = "as_is"

    def __call__(self, prompt: Messages, responses: Sequence[str], items: Items) -> list[float]:
        """Scores without unit: only their differences mean something. All responses go through the model together."""
        messages = as_read(prompt, self.system_turn)
        limits = self.max_tokens, self.max_prompt_tokens
        encoded = self.policy.template.encode(messages, responses, *limits, tools_of(items[0].get("extra", {})))
        with torch.no_grad(), self.policy.autocast():
            scores = last_outputs(self.policy.model, self.policy.head, encoded)
        self.heartbeat()
        return scores.tolist()

    def refusal(self, prompt: Messages, tools: Tools = None) -> Text | None:
        """Why the template of this model refuses the prompt; None where it does not."""
        conversation = Conversation(as_read(prompt, self.system_turn), tools=tools)
        (problem,) = self.policy.template.check_all([conversation])
        return None if problem is None else problem.text
