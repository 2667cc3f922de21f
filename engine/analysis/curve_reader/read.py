"""All patterns of a run."""

from engine.analysis.curve_reader import every_run, policies, preferences
from engine.analysis.curve_reader.curve import Finding, RunCurves

PATTERNS = (
    every_run.exploding_gradient,
    policies.reward_without_the_rest,
    policies.kl_runaway,
    policies.entropy_collapse,
    preferences.loss_stuck,
    preferences.both_fall,
    preferences.pairs_skipped,
    policies.groups_without_spread,
    policies.much_clipping,
    every_run.many_answers_cut,
    every_run.length_drift,
)
"""What threatens a run first, then what makes it slow or its figures doubtful."""

READ_IN_TRAINING = (
    "loss",
    "grad_norm",
    "entropy",
    "logps/chosen",
    "logps/rejected",
    "rewards/margins",
    "pairs/used",
    "pairs/skipped",
    "frac_reward_zero_std",
    "clip_ratio/region_mean",
    "completions/clipped_ratio",
)


def is_read(key: str) -> bool:
    """Whether a pattern looks at this metric."""
    return key in READ_IN_TRAINING or key.startswith("eval/")


def findings(run: RunCurves) -> list[Finding]:
    """What is found in a run's curves, the gravest first."""
    return [finding for pattern in PATTERNS if (finding := pattern(run)) is not None]
