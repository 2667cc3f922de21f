"""Runs that earlier versions scored by their rule `polite`, which is called `polite_v1` now that `polite` is another.

What is stored of such a run is renamed once: by a migration, and where a file of runs comes in. Values stay as they
were. Works on plain JSON, so that it depends on no later form of the settings.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

FORMER, FIRST = "polite", "polite_v1"
TRAINING_KEYS = {f"rewards/{FORMER}/{figure}": f"rewards/{FIRST}/{figure}" for figure in ("mean", "std")}
HELD_OUT_KEYS = {f"eval/rewards/{FORMER}": f"eval/rewards/{FIRST}"}
DEFAULT = {"kind": FIRST, "weight": 1.0, "name": None}


@dataclass(frozen=True)
class Renaming:
    """What has other names from now on: the run's settings, its curves, and the scores of its answers."""

    spec: dict[str, Any]
    keys: Mapping[str, str]  # of curves
    in_training: bool  # scores of rollouts
    held_out: bool  # scores of held-out answers

    def scores(self, scores: Mapping[str, float], *, held_out: bool) -> dict[str, float]:
        """The scores of one answer by name, in their order."""
        applies = self.held_out if held_out else self.in_training
        return {FIRST if applies and name == FORMER else name: value for name, value in scores.items()}


def renaming(spec: Any) -> Renaming | None:
    """What to rename of a run with these settings; None where the rule scored nothing of it, or it is not ours."""
    if not isinstance(spec, Mapping) or not isinstance(spec.get("data"), Mapping) or "dataset" not in spec["data"]:
        return None
    settings = dict(spec)
    if settings.get("scorer"):
        settings["scorer"] = _parts(settings["scorer"])
    trained, held_out = _rewards(settings)
    in_training, is_held_out = _is_called_polite(trained, spec), _is_called_polite(held_out, spec)
    keys = (TRAINING_KEYS if in_training else {}) | (HELD_OUT_KEYS if is_held_out else {})
    if isinstance(settings.get("watch"), list):
        settings["watch"] = [_rule(rule, keys) for rule in settings["watch"]]
    if settings == spec:
        return None
    return Renaming(settings, keys, in_training, is_held_out)


def _rewards(settings: dict[str, Any]) -> tuple[Any, Any]:
    """The parts that scored in training and on held-out prompts, written into the settings where they were the default.

    Without a word in the settings `polite` scored what a train run sampled.
    """
    trained = settings.get("reward")
    evaluation = settings.get("evaluation")
    evaluation = evaluation if isinstance(evaluation, Mapping) else {}
    if settings.get("algorithm") and not trained and settings["data"].get("source") == "sampled":
        trained = [DEFAULT]
    if trained:
        settings["reward"] = trained = _parts(trained)
    held_out = evaluation.get("reward")
    if held_out:
        held_out = _parts(held_out)
    elif settings.get("algorithm") and not trained:
        held_out = [DEFAULT]
    if held_out:
        settings["evaluation"] = {**evaluation, "reward": held_out}
    return trained, held_out or trained


def _parts(parts: Any) -> Any:
    """The parts of a reward; a part without a kind was polite."""
    if not isinstance(parts, Sequence) or isinstance(parts, str):
        return parts
    return [
        {**part, "kind": FIRST} if isinstance(part, Mapping) and part.get("kind", FORMER) == FORMER else part
        for part in parts
    ]


def _is_called_polite(parts: Any, spec: Mapping[str, Any]) -> bool:
    """Whether curves of these parts bear the former name: the part has no name of its own."""
    if not isinstance(parts, Sequence) or isinstance(parts, str) or not spec.get("algorithm"):
        return False
    return any(isinstance(part, Mapping) and part.get("kind") == FIRST and not part.get("name") for part in parts)


def _rule(rule: Any, keys: Mapping[str, str]) -> Any:
    """A watch rule, with the metric that it watches under its name of now."""
    if not isinstance(rule, Mapping) or not isinstance(rule.get("metric"), str):
        return rule
    return {**rule, "metric": keys.get(rule["metric"], rule["metric"])}
