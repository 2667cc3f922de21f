"""Whether a run learned at all: what its updates showed over all attempts, and the sentences for one that did not.

Left out: what is measured (`learner`, `rollout_metrics`), and where the sentences go (`loop`).
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.data.groups import Skip
from engine.spec import Train
from words import N_, Text

STILL = 1e-6  # between the losses of updates that did not move it

_NO_GRADIENT = N_("No update had a gradient (grad_norm 0 at every step): the model is as it was at the start.")
_LOSS_STOOD = N_(
    "The loss never moved: it was {loss} at all {count} updates. A higher optimizer.learning_rate or more different "
    "data teaches more."
)
_GROUPS_ALIKE = N_(
    "The answers to a prompt all had the same reward, in every rollout (frac_reward_zero_std 1), so nothing was "
    "learned from it. Try another reward, a higher sampling.temperature or a larger sampling.group_size."
)
_REWARDS_ALIKE = N_(
    "All sampled answers had the same reward, so nothing was learned from it. Try another reward or a higher "
    "sampling.temperature."
)
_SKIPS: dict[Skip, str] = {
    "no_room": N_("Examples were skipped {count} times because no token of an answer had room in data.max_tokens."),
    "equal": N_(
        "Examples were skipped {count} times because their answers are equal, as they are or after they were cut "
        "(data.max_tokens), and so teach nothing."
    ),
}


@dataclass
class LearningSigns:
    """Counted from step 0 over all attempts, kept by every checkpoint."""

    updates: int = 0
    first_loss: float | None = None
    loss_moved: bool = False
    had_gradient: bool = False
    had_rewards: bool = False
    groups_differed: bool = False
    rewards_differed: bool = False

    @classmethod
    def unknown(cls) -> "LearningSigns":
        """Those of a run whose first updates an older version did: nothing is claimed of it."""
        return cls(loss_moved=True, had_gradient=True, groups_differed=True, rewards_differed=True)

    def observe(self, values: Mapping[str, float]) -> None:
        """Take in the metrics of an update that changed the weights."""
        self.updates += 1
        loss = values["loss"]
        if self.first_loss is None:
            self.first_loss = loss
        self.loss_moved |= abs(loss - self.first_loss) > STILL
        self.had_gradient |= values["grad_norm"] > 0
        if "reward_std" in values:
            self.had_rewards = True
            self.rewards_differed |= values["reward_std"] > 0
            self.groups_differed |= values.get("frac_reward_zero_std", 0.0) < 1

    def sentences(self, spec: Train) -> Iterator[Text]:
        """What is to be said of the run that ended: nothing, where it learned."""
        if not self.updates:
            return
        compares_groups = "value" not in spec.needs  # a critic compares the answers to different prompts too
        if self.had_rewards and compares_groups and not self.groups_differed:
            yield _GROUPS_ALIKE, {}
        elif self.had_rewards and not self.rewards_differed:
            yield _REWARDS_ALIKE, {}
        if not self.had_gradient:
            yield _NO_GRADIENT, {}
        elif spec.batch != "trajectories" and self.updates > 1 and not self.loss_moved:
            yield _LOSS_STOOD, {"loss": f"{self.first_loss:.4f}", "count": self.updates}


def skip_sentences(skips: Mapping[Skip, int]) -> Iterator[Text]:
    """How often examples were passed over, by why; prompts that were refused are noted as a run begins."""
    for reason, count in skips.items():
        if count and reason in _SKIPS:
            yield _SKIPS[reason], {"count": count}


def nonfinite_keys(values: Mapping[str, float]) -> list[str]:
    """The metrics that are NaN or infinite."""
    return [key for key, value in values.items() if not math.isfinite(value)]
