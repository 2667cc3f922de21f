"""Held-out evaluation of a train run: the policy's answers to unseen prompts, and its algorithm's loss on unseen data.

It hands on what tokens were worth in these, and in a few answers that were trained on last. Left out: each of the three
(`heldout_responses`, `heldout_loss`, `newest`), the end evaluation (`end_evaluation`), and when they are done
(`engine.runtime.training.loop`).
"""

from collections.abc import Callable, Sequence

from engine.data import held_out_prompts
from engine.data.groups import Group
from engine.evaluation.answer_figures import Figures
from engine.evaluation.heldout_loss import HeldoutLoss
from engine.evaluation.heldout_responses import Asking, HeldoutResponses, Measured
from engine.evaluation.newest import NewestRollout
from engine.models.batches import Batches
from engine.rewards import Reward
from engine.spec import Train
from storage.records import Item


def asking(spec: Train, batches: Batches, reward: Reward) -> Asking:
    """How the run's policy is asked; `reward` scores its answers."""
    return Asking(
        batches.policy,
        reward,
        max_prompt_tokens=spec.data.max_prompt_tokens,
        max_new_tokens=spec.sampling.max_new_tokens,
        system_turn=spec.data.system_turn,
    )


class Heldout:
    """What a run is measured with: the same data, prompts and random streams at every step."""

    def __init__(self, spec: Train, items: Sequence[Item], batches: Batches, reward: Reward) -> None:
        """`items`: all held-out ones that can be read; the first `evaluation.prompts` prompts of them are used.

        `reward` scores the answers sampled here.
        """
        prompts = held_out_prompts.first(held_out_prompts.by_prompt(items), spec.evaluation.prompts)
        self.prompts = len(prompts)
        self._newest = NewestRollout(spec, batches)
        self._loss = HeldoutLoss(spec, [item for same in prompts.values() for item in same], batches)
        self._answers = None
        if "scalar_head" not in spec.needs:  # it scores answers, and gives none
            self._answers = HeldoutResponses(asking(spec, batches, reward), [same[0] for same in prompts.values()])

    def run(self, step: int, heartbeat: Callable[[], None], trained: Sequence[tuple[Group, Item]] = ()) -> Measured:
        """Metrics, answers and values of tokens under the policy as it is; `heartbeat` is called as work goes on.

        `trained` are groups that the newest updates were made of, where the policy sampled them.
        """
        answers = Measured(Figures(), [], []) if self._answers is None else self._answers.run(step, heartbeat)
        figures, pairs = self._loss.run(heartbeat)
        newest = self._newest.run(trained, heartbeat)
        return Measured(answers.figures | figures, answers.samples, [*answers.tokens, *pairs, *newest])
