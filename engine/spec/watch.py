"""Rules of a run file that stop or pause the run by its metrics: each kind a block with its own settings.

Left out: following the metrics (`engine.runtime.training.watching`), and which of them a run reports (`reported`).
"""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal, get_args

from pydantic import BeforeValidator, Field, field_validator

from engine.spec.fields import Real, Settings, Whole, kind_of, setting
from engine.spec.metrics import metric
from engine.spec.problems import mistake
from words import N_

KIND = N_("Watch for")
METRIC = N_("Metric")
ABOVE = N_("Above")


class Rule(Settings):
    """What a run is watched for, and what is done then. Subclasses set `kind`."""

    field_order: ClassVar[tuple[str, ...]] = ("kind", "metric", "above", "for_", "for", "patience", "min_delta", "do")

    sentence: ClassVar[str]  # what it does, with {do} and the values of its settings; {count} says of what

    kind: str
    do: Literal["stop", "pause"] = setting(
        "stop",
        N_("Then"),
        N_("stop saves and ends the run; pause saves and lets a person decide whether it goes on."),
        labels={"stop": N_("stop the run"), "pause": N_("pause the run")},
    )

    @property
    @abstractmethod
    def watched(self) -> tuple[str, ...]:
        """The metrics that it looks at."""

    @property
    def choices(self) -> Sequence[str]:
        """The metrics that it could look at instead; none where it may be any held-out metric."""
        return ()

    @property
    def planned(self) -> bool:
        """Whether a run that it stops has come to its end, as at the end of its budget."""
        return False


class NonFinite(Rule):
    """A loss or a gradient that is NaN or infinite."""

    sentence = N_("When loss or gradient is not a finite number: {do}")

    kind: Literal["nan"] = setting(
        "nan",
        KIND,
        N_("nan: a loss or gradient that is not a finite number. Without it, three such updates in a row end the run."),
        labels={"nan": N_("NaN or infinity")},
    )

    @property
    def watched(self) -> tuple[str, ...]:
        return ("loss", "grad_norm")


class Bound(Rule):
    """A metric that stays above a bound."""

    sentence = N_("When {metric} is above {above}, {count} in a row: {do}")

    metric: str
    above: float
    for_: Whole = setting(
        2,
        N_("In a row"),
        N_("How many values in a row must be above it: updates or evaluations, as the metric has them."),
        alias="for",
        ge=1,
        unit=N_("values"),
    )

    @property
    def watched(self) -> tuple[str, ...]:
        return (self.metric,)

    @property
    def choices(self) -> Sequence[str]:
        return get_args(type(self).model_fields["metric"].annotation)


class KL(Bound):
    """A policy that leaves its reference."""

    kind: Literal["kl"] = setting(
        "kl",
        KIND,
        N_("kl: a distance from the reference that stays above a bound."),
        labels={"kl": N_("KL to the reference")},
    )
    metric: Literal["eval/kl", "kl", "objective/kl"] = setting(
        "eval/kl",
        METRIC,
        N_(
            "eval/kl is of held-out answers, in nats an answer; kl and objective/kl are of the answers in training, in "
            "nats a token and an answer, where the method has them."
        ),
        labels={
            "eval/kl": N_("held out, nats an answer"),
            "kl": N_("in training, nats a token"),
            "objective/kl": N_("in training, nats an answer"),
        },
    )
    above: Real = setting(40.0, ABOVE, N_("The bound, in the metric's unit."), gt=0, suggested=(10.0, 20.0, 40.0))


class Truncation(Bound):
    """Answers that reach the longest length without an end."""

    kind: Literal["truncation"] = setting(
        "truncation",
        KIND,
        N_("truncation: a share of answers without an end that stays above a bound."),
        labels={"truncation": N_("Answers that are cut")},
    )
    metric: Literal["eval/clipped_ratio", "completions/clipped_ratio"] = setting(
        "eval/clipped_ratio",
        METRIC,
        N_("eval/clipped_ratio is of held-out answers; completions/clipped_ratio of the answers sampled in training."),
        labels={"eval/clipped_ratio": N_("held out"), "completions/clipped_ratio": N_("in training")},
    )
    above: Real = setting(
        0.3, ABOVE, N_("The bound, as a share of the answers."), ge=0, lt=1, suggested=(0.2, 0.3, 0.5)
    )


class Plateau(Rule):
    """Early stopping: a held-out metric that has stopped to improve."""

    sentence = N_("When {metric} gains no more than {min_delta} in {count}: {do}")

    kind: Literal["plateau"] = setting(
        "plateau",
        KIND,
        N_("plateau: early stopping, by a held-out metric that improves no more. A run that it stops has succeeded."),
        labels={"plateau": N_("No more progress")},
    )
    metric: str = setting("eval/reward", METRIC, N_("A held-out metric; its declaration says which side is better."))
    patience: Whole = setting(
        4, N_("Patience"), N_("So many evaluations in a row without progress."), ge=1, unit=N_("evaluations")
    )
    min_delta: Real = setting(
        0.005, N_("Least progress"), N_("A gain over the best value that is no more than this counts as none."), ge=0
    )

    @field_validator("metric")
    @classmethod
    def _has_a_better_side(cls, value: str) -> str:
        try:
            declared = metric(value)
        except KeyError:
            raise mistake(N_("{path}: there is no metric {value}."), value=value) from None
        if declared.section != "held_out" or declared.better is None:
            text = N_("{path} must be a held-out metric that has a better side, such as eval/reward, not {value}.")
            raise mistake(text, value=value)
        return value

    @property
    def watched(self) -> tuple[str, ...]:
        return (self.metric,)

    @property
    def planned(self) -> bool:
        return True


def _block(entry: Any) -> Any:
    """A rule with nothing to add can be written as its kind alone."""
    if isinstance(entry, str):
        return {"kind": entry}
    if isinstance(entry, dict) and "kind" not in entry:
        raise mistake(N_("{path} must say its kind: one of {kinds}."), kinds=", ".join(map(kind_of, get_args(Joined))))
    return entry


Joined = NonFinite | KL | Truncation | Plateau
Rules = list[Annotated[Joined, Field(discriminator="kind"), BeforeValidator(_block)]]
RULES: dict[str, type[Rule]] = {kind_of(rule): rule for rule in get_args(Joined)}
"""The rules by kind."""
