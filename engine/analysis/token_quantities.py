"""What can be shown of each token of a response, derived from the values that evaluations keep.

Axis: T tokens of one response. A quantity exists where the values that it needs do, so one list serves all methods.
Left out: how the values came about (`engine.evaluation`), and how they are drawn.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from words import N_

Array = npt.NDArray[np.float32]
Values = Mapping[str, Array]


@dataclass(frozen=True)
class Quantity:
    """One number a token: its name, what it is called, how to read it, and from which value colours begin.

    `sums`: its sum over a response has a meaning, else its mean has. `on_samples`: it is an estimate that holds on
    answers of the policy itself.
    """

    name: str
    title: str
    help: str
    needs: tuple[str, ...]
    compute: Callable[..., Array]
    scale: Literal["diverging", "positive", "flag"] = "diverging"
    neutral: float = 0.0
    sums: bool = False
    on_samples: bool = False


def _k3(logps: Array, reference: Array) -> Array:
    """exp(-x) - 1 + x with x = logps - reference: Schulman's k3, as `engine.maths.surrogates.kl_k3`."""
    log_ratio = (logps - reference).astype(np.float64)
    with np.errstate(over="ignore"):
        return np.asarray(np.expm1(-log_ratio) + log_ratio, np.float32)


QUANTITIES = (
    Quantity(
        "log_ratio",
        N_("Log-ratio"),
        N_(
            "log π − log ref of the token, in nats. Above 0 training made it likelier where it stands. Its sum over "
            "an answer is ρ, which preference losses compare. It says what changed, not why, nor which token is good."
        ),
        ("logps", "reference"),
        np.subtract,
        sums=True,
    ),
    Quantity(
        "advantage",
        N_("Advantage"),
        N_(
            "What the update pushed with: above 0 the token was made likelier, below 0 less likely. Methods that judge "
            "whole answers have one value on all tokens of an answer; ppo has one a token."
        ),
        ("advantages",),
        np.copy,
    ),
    Quantity(
        "value",
        N_("Critic value"),
        N_("The reward that the critic expects of the answer, read off before the token is known."),
        ("values",),
        np.copy,
    ),
    Quantity(
        "return",
        N_("Return"),
        N_("What the critic was taught to say here: advantage before whitening plus the value at sampling."),
        ("returns",),
        np.copy,
    ),
    Quantity(
        "ratio",
        N_("Ratio"),
        N_(
            "π now / π when the answer was sampled, after the updates made with it so far. gspo and rloo have one "
            "ratio for a whole answer."
        ),
        ("ratio",),
        np.copy,
        neutral=1.0,
    ),
    Quantity(
        "clip",
        N_("Clip"),
        N_(
            "Where a further update would no longer push: ▲ a token of a good answer that has become likely enough, ▼ "
            "one of a bad answer that has become unlikely enough."
        ),
        ("clip",),
        np.copy,
        scale="flag",
    ),
    Quantity(
        "exact_kl",
        N_("KL"),
        N_(
            "KL(π ‖ ref) of the next token where this one stands, in nats: a sum over the vocabulary, whatever was "
            "drawn. Its sum over an answer is what the KL to the reference is the mean of."
        ),
        ("exact_kl",),
        np.copy,
        scale="positive",
        sums=True,
    ),
    Quantity(
        "kl",
        N_("KL, estimated"),
        N_(
            "k3 = exp(−x) − 1 + x of the log-ratio x: an estimate of KL(π ‖ ref) from the token that was drawn. Only "
            "its mean over many tokens is the KL."
        ),
        ("logps", "reference"),
        _k3,
        scale="positive",
        sums=True,
        on_samples=True,
    ),
    Quantity(
        "surprise",
        N_("Surprise"),
        N_("−log π of the token, in nats: 0 where the policy was sure of it, 0.69 where it gave it one half."),
        ("logps",),
        np.negative,
        scale="positive",
        sums=True,
    ),
    Quantity(
        "entropy",
        N_("Entropy"),
        N_("Entropy of the policy's distribution here, in nats: how open the choice was, whatever was chosen."),
        ("entropy",),
        np.copy,
        scale="positive",
    ),
    Quantity(
        "score",
        N_("Score"),
        N_("A reward model scores a whole answer, at its last token. It has no value on the others."),
        ("score",),
        np.copy,
        sums=True,
    ),
)
"""In the order in which a reader is offered them: the first that exists is shown first."""


def derived(values: Values, *, sampled: bool) -> dict[str, Array]:
    """Every quantity that these values of one response give, by name: (T,) each. `sampled`: the policy's own answer.

    >>> values = {"logps": np.log(np.float32([0.5])), "reference": np.log(np.float32([0.25]))}
    >>> {name: round(float(array[0]), 3) for name, array in derived(values, sampled=False).items()}
    {'log_ratio': 0.693, 'surprise': 0.693}
    """
    return {
        quantity.name: quantity.compute(*(values[name] for name in quantity.needs))
        for quantity in QUANTITIES
        if all(name in values for name in quantity.needs) and (sampled or not quantity.on_samples)
    }


def total(values: Array) -> float | None:
    """The sum over the tokens that have a value; None where none has."""
    numbers = values[np.isfinite(values)].astype(np.float64)
    return float(numbers.sum()) if len(numbers) else None


def mean(values: Array) -> float | None:
    """The mean over the tokens that have a value; None where none has."""
    numbers = values[np.isfinite(values)].astype(np.float64)
    return float(numbers.mean()) if len(numbers) else None
