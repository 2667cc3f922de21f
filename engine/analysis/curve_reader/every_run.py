"""Patterns that any run may show: gradients that explode, answers that are cut, lengths that drift."""

import numpy as np

from engine.analysis.curve_reader.curve import Finding, RunCurves
from words import N_

EXPLOSION = 10.0  # times the usual gradient
LASTING = 3  # updates in a row: one batch with a large gradient is clipped and forgotten
MOST_CUT = 0.3
MORE_CUT = 0.1  # than at the start: a limit that was short from the first is the person's own choice
DRIFT = 2.0
FEWEST_TOKENS = 4.0


def exploding_gradient(run: RunCurves) -> Finding | None:
    """The gradient is ten times what it was before, for several updates in a row."""
    gradient = run.curve("grad_norm")
    if not run.enough("grad_norm"):
        return None
    usual = float(np.median(gradient.values[: len(gradient) // 2]))
    large = gradient.late.values > EXPLOSION * usual
    lasting = np.convolve(large, np.ones(LASTING), "valid") >= LASTING
    if usual <= 0 or not lasting.any():
        return None
    first = int(np.argmax(lasting))
    return Finding(
        "exploding_gradient",
        N_("The gradient explodes"),
        (
            N_("From step {step} on it is over {factor} times its usual {usual}."),
            {"step": f"{gradient.late.steps[first]:,}", "factor": f"{EXPLOSION:.0f}", "usual": f"{usual:.3g}"},
        ),
        N_("Lower the learning rate, lengthen the warm-up, or clip the gradient at a smaller norm."),
        ("grad_norm",),
    )


def many_answers_cut(run: RunCurves) -> Finding | None:
    """More and more answers reach the longest length without an end."""
    for key in ("eval/clipped_ratio", "completions/clipped_ratio"):
        share = run.curve(key)
        if run.enough(key) and share.end > MOST_CUT and share.end - share.start > MORE_CUT:
            return Finding(
                "many_answers_cut",
                N_("Many answers are cut off"),
                (
                    N_("{end} of the answers reach the longest length without an end; at the start it was {start}."),
                    {"end": f"{share.end:.0%}", "start": f"{share.start:.0%}"},
                ),
                N_("Allow longer answers, or look whether the reward pays for length."),
                (key,),
            )
    return None


def length_drift(run: RunCurves) -> Finding | None:
    """Answers have become twice or half as long."""
    length = run.curve("eval/length")
    if not run.enough("eval/length") or length.start < FEWEST_TOKENS:
        return None
    if 1 / DRIFT < length.end / length.start < DRIFT:
        return None
    return Finding(
        "length_drift",
        N_("Answers change their length"),
        (
            N_("Their mean length went from {start} to {end} tokens."),
            {"start": f"{length.start:.0f}", "end": f"{length.end:.0f}"},
        ),
        N_("Look whether the preferred answers are longer in the data, and judge the samples at equal length."),
        ("eval/length",),
    )
