"""The algorithms that learn from answers they sample: their settings, needs and metrics.

The others stand in `algorithms`, which lists all of them. Left out: how answers are sampled (`blocks.Sampling`).
"""

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from engine.spec.fields import Real, Whole, setting
from engine.spec.train import Need, Train
from words import N_, Text

CLIP_HELP = N_("How far an update may move the probability of what was sampled before it gains nothing more.")
KL_HELP = N_("What moving away from the reference costs. More is safer and slower.")

NOT_MOVED = N_("With 1 epoch and 1 minibatch a rollout gives one update, at which nothing is clipped yet.")

PROMPTS = ("prompts", "pairs", "groups", "unpaired", "demonstrations")
RATIOS = ("clip_ratio/low_mean", "clip_ratio/high_mean", "clip_ratio/region_mean", "ratio/mean", "ratio/max")


class Clipped(Train):
    """What the methods share that clip the ratio of the policy to the one that sampled."""

    clips: ClassVar[tuple[str, ...]] = ("epsilon", "epsilon_high")  # the settings that say where

    def inert(self, data_kind: str | None) -> Iterator[tuple[str, Text]]:
        yield from super().inert(data_kind)
        if not self.reuses_rollouts:
            yield from ((name, (NOT_MOVED, {})) for name in self.clips)


def _needs_of_groups(kl_coefficient: float) -> frozenset[Need]:
    """Of answers compared within their group: a reward, and a reference unless the KL weighs nothing."""
    return frozenset({"reward", "reference"} if kl_coefficient else {"reward"})


class PPO(Clipped):
    """Proximal policy optimization (arXiv:1707.06347), in its form for language models (arXiv:2203.02155)."""

    title = N_("PPO")
    family = "ppo"
    shape = "triangle-up"
    formula = "min(w A, clip(w) A), GAE"
    sentence = N_("Policy gradient with a critic that says what each token was worth: the classic RLHF step.")
    source = "arXiv:1707.06347"
    data_kinds = PROMPTS
    batch = "trajectories"
    sources = ("sampled",)
    fixed_in_forks = (*Train.fixed_in_forks, "value_trunk")
    carried = ("kl_coefficient",)
    metrics = (*RATIOS, "loss/policy_avg", "loss/value_avg", "val/clipfrac_avg")
    rollout_metrics = ("value/explained_variance", "objective/kl", "kl_coefficient")
    clips = ("epsilon", "value_epsilon")
    defaults: ClassVar[dict[str, Any]] = {"data.source": "sampled", "sampling.group_size": 1}
    suggested: ClassVar[dict[str, tuple[Any, ...]]] = {"optimizer.batch_size": (16, 32, 64)}

    algorithm: Literal["ppo"] = setting("ppo", N_("Algorithm"), N_("How it learns."))
    epsilon: Real = setting(0.2, N_("Clip ε"), CLIP_HELP, gt=0, lt=1, suggested=(0.1, 0.2, 0.3))
    gamma: Real = setting(
        1.0, N_("Discount γ"), N_("How much a later reward counts now."), gt=0, le=1, suggested=(0.99, 1.0)
    )
    gae_lambda: Real = setting(
        0.95, N_("GAE λ"), N_("1 trusts the sampled rewards, 0 the critic."), ge=0, le=1, suggested=(0.9, 0.95, 1.0)
    )
    value_coefficient: Real = setting(
        0.1, N_("Weight of the value loss"), N_("How much the critic's error counts."), ge=0, le=10
    )
    value_epsilon: Real = setting(
        0.2, N_("Value clip"), N_("How far the critic may move from its old estimate in one rollout."), gt=0, le=10
    )
    value_trunk: Literal["shared", "own"] = setting(
        "shared",
        N_("Critic"),
        N_(
            "A head on the policy itself, or on a copy of the model that learns apart from it and takes as much memory."
        ),
        labels={"shared": N_("head on the policy"), "own": N_("own copy")},
    )
    value_rate: Real = setting(
        1.0,
        N_("Critic's learning rate"),
        N_("Times the policy's. A critic starts from the mean score alone: at small learning rates it needs more."),
        gt=0,
        le=1000,
        suggested=(1.0, 3.0, 10.0),
    )
    kl_coefficient: Real = setting(0.05, N_("KL weight"), KL_HELP, ge=0, le=10, suggested=(0.02, 0.05, 0.1))
    kl_target: Annotated[Real, Field(gt=0)] | None = setting(
        None, N_("KL target"), N_("Moves the KL weight so that an answer stays this far away; null keeps it fixed.")
    )
    kl_horizon: Whole = setting(
        10_000, N_("KL horizon"), N_("Answers over which the KL weight moves to its target."), ge=1
    )

    def inert(self, data_kind: str | None) -> Iterator[tuple[str, Text]]:
        if not self.value_coefficient:
            unlearned: Text = (N_("The weight of the value loss is 0, so the critic does not learn."), {})
            yield "value_epsilon", unlearned
            if not self.optimizer.weight_decay:
                yield "value_rate", unlearned
        if not self.kl_coefficient:
            weightless: Text = (N_("The KL weight is 0, and stays 0 whatever it is multiplied with."), {})
            yield from (("kl_target", weightless), ("kl_horizon", weightless))
        elif self.kl_target is None:
            yield "kl_horizon", (N_("Without a KL target the KL weight does not move."), {})
        yield from super().inert(data_kind)

    @property
    def head(self) -> Literal["shared", "own"]:
        return self.value_trunk

    @property
    def head_rate(self) -> float:
        return self.value_rate

    @property
    def needs(self) -> frozenset[Need]:
        return frozenset({"reference", "reward", "value"})


class GRPO(Clipped):
    """Group relative policy optimization (arXiv:2402.03300)."""

    title = N_("GRPO")
    family = "grpo"
    shape = "circle"
    formula = "min(w Â, clip(w) Â), Â = (r − mean) / std"
    sentence = N_("Compares the answers to one prompt with each other; needs no critic.")
    source = "arXiv:2402.03300"
    data_kinds = PROMPTS
    batch = "trajectories"
    sources = ("sampled",)
    metrics = (*RATIOS, "kl")
    defaults: ClassVar[dict[str, Any]] = {"data.source": "sampled"}

    algorithm: Literal["grpo"] = setting("grpo", N_("Algorithm"), N_("How it learns."))
    epsilon: Real = setting(0.2, N_("Clip ε"), CLIP_HELP, gt=0, lt=1, suggested=(0.1, 0.2, 0.3))
    epsilon_high: Annotated[Real, Field(gt=0, lt=10)] | None = setting(
        None, N_("Upper clip"), N_("Width upwards where it differs (0.28 is DAPO's clip-higher); null takes ε.")
    )
    kl_coefficient: Real = setting(0.04, N_("KL weight"), KL_HELP, ge=0, le=10, suggested=(0.0, 0.02, 0.04))
    scale: bool = setting(
        True,
        N_("Divide by the spread"),
        N_("Off leaves the standard deviation out of the advantage: Dr. GRPO, together with the mean over a constant."),
    )
    mean: Literal["sequence", "token", "constant"] = setting(
        "sequence",
        N_("Mean over"),
        N_(
            "sequence weighs answers alike, token weighs tokens alike (as DAPO), constant divides by the longest "
            "answer that is allowed (Dr. GRPO)."
        ),
        labels={"sequence": N_("answers"), "token": N_("tokens"), "constant": N_("a constant")},
    )

    @property
    def needs(self) -> frozenset[Need]:
        return _needs_of_groups(self.kl_coefficient)


class GSPO(Clipped):
    """Group sequence policy optimization (arXiv:2507.18071)."""

    title = N_("GSPO")
    family = "gspo"
    shape = "square"
    formula = "min(s Â, clip(s) Â), s = (π / π_old)^(1/|y|)"
    sentence = N_("GRPO with one ratio for a whole answer, clipped tightly.")
    source = "arXiv:2507.18071"
    data_kinds = PROMPTS
    batch = "trajectories"
    sources = ("sampled",)
    metrics = RATIOS
    defaults: ClassVar[dict[str, Any]] = {"data.source": "sampled", "sampling.minibatches": 4}

    algorithm: Literal["gspo"] = setting("gspo", N_("Algorithm"), N_("How it learns."))
    epsilon: Real = setting(3e-4, N_("Lower clip"), CLIP_HELP, gt=0, lt=1, suggested=(1e-4, 3e-4, 1e-3))
    epsilon_high: Real = setting(
        4e-4,
        N_("Upper clip"),
        N_("Width upwards of the ratio of an answer."),
        gt=0,
        lt=10,
        suggested=(2e-4, 4e-4, 2e-3),
    )
    kl_coefficient: Real = setting(0.0, N_("KL weight"), KL_HELP, ge=0, le=10, suggested=(0.0, 0.02, 0.04))
    scale: bool = setting(True, N_("Divide by the spread"), N_("Off leaves the standard deviation out."))
    ratio: Literal["sequence", "token"] = setting(
        "sequence",
        N_("Ratio"),
        N_("sequence is the published form; token sends the gradient through each token by itself."),
        labels={"sequence": N_("of the answer"), "token": N_("of each token")},
    )

    def inert(self, data_kind: str | None) -> Iterator[tuple[str, Text]]:
        yield from super().inert(data_kind)
        text = N_(
            "Both have the same gradient, because all tokens of an answer have one advantage here (arXiv:2507.18071, "
            "section 4.3)."
        )
        yield "ratio", (text, {})

    @property
    def needs(self) -> frozenset[Need]:
        return _needs_of_groups(self.kl_coefficient)


class RLOO(Clipped):
    """REINFORCE with a leave-one-out baseline (arXiv:2402.14740)."""

    title = N_("RLOO")
    family = "grpo"
    shape = "hexagon"
    formula = "min(w Â, clip(w) Â), Âᵢ = Rᵢ − meanⱼ≠ᵢ Rⱼ"
    sentence = N_("REINFORCE on whole answers: each is compared with the mean reward of the others.")
    source = "arXiv:2402.14740"
    data_kinds = PROMPTS
    batch = "trajectories"
    sources = ("sampled",)
    metrics = RATIOS
    rollout_metrics = ("objective/kl",)
    defaults: ClassVar[dict[str, Any]] = {"data.source": "sampled"}

    algorithm: Literal["rloo"] = setting("rloo", N_("Algorithm"), N_("How it learns."))
    epsilon: Real = setting(0.2, N_("Clip ε"), CLIP_HELP, gt=0, lt=1, suggested=(0.1, 0.2, 0.3))
    epsilon_high: Annotated[Real, Field(gt=0, lt=10)] | None = setting(
        None, N_("Upper clip"), N_("Width upwards where it differs; null takes ε.")
    )
    kl_coefficient: Real = setting(0.05, N_("KL weight"), KL_HELP, ge=0, le=10, suggested=(0.0, 0.02, 0.05))
    normalize_advantages: bool = setting(
        False,
        N_("Normalise advantages"),
        N_("On shifts and scales the advantages of a rollout to mean 0 and standard deviation 1."),
    )

    @property
    def needs(self) -> frozenset[Need]:
        return _needs_of_groups(self.kl_coefficient)


POLICY_GRADIENTS: tuple[type[Train], ...] = (PPO, GRPO, GSPO, RLOO)
