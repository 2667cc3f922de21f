"""The watch rules of a run file, carried out over the metrics as they are recorded.

What a rule remembers is plain numbers that checkpoints keep, so a run that is resumed decides as one that was never
interrupted. Left out: what the rules may say (`engine.spec.watch`), and ending the run (`loop`).
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from engine.spec import metric
from engine.spec.watch import Bound, Joined, NonFinite, Plateau
from words import N_, Text, to_json

_NOT_FINITE = {
    "loss": N_("The loss was not a finite number. A lower learning rate (optimizer.learning_rate) usually helps."),
    "grad_norm": N_(
        "The gradient was not a finite number. A lower learning rate (optimizer.learning_rate) usually helps."
    ),
}
_ABOVE = N_("{metric} was {value}, above {bound}, {count} times in a row.")
_ABOVE_ONCE = N_("{metric} was {value}, above {bound}.")
_PLATEAU = N_("{metric} gained no more than {least} on its best value, {best}, in {count} evaluations.")
_SENTENCES = {
    "stop": N_("Stopped by a watch rule at step {step}: {cause}"),
    "pause": N_("Paused by a watch rule at step {step}: {cause}"),
}
_EARLY = N_("Ended early by a watch rule at step {step}: {cause}")


@dataclass
class RuleState:
    """What a rule remembers: values in a row that speak for acting, and for a plateau the best value so far."""

    count: int = 0
    best: float | None = None


@dataclass(frozen=True)
class Verdict:
    """That a rule acts, and why. `succeeded`: the run has come to its end early."""

    state: Literal["succeeded", "stopped", "paused"]
    reason: Text


class Watch:
    """The rules of one run.

    `states` are by the rule as JSON, and are changed in place. A rule that has none begins with a new one: so does one
    that a fork changed.
    """

    def __init__(self, rules: Sequence[Joined], states: dict[str, RuleState]) -> None:
        different = {rule.model_dump_json(): rule for rule in rules}
        self._rules = [(rule, states.setdefault(key, RuleState())) for key, rule in different.items()]

    def observe(self, step: int, values: Mapping[str, float]) -> Verdict | None:
        """Take in the metrics of an update or an evaluation; the verdict of the first rule that acts upon them.

        A rule that has acted begins anew, so a run that a person resumes is not ended by what is past.
        """
        verdicts = list(self._verdicts(step, values))  # every rule takes the values in, also after one that acts
        return verdicts[0] if verdicts else None

    def _verdicts(self, step: int, values: Mapping[str, float]) -> Iterator[Verdict]:
        for rule, state in self._rules:
            cause = _cause(rule, state, values)
            if cause is not None:
                state.count = 0
                yield _verdict(rule, step, cause)


def _cause(rule: Joined, state: RuleState, values: Mapping[str, float]) -> Text | None:
    """Why the rule acts now; None where it does not."""
    if isinstance(rule, NonFinite):
        wrong = [key for key in rule.watched if not math.isfinite(values.get(key, 0.0))]
        return (_NOT_FINITE[wrong[0]], {}) if wrong else None
    if rule.metric not in values:
        return None
    value = values[rule.metric]
    return _plateau(rule, state, value) if isinstance(rule, Plateau) else _above(rule, state, value)


def _above(rule: Bound, state: RuleState, value: float) -> Text | None:
    state.count = 0 if value <= rule.above else state.count + 1  # NaN is not below any bound
    if state.count < rule.for_:
        return None
    figures = {"value": f"{value:.3g}", "bound": f"{rule.above:.3g}", "count": rule.for_}
    return (_ABOVE if rule.for_ > 1 else _ABOVE_ONCE, {"metric": _title(rule.metric), **figures})


def _plateau(rule: Plateau, state: RuleState, value: float) -> Text | None:
    sign = -1 if metric(rule.metric).better == "down" else 1
    if state.best is None or sign * (value - state.best) > rule.min_delta:
        state.best, state.count = None if math.isnan(value) else value, 0
        return None
    state.count += 1
    if state.count < rule.patience:
        return None
    figures = {"best": f"{state.best:.3g}", "least": f"{rule.min_delta:.3g}", "count": rule.patience}
    return (_PLATEAU, {"metric": _title(rule.metric), **figures})


def _verdict(rule: Joined, step: int, cause: Text) -> Verdict:
    values = {"step": f"{step:,}", "cause": to_json(cause)}
    if rule.do == "pause":
        return Verdict("paused", (_SENTENCES["pause"], values))
    if rule.planned:
        return Verdict("succeeded", (_EARLY, values))
    return Verdict("stopped", (_SENTENCES["stop"], values))


def _title(key: str) -> list[object] | None:
    """What the metric is called, as a value of a sentence."""
    return to_json((metric(key).title, {"component": key.rpartition("/")[2]}))
