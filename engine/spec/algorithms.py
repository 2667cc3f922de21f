"""The algorithms a run file can name: each one's own settings, what it needs and which metrics it reports.

The maths is in the file of the same name in `engine.algorithms`; settings stand apart from it so that forms and the
command line know them without torch (ADR 0002). A new algorithm is one class here, joined to `ALGORITHMS`.
"""

from typing import ClassVar, Literal, Self

from pydantic import model_validator

from engine.spec.fields import Real, setting
from engine.spec.problems import mistake
from engine.spec.run import Need, Train
from engine.spec.text import N_


class SFT(Train):
    """Supervised fine-tuning."""

    title = N_("SFT")
    family = "sft"
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
    formula = "−log σ(β (ρ(y⁺) − ρ(y⁻)))"
    sentence = N_("Learns from which answer people preferred. Needs no reward model and no sampling.")
    source = "arXiv:2305.18290"
    data_kinds = ("pairs", "groups")
    batch = "pairs"
    needs: ClassVar[frozenset[Need]] = frozenset({"reference"})
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
        N_("How strongly the model is held to its reference: large stays near it, small moves far."),
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


ALGORITHMS: dict[str, type[Train]] = {cls.model_fields["algorithm"].default: cls for cls in (SFT, DPO)}
