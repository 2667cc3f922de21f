"""Held-out evaluation of a train run: the policy's answers to unseen prompts, and its algorithm's loss on unseen data.

Left out: each of the two (`heldout_responses`, `heldout_loss`), and when it is done (`engine.runtime.training.loop`).
"""

from collections.abc import Callable, Sequence

from engine.evaluation.heldout_loss import HeldoutLoss
from engine.evaluation.heldout_responses import HeldoutResponses, Measured, first_prompts
from engine.models.batches import Batches
from engine.rewards import Reward
from engine.spec import Train
from storage.records import Item


class Heldout:
    """What a run is measured with: the same data, prompts and random streams at every step."""

    def __init__(self, spec: Train, items: Sequence[Item], batches: Batches, reward: Reward) -> None:
        """`items`: all held-out ones that can be read; the first `evaluation.prompts` prompts of them are used.

        `reward` scores the answers sampled here.
        """
        by_prompt = first_prompts(items, spec.evaluation.prompts)
        self._loss = HeldoutLoss(spec, [item for same in by_prompt.values() for item in same], batches)
        self._answers = None
        if "scalar_head" not in spec.needs:  # it scores answers, and gives none
            self._answers = HeldoutResponses(
                batches.policy,
                reward,
                [same[0] for same in by_prompt.values()],
                max_prompt_tokens=spec.data.max_prompt_tokens,
                max_new_tokens=spec.sampling.max_new_tokens,
                system_turn=spec.data.system_turn,
            )

    def run(self, step: int, heartbeat: Callable[[], None]) -> Measured:
        """Metrics, answers and log-probs of the policy as it is; `heartbeat` is called as work goes on."""
        if self._answers is None:
            return Measured(self._loss.run(heartbeat), [], None)
        measured = self._answers.run(step, heartbeat)
        return measured._replace(metrics=measured.metrics | self._loss.run(heartbeat))
