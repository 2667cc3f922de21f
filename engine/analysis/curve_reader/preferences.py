"""Patterns of losses on pairs of answers: nothing is learned, and both answers become less likely."""

from engine.analysis.curve_reader.curve import Finding, RunCurves
from words import N_

STUCK = 0.01  # how near to that value the loss stays, as a share of it
LARGE_FALL = 15.0  # nats of a whole answer: it has become three million times less likely
MOST_SKIPPED = 0.8


def loss_stuck(run: RunCurves) -> Finding | None:
    """A preference loss has not left the value of a model that tells no answers apart, at which it starts."""
    loss, undecided = run.curve("loss"), run.undecided_loss
    if undecided is None or not run.enough("loss"):
        return None
    if max(abs(loss.start - undecided), abs(loss.end - undecided)) > STUCK * undecided:
        return None
    return Finding(
        "loss_stuck",
        N_("The loss has not moved"),
        (
            N_("It is {end} after {steps} steps. A model that tells no answers apart scores {undecided}."),
            {"end": f"{loss.end:.3g}", "steps": f"{loss.steps[-1]:,}", "undecided": f"{undecided:.3g}"},
        ),
        N_("Raise the learning rate, and look whether chosen and rejected differ in the data."),
        ("loss", "rewards/margins"),
    )


def both_fall(run: RunCurves) -> Finding | None:
    """The margin grows since the rejected answers fall faster than the chosen ones, which fall far as well."""
    chosen, rejected, margin = "logps/chosen", "logps/rejected", "rewards/margins"
    if not run.enough(chosen, rejected, margin):
        return None
    lost = run.curve(chosen).start - run.curve(chosen).end
    lost_more = run.curve(rejected).start - run.curve(rejected).end
    grown = run.curve(margin).end - run.curve(margin).start
    if lost < LARGE_FALL or lost_more < lost or grown <= 0:
        return None
    return Finding(
        "both_log_probabilities_fall",
        N_("Chosen answers become unlikely too"),
        (
            N_("Chosen answers lost {chosen} nats and rejected ones {rejected}, while the margin grew by {margin}."),
            {"chosen": f"{lost:.1f}", "rejected": f"{lost_more:.1f}", "margin": f"{grown:.2f}"},
        ),
        N_("Raise β, train fewer steps, or add the loss of the chosen answers."),
        (chosen, rejected, margin),
    )


def pairs_skipped(run: RunCurves) -> Finding | None:
    """Most pairs of sampled answers are ties or closer together than tau."""
    used, skipped = run.curve("pairs/used"), run.curve("pairs/skipped")
    if not run.enough("pairs/used", "pairs/skipped"):
        return None
    all_pairs = used.late.values.sum() + skipped.late.values.sum()
    share = skipped.late.values.sum() / all_pairs if all_pairs else 0.0
    if share < MOST_SKIPPED:
        return None
    return Finding(
        "most_pairs_skipped",
        N_("Most pairs are skipped"),
        (
            N_("{share} of the pairs of the later updates are ties or closer together than the threshold."),
            {"share": f"{share:.0%}"},
        ),
        N_("Lower the threshold tau, sample more answers a prompt, or use a reward that tells answers apart."),
        ("pairs/used", "pairs/skipped"),
    )
