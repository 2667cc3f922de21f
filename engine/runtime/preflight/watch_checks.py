"""Watch rules that a run is too short for: whoever set one believes that it watches. No torch.

Left out: rules for metrics that the method does not report, which no such run could have (`engine.spec.reported`).
"""

from collections.abc import Iterator

from engine.spec import Problem, Train, metric
from engine.spec.watch import Bound, Joined, Plateau
from words import N_

_TOO_SHORT = N_(
    "Watch rule {number} can never act: it takes {needed} evaluations, and the run has {count} before its last one. A "
    "smaller evaluation.every gives more."
)


def warnings(spec: Train, steps: int) -> Iterator[Problem]:
    """Rules that take more evaluations than `steps` updates have before the last, after which the run has ended.

    How many updates a budget in seconds has is a guess, so nothing is said of it.
    """
    if spec.budget == "auto" or spec.budget.unit == "seconds":
        return
    count = 1 + (steps - 1) // spec.evaluation.every  # that of step 0 among them
    for number, rule in enumerate(spec.watch or [], 1):
        needed = _evaluations(rule)
        if needed > count:
            values = {"number": number, "needed": needed, "count": count}
            yield Problem(f"watch.{number}", (_TOO_SHORT, values))


def _evaluations(rule: Joined) -> int:
    """How many evaluations it takes until the rule can act; 0 where it looks at updates."""
    if isinstance(rule, Plateau):
        return 1 + rule.patience  # the first one has nothing to be compared with
    return rule.for_ if isinstance(rule, Bound) and metric(rule.metric).section == "held_out" else 0
