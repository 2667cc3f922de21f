"""Rewards that other packages bring: functions under the entry points of the group `alignlab.rewards`.

A plug-in is `score(prompt, responses, items) -> {component: one number a response}`. It runs inside the worker with
all its rights, as any installed package does.
"""

import re
from collections.abc import Sequence
from importlib.metadata import EntryPoint, entry_points

from engine.rewards.protocol import Items, Messages, RewardProblem, Score
from engine.spec.rewards import NAME
from words import N_

GROUP = "alignlab.rewards"


def find(name: str) -> EntryPoint:
    """The entry point of that name, not loaded yet. Raises RewardProblem."""
    installed = entry_points(group=GROUP)
    if name not in installed.names:
        names = ", ".join(sorted(installed.names)) or "-"
        raise RewardProblem(N_("There is no reward plug-in {name}. Installed: {known}."), name=name, known=names)
    return installed[name]


def load(name: str) -> Score:
    """The plug-in of that name, ready to score. Raises RewardProblem."""
    entry = find(name)
    try:
        function = entry.load()
    except Exception as error:  # whatever its module does when it is imported
        raise _failed(name, error) from error

    def score(prompt: Messages, responses: Sequence[str], items: Items) -> dict[str, Sequence[float]]:
        try:
            scores = dict(function(prompt, responses, items))
        except Exception as error:  # whatever a stranger's function raises
            raise _failed(name, error) from error
        for component in scores:
            if not re.fullmatch(NAME, str(component)):
                text = N_("The reward plug-in {name} calls a component {component}: it must be a short name without /.")
                raise RewardProblem(text, name=name, component=repr(component))
        return scores

    return score


def _failed(name: str, error: Exception) -> RewardProblem:
    cause = f"{type(error).__name__}: {error}"
    return RewardProblem(N_("The reward plug-in {name} failed: {cause}"), name=name, cause=cause)
