"""Patterns of policies: a reward that is gamed, a policy that runs away or falls silent, groups that teach nothing."""

from engine.analysis.curve_reader.curve import Finding, RunCurves
from words import N_

REWARD, KL = "eval/reward", "eval/kl"
LEGITIMATE = ("eval/accuracy", "eval/distinct_2")
CLEAR_RISE = 0.1  # of a mean reward between 0 and 1
FLAT = 0.02
WORSE = 0.25  # of its value at the start: what a legitimate figure has to lose
MOST_KL = 40.0  # nats an answer; beyond it text often breaks
RUNAWAY = 3.0  # how often what was reached by half of the evaluations is exceeded at the end
COLLAPSED = 0.1  # of the entropy at the start
LOW_ENTROPY = 0.15  # nats a token
MOST_SILENT = 0.8  # share of groups whose answers all score alike
MOST_CLIPPED = 0.4


def reward_without_the_rest(run: RunCurves) -> Finding | None:
    """The reward rises while a second figure, which the reward should carry along, does not or falls."""
    if not run.enough(REWARD):
        return None
    reward = run.curve(REWARD)
    rise = reward.end - reward.start
    parts = [key for key in run.curves if key.startswith("eval/rewards/") and run.enough(key)]
    still = [key for key in parts if run.curve(key).end - run.curve(key).start < FLAT]
    worse = [key for key in LEGITIMATE if run.enough(key) and run.curve(key).end < (1 - WORSE) * run.curve(key).start]
    # One part that stays flat is no second figure where it is the reward itself.
    witness = next(iter([*worse, *(still if len(parts) > 1 else [])]), None)
    if rise < CLEAR_RISE or witness is None:
        return None
    before, after = run.curve(witness).start, run.curve(witness).end
    return Finding(
        "reward_without_the_rest",
        N_("The reward rises, another figure does not"),
        (
            N_("The held-out reward rose by {rise}, while {metric} went from {before} to {after}."),
            {"rise": f"{rise:.2f}", "metric": witness, "before": f"{before:.3g}", "after": f"{after:.3g}"},
        ),
        N_("Read samples of the last evaluation: the reward may be had without what it is meant to measure."),
        (REWARD, witness),
    )


def kl_runaway(run: RunCurves) -> Finding | None:
    """The policy leaves its reference, ever faster."""
    kl = run.curve(KL)
    if not run.enough(KL) or kl.end < MOST_KL or kl.end < RUNAWAY * abs(float(kl.values[len(kl) // 2])):
        return None
    return Finding(
        "kl_runaway",
        N_("The model runs away from its reference"),
        (
            N_("Its KL is {end} nats an answer, {factor} times what it was half-way."),
            {"end": f"{kl.end:.0f}", "factor": f"{kl.end / max(abs(float(kl.values[len(kl) // 2])), 1e-9):.1f}"},
        ),
        N_("Raise β or the weight of the KL, or lower the learning rate; go on from an earlier checkpoint."),
        (KL,),
    )


def entropy_collapse(run: RunCurves) -> Finding | None:
    """The model has stopped to hesitate: it says nearly the same each time."""
    entropy = run.curve("entropy")
    if not run.enough("entropy") or entropy.end > min(LOW_ENTROPY, COLLAPSED * entropy.start):
        return None
    return Finding(
        "entropy_collapse",
        N_("The entropy has collapsed"),
        (
            N_("It went from {start} to {end} nats a token: answers become alike."),
            {"start": f"{entropy.start:.2f}", "end": f"{entropy.end:.3f}"},
        ),
        N_("Lower the learning rate, sample at a higher temperature, or raise the weight of the KL."),
        ("entropy",),
    )


def groups_without_spread(run: RunCurves) -> Finding | None:
    """Most groups hold answers that all score alike, so that no answer has an advantage."""
    share = run.curve("frac_reward_zero_std")
    if not run.enough("frac_reward_zero_std") or share.end < MOST_SILENT:
        return None
    return Finding(
        "groups_without_spread",
        N_("Most groups teach nothing"),
        (N_("In {share} of the groups all answers scored alike."), {"share": f"{share.end:.0%}"}),
        N_("Use harder prompts, more answers a prompt, a higher temperature, or a reward with finer steps."),
        ("frac_reward_zero_std",),
    )


def much_clipping(run: RunCurves) -> Finding | None:
    """The clip holds back so many tokens that most of the update is thrown away."""
    key = "clip_ratio/region_mean"
    share = run.curve(key)
    if not run.enough(key) or share.end < MOST_CLIPPED:
        return None
    return Finding(
        "much_clipping",
        N_("Much of each update is clipped"),
        (N_("The clip keeps {share} of the tokens from moving on."), {"share": f"{share.end:.0%}"}),
        N_("Lower the learning rate or use fewer epochs on each rollout."),
        (key,),
    )
