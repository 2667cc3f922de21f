"""The algorithms a run file can name: each one's own settings, what it needs and which metrics it reports.

The maths is in the file of the same name in `engine.algorithms`; settings stand apart from it so that forms and the
command line know them without torch (ADR 0002). A new algorithm is one class here, joined to `ALGORITHMS`, or one in
`policy_gradients`, joined to `POLICY_GRADIENTS`.
"""

import math
from collections.abc import Iterator
from typing import Any, ClassVar, Literal, Self

from pydantic import model_validator

from engine.spec.fields import Real, setting
from engine.spec.policy_gradients import POLICY_GRADIENTS
from engine.spec.problems import mistake
from engine.spec.train import Need, Train
from words import N_, Text

BETA_HELP = N_("How strongly the model is held to its reference: large stays near it, small moves far.")


class SFT(Train):
    """Supervised fine-tuning."""

    title = N_("SFT")
    family = "sft"
    shape = "bar"
    formula = "−log π(y | x)"
    sentence = N_("Imitates the answers of the dataset. The usual first step before any preference method.")
    source = ""
    data_kinds = ("demonstrations", "pairs", "groups")
    batch = "texts"
    metrics = ("mean_token_accuracy", "entropy")

    algorithm: Literal["sft"] = setting("sft", N_("Algorithm"), N_("How it learns."))


class DPO(Train):
    """Direct preference optimization (arXiv:2305.18290)."""

    title = N_("DPO")
    family = "dpo"
    shape = "diamond"
    formula = "−log σ(β (ρ(y⁺) − ρ(y⁻)))"
    sentence = N_("Learns from which answer people preferred. Needs no reward model and no sampling.")
    source = "arXiv:2305.18290"
    data_kinds = ("pairs", "groups")
    batch = "pairs"
    sources = ("frozen", "sampled")
    metrics = (
        "rewards/chosen",
        "rewards/rejected",
        "rewards/margins",
        "rewards/accuracies",
        "logps/chosen",
        "logps/rejected",
    )

    algorithm: Literal["dpo"] = setting("dpo", N_("Algorithm"), N_("How it learns."))
    beta: Real = setting(
        0.1,
        N_("β, tie to the reference"),
        BETA_HELP,
        gt=0,
        le=100,
        suggested=(0.05, 0.1, 0.2, 0.5),
    )
    variant: Literal["sigmoid", "ipo", "hinge", "robust"] = setting(
        "sigmoid",
        N_("Loss"),
        N_(
            "sigmoid is the published loss; ipo (arXiv:2310.12036) aims at a fixed margin; hinge stops at a margin of "
            "1/β; robust (arXiv:2403.00409) allows for flipped preferences."
        ),
        labels={"sigmoid": "sigmoid", "ipo": "ipo", "hinge": "hinge", "robust": "robust"},
    )
    label_smoothing: Real = setting(
        0.0, N_("Flipped preferences"), N_("Share of preferences believed to be wrong; used by robust."), ge=0, lt=0.5
    )
    sft_weight: Real = setting(
        0.0,
        N_("SFT weight"),
        N_(
            "How much it also imitates the better answers (arXiv:2404.19733), so that they do not become unlikely "
            "together with the worse ones. 0 is the published loss; with more, it may fall below 0."
        ),
        ge=0,
        le=10,
        suggested=(0.0, 0.5, 1.0, 2.0),
    )
    pairs: Literal["best_worst", "all"] = setting(
        "best_worst",
        N_("Pairs of a group"),
        N_("Which pairs a group of scored answers gives: its best against its worst, or all with unequal scores."),
        labels={"best_worst": N_("best against worst"), "all": N_("all")},
    )

    @model_validator(mode="after")
    def _smoothing_is_used(self) -> Self:
        if self.label_smoothing > 0 and self.variant != "robust":
            raise mistake(
                N_("label_smoothing is used by the variant robust only: set variant: robust, or leave it at 0.")
            )
        return self

    def inert(self, data_kind: str | None) -> Iterator[tuple[str, Text]]:
        yield from super().inert(data_kind)
        if self.variant != "robust":
            yield "label_smoothing", (N_("Only the loss robust uses it."), {})
        if self.data.source == "sampled" and self.sampling.group_size == 2:
            yield "pairs", (N_("Two answers to a prompt make one pair."), {})
        elif self.trains_on_stored_pairs(data_kind):
            yield "pairs", (N_("The dataset holds pairs, not groups of scored answers."), {})

    @property
    def needs(self) -> frozenset[Need]:
        return frozenset({"reference"})

    @property
    def whole_groups(self) -> bool:
        return self.pairs == "all"

    @property
    def undecided_loss(self) -> float | None:
        if self.sft_weight:
            return None  # the loss of imitation is added to it
        return {"ipo": 1 / (2 * self.beta) ** 2, "hinge": 1.0}.get(self.variant, math.log(2))


class Reward(Train):
    """A reward model (arXiv:2203.02155)."""

    title = N_("Reward model")
    family = "reward"
    shape = "cross"
    formula = "−log σ(r(x, y⁺) − r(x, y⁻))"
    sentence = N_("Learns to score answers as people preferred them. Its score can then train the other methods.")
    source = "arXiv:2203.02155"
    data_kinds = ("pairs", "groups")
    batch = "pairs"
    metrics = ("accuracy", "margin", "min_reward", "mean_reward", "max_reward")
    defaults: ClassVar[dict[str, Any]] = {"checkpoint.keep_best": "eval/accuracy"}

    algorithm: Literal["reward"] = setting("reward", N_("Algorithm"), N_("How it learns."))
    margin: Real = setting(
        0.0,
        N_("Margin"),
        N_(
            "How far apart the scores of a pair should lie, times the strength of the preference (arXiv:2307.09288); "
            "0 leaves it out."
        ),
        ge=0,
        le=10,
    )

    @property
    def needs(self) -> frozenset[Need]:
        return frozenset({"scalar_head"})

    @property
    def undecided_loss(self) -> float | None:
        return None if self.margin else math.log(2)  # a margin differs from pair to pair


class ArticleForm(Train):
    """What both of the article's forms have: a preference loss over pairs of a scored group."""

    source = ""
    data_kinds = ("pairs", "groups", "prompts")
    batch = "groups"
    sources = ("frozen", "sampled")
    metrics = ("pairs/used", "pairs/skipped", "rewards/margins", "rewards/accuracies")

    beta: Real = setting(0.1, N_("β, tie to the reference"), BETA_HELP, gt=0, le=100, suggested=(0.1, 0.2, 0.3))

    @property
    def needs(self) -> frozenset[Need]:
        return frozenset({"reference"})

    @property
    def undecided_loss(self) -> float | None:
        return math.log(2)


class GRPOPairwise(ArticleForm):
    """The article's GRPO: over all pairs of a group."""

    title = N_("GRPO, pairwise")
    family = "grpo"
    shape = "circle"
    dashed = True
    formula = "−log σ(β (ρᵢ − ρⱼ)) for all rᵢ > rⱼ"
    sentence = N_("The article's form of GRPO: every better answer of a group against every worse one.")

    algorithm: Literal["grpo_pairwise"] = setting("grpo_pairwise", N_("Algorithm"), N_("How it learns."))


class GSPOSelective(ArticleForm):
    """The article's GSPO: over pairs whose rewards differ clearly."""

    title = N_("GSPO, selective")
    family = "gspo"
    shape = "square"
    dashed = True
    formula = "−log σ(β (ρᵢ − ρⱼ)) for |rᵢ − rⱼ| > τ"
    sentence = N_("The article's form of GSPO: only pairs whose rewards differ by more than τ.")

    algorithm: Literal["gspo_selective"] = setting("gspo_selective", N_("Algorithm"), N_("How it learns."))
    tau: Real = setting(
        0.2,
        N_("Threshold τ"),
        N_("Pairs whose rewards differ by less teach nothing."),
        ge=0,
        suggested=(0.1, 0.2, 0.3, 0.5),
    )

    def inert(self, data_kind: str | None) -> Iterator[tuple[str, Text]]:
        yield from super().inert(data_kind)
        if self.trains_on_stored_pairs(data_kind) and self.tau < 1:
            yield "tau", (N_("A pair of the dataset counts as scores 1 and 0, so any threshold below 1 takes it."), {})

    @property
    def least_difference(self) -> float:
        return self.tau


class KTO(Train):
    """Kahneman-Tversky optimization (arXiv:2402.01306)."""

    title = N_("KTO")
    family = "dpo"
    shape = "circle-open"
    formula = "1 − σ(±β (ρ − z))"
    sentence = N_("Learns from answers that are good or bad, each by itself: thumbs up and down are enough.")
    source = "arXiv:2402.01306"
    data_kinds = ("unpaired", "pairs")
    batch = "texts"
    labelled = True
    metrics = ("rewards/chosen", "rewards/rejected", "logps/chosen", "logps/rejected", "objective/kl")

    algorithm: Literal["kto"] = setting("kto", N_("Algorithm"), N_("How it learns."))
    beta: Real = setting(0.1, N_("β, tie to the reference"), BETA_HELP, gt=0, le=100, suggested=(0.05, 0.1, 0.2, 0.5))
    desirable_weight: Real = setting(
        1.0,
        N_("Weight of good answers"),
        N_("Raise it where the data holds far fewer good answers than bad."),
        gt=0,
        le=100,
    )
    undesirable_weight: Real = setting(
        1.0,
        N_("Weight of bad answers"),
        N_("Raise it where the data holds far fewer bad answers than good."),
        gt=0,
        le=100,
    )

    @model_validator(mode="after")
    def _answers_to_other_prompts(self) -> Self:
        if self.optimizer.batch_size < 2:
            raise mistake(
                N_("kto compares a batch with answers to its other prompts: set optimizer.batch_size to 2 or more.")
            )
        return self

    @property
    def needs(self) -> frozenset[Need]:
        return frozenset({"reference", "kto_baseline"})


_CLASSES: tuple[type[Train], ...] = (SFT, Reward, DPO, *POLICY_GRADIENTS, GRPOPairwise, GSPOSelective, KTO)

ALGORITHMS: dict[str, type[Train]] = {cls.model_fields["algorithm"].default: cls for cls in _CLASSES}
