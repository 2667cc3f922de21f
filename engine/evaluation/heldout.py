"""Held-out evaluation of a train run: the policy's answers to unseen prompts, and its algorithm's loss on unseen data.

It hands on what tokens were worth in these, and in a few answers that were trained on last. Left out: each of the three
(`heldout_responses`, `heldout_loss`, `newest`), and when it is done (`engine.runtime.training.loop`).
"""

from collections.abc import Callable, Sequence

from engine.data.groups import Group
from engine.evaluation.heldout_loss import HeldoutLoss
from engine.evaluation.heldout_responses import HeldoutResponses, Measured, first_prompts
from engine.evaluation.newest import NewestRollout
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
        self._newest = NewestRollout(spec, batches)
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

    def run(self, step: int, heartbeat: Callable[[], None], trained: Sequence[tuple[Group, Item]] = ()) -> Measured:
        """Metrics, answers and values of tokens under the policy as it is; `heartbeat` is called as work goes on.

        `trained` are groups that the newest updates were made of, where the policy sampled them.
        """
        answers = Measured({}, [], []) if self._answers is None else self._answers.run(step, heartbeat)
        metrics, pairs = self._loss.run(heartbeat)
        newest = self._newest.run(trained, heartbeat)
        return Measured(answers.metrics | metrics, answers.samples, [*answers.tokens, *pairs, *newest])
