"""The settings that a study varies: values that are listed, ranges that a search draws from, recommended ones.

Left out: the study file as a whole (`study`), and which of the values a search takes next (`engine.analysis.search`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from math import prod
from typing import Any, Literal, Self

from pydantic import ValidationError, model_validator

from engine.spec.algorithms import ALGORITHMS
from engine.spec.fields import Real, Setting, Settings, setting, settings
from engine.spec.models import suggested
from engine.spec.problems import Problem, SpecError, mistake, problems, shown
from engine.spec.train import Train
from words import N_

Changes = Mapping[str, Any]
"""path of a setting -> its value"""
LEARNING_RATE = "optimizer.learning_rate"
# Where a study has a place of its own for what a run file calls so.
OWN_PLACE = {"algorithm": "algorithms", "seed": "seeds", "budget": "budget", "name": "name"}


class Range(Settings):
    """An interval from which random and TPE draw."""

    low: Real = setting(..., N_("From"), N_("The smallest value of the range."), alias="from")
    high: Real = setting(..., N_("To"), N_("The largest value of the range."), alias="to")
    scale: Literal["linear", "log"] = setting(
        "linear",
        N_("Scale"),
        N_("log draws as often between 0.001 and 0.01 as between 0.01 and 0.1."),
        labels={"linear": N_("linear"), "log": N_("logarithmic")},
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.low >= self.high:
            raise mistake(N_("A range goes from a smaller to a larger number, not from {low} to {high}."), **self._ends)
        if self.scale == "log" and self.low <= 0:
            raise mistake(N_("A logarithmic range begins above 0, not at {low}."), **self._ends)
        return self

    @property
    def _ends(self) -> dict[str, str]:
        return {"low": f"{self.low:g}", "high": f"{self.high:g}"}


@dataclass(frozen=True)
class Axis:
    """A setting that is varied, and the values that it takes: those listed, or any of a range."""

    path: str
    values: tuple[Any, ...] = ()
    range: Range | None = None

    @property
    def examples(self) -> tuple[Any, ...]:
        """Values by which mistakes show: all that are listed, or both ends of the range."""
        return self.values if self.range is None else (self.range.low, self.range.high)


def axes(vary: Mapping[str, Any], algorithm: str, algorithms: Sequence[str]) -> list[Axis]:
    """What `vary` says for one of the study's algorithms. Raises SpecError."""
    declared = _declared(algorithm)
    shared = {key: value for key, value in vary.items() if not _is_of_method(key, value)}
    own = {key: value for key, value in vary.items() if _is_of_method(key, value)}.get(algorithm, {})
    for path in shared:
        _require_known(path, algorithms)
    for path in own:
        _require_setting(f"vary.{algorithm}.{path}", path, algorithm, declared)
    chosen = {path: value for path, value in {**shared, **own}.items() if path in declared}
    return [_axis(f"vary.{path}", declared[path], value) for path, value in chosen.items()]


def recommended(plain: Train, model: str | None) -> list[Axis]:
    """The axes of a search that names none: the learning rate, and the method's own numbers that have recommended
    values. The model's own come first; a setting without effect beside the others of `plain` is left out."""
    without_effect = {path for path, _why in plain.inert(None)}
    found = []
    for each in _declared(plain.algorithm).values():
        own = "." not in each.path and each.kind in ("real", "whole")
        values = suggested(each.path, each.suggested, model, plain.algorithm)
        if (own or each.path == LEARNING_RATE) and len(values) > 1 and each.path not in without_effect:
            found.append(Axis(each.path, tuple(dict.fromkeys(values))))
    return found


def grid_size(varied: Sequence[Axis]) -> int | None:
    """How many different settings there are; None where a range has any number of them."""
    return None if any(axis.range for axis in varied) else prod(len(axis.values) for axis in varied)


def grid(varied: Sequence[Axis]) -> Iterator[dict[str, Any]]:
    """Every combination of listed values, the last axis fastest."""
    for values in product(*(axis.values for axis in varied)):
        yield dict(zip((axis.path for axis in varied), values, strict=True))


def label(changes: Changes) -> str:
    """The changes in a few words, for the name of a run.

    >>> label({"optimizer.learning_rate": 0.0003, "beta": 0.1})
    'learning_rate 0.0003 beta 0.1'
    """
    return " ".join(f"{path.rpartition('.')[2]} {_word(value)}" for path, value in changes.items())


@cache  # pydantic's declarations are slow to read
def _declared(algorithm: str) -> dict[str, Setting]:
    return {each.path: each for each in settings(ALGORITHMS[algorithm])}


def _word(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _is_of_method(key: str, value: Any) -> bool:
    return key in ALGORITHMS and isinstance(value, Mapping)


def _require_known(path: str, algorithms: Sequence[str]) -> None:
    """Raise SpecError for a path that is a setting of none of the algorithms."""
    where = f"vary.{path}"
    _require_not_elsewhere(where, path)
    if not any(path in _declared(algorithm) for algorithm in algorithms):
        text = N_("{path}: none of the methods {methods} has a setting {setting}.")
        raise SpecError.at(where, (text, {"path": where, "methods": ", ".join(algorithms), "setting": path}))


def _require_setting(where: str, path: str, algorithm: str, declared: Mapping[str, Setting]) -> None:
    _require_not_elsewhere(where, path)
    if path not in declared:
        text = N_("{path}: {algorithm} has no setting {setting}.")
        raise SpecError.at(where, (text, {"path": where, "algorithm": algorithm, "setting": path}))


def _require_not_elsewhere(where: str, path: str) -> None:
    place = OWN_PLACE.get(path.partition(".")[0])
    if place is not None:
        text = N_("{path} cannot be varied here: a study says it once, as {place}.")
        raise SpecError.at(where, (text, {"path": where, "place": place}))


def _axis(where: str, declared: Setting, value: Any) -> Axis:
    if isinstance(value, Mapping):
        return Axis(declared.path, range=_range(where, declared, value))
    if not isinstance(value, list) or not value or any(other in value[:index] for index, other in enumerate(value)):
        text = N_("{path} must be a list of different values, or a range written from and to, not {value}.")
        raise SpecError.at(where, (text, {"path": where, "value": shown(value)}))
    return Axis(declared.path, tuple(value))


def _range(where: str, declared: Setting, value: Mapping[str, Any]) -> Range:
    if declared.kind != "real":
        text = N_("{path} takes no range, since {setting} is not a real number: list its values.")
        raise SpecError.at(where, (text, {"path": where, "setting": declared.path}))
    try:
        return Range.model_validate(dict(value))
    except ValidationError as error:
        inner = problems(error, Range, "a range")
        raise SpecError([Problem(f"{where}.{each.path}".rstrip("."), each.text) for each in inner]) from error
