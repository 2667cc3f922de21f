"""How far a run is: the counters that budgets, schedules and curves follow, and that every checkpoint keeps."""

from dataclasses import asdict, dataclass, field, fields
from typing import Any, Self

from engine.runtime.training.learning_signs import LearningSigns
from engine.runtime.training.watching import RuleState
from engine.spec.blocks import Budget


@dataclass
class Progress:
    """Counted from step 0 over all attempts. `seconds` leaves out loading, evaluation, checkpoints and pauses."""

    step: int = 0
    samples: int = 0  # responses that passed through an update, repeats counted
    tokens: int = 0  # prompt and response tokens of those
    done: int = 0  # updates of the batch under way
    seconds: float = 0.0
    skipped: int = 0  # examples that had no response tokens left, or nothing to compare
    evaluated: int = -1  # step of the last evaluation
    best: float | None = None  # best value so far of checkpoint.keep_best
    nonfinite_steps: int = 0  # updates in a row that were not finite
    ended_early: list[Any] | None = None  # the sentence of the watch rule that ended the run before its budget, as JSON
    signs: LearningSigns = field(default_factory=LearningSigns)
    rules: dict[str, RuleState] = field(default_factory=dict)  # of the run file's watch rules, by the rule as JSON

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Self:
        """The progress a checkpoint kept. What an older version counted beside it is left out."""
        names = {field.name for field in fields(cls)}
        known = {key: value for key, value in state.items() if key in names}
        signs = LearningSigns(**state["signs"]) if "signs" in state else LearningSigns.unknown()
        rules = {rule: RuleState(**kept) for rule, kept in state.get("rules", {}).items()}
        return cls(**{**known, "signs": signs, "rules": rules})

    def state(self) -> dict[str, Any]:
        """What a checkpoint keeps; plain JSON."""
        return asdict(self)

    def spent(self, budget: Budget) -> float:
        """How much of the budget is used, in its own unit."""
        counts = {"steps": self.step, "samples": self.samples, "tokens": self.tokens, "seconds": self.seconds}
        return float(counts[budget.unit])

    def fraction(self, budget: Budget) -> float:
        """Spent over budget, at most 1."""
        return min(1.0, self.spent(budget) / budget.amount)
