"""Settings that change nothing beside the others, such as a clip where no update is clipped, each with why.

The form says it beside the field, and the preflight warns where one of them was set. Left out: the rules, which each
method and each part of a reward declares beside its settings (`Train.inert`, `Component.inert`).
"""

from collections.abc import Iterator, Mapping
from typing import Any

from engine.spec.fields import settings
from engine.spec.parse import dump
from engine.spec.problems import Problem
from engine.spec.train import Train
from words import N_, Text


def inert(spec: Train, data_kind: str | None = None) -> dict[str, Text]:
    """Why, by the path of the setting; parts of a reward are counted from 1, as in problems: `reward.1.match`.

    `data_kind` is what the dataset holds; without it, what depends on it is left out.
    """
    reasons: dict[str, Text] = {}
    for path, text in spec.inert(data_kind):
        reasons.setdefault(path, text)
    return reasons


def set_in_vain(spec: Train, data_kind: str | None = None) -> Iterator[Problem]:
    """What to know of each inert setting that is not at its default."""
    defaults = {setting.path: setting.default for setting in settings(type(spec))} | type(spec).defaults
    parts = dict(spec.reward_parts)
    full = dump(spec)
    for path, why in inert(spec, data_kind).items():
        part, _dot, name = path.rpartition(".")
        if part in parts:
            changed = getattr(parts[part], name) != type(parts[part]).model_fields[name].default
        else:
            changed = _at(full, path) != defaults[path]
        if changed:
            yield Problem(path, (N_("{path} changes nothing here. {why}"), {"path": path, "why": why}))


def _at(full: Mapping[str, Any], path: str) -> Any:
    value: Any = full
    for name in path.split("."):
        value = value[name]
    return value
