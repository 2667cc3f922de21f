"""The answers that a sampling run was trained on last, token by token under the policy as it is now.

What they were sampled and trained with (old log-probs, reference, advantages, old values) is recorded with them; one
pass over a few of them gives the log-probs and values of now, and so the ratio and the clip that a further update would
meet. Left out: which answers (`engine.runtime.training.rollouts`).
"""

from collections.abc import Callable, Sequence

import torch

from engine.data.groups import Group
from engine.evaluation import token_rows
from engine.models.batches import Batches
from engine.spec import Train
from storage.records import Item, TokenRow


class NewestRollout:
    """Reads a few groups of the newest rollout."""

    def __init__(self, spec: Train, batches: Batches) -> None:
        self._spec = spec
        self._batches = batches

    @torch.no_grad()
    def run(self, groups: Sequence[tuple[Group, Item]], heartbeat: Callable[[], None]) -> list[TokenRow]:
        """The tokens of the answers, group by group; [] before the first rollout."""
        template = self._batches.policy.template
        rows: list[TokenRow] = []
        for prompt, (group, item) in enumerate(groups):
            batch = self._batches.forward([group], self._batches.shapes([group]), {})
            rows += token_rows.of_group(
                group, batch, self._spec, template, part="rollout", prompt=prompt, messages=item.messages
            )
            heartbeat()
        return rows
