"""Parses and checks run files from every source (form, command line, YAML, database), and writes them as YAML.

Left out: their text (`yaml_text`), files of stages (`chain`), and mistakes that only the data, the model or the machine
shows (`engine.runtime.preflight`).
"""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar, overload

from pydantic import ValidationError

from engine.spec.algorithms import ALGORITHMS
from engine.spec.bounds import MOST_DEPTH, check_bounds
from engine.spec.fields import Settings, in_order, kind_of
from engine.spec.generate import Generate
from engine.spec.problems import SpecError, problems, shown_key
from engine.spec.reported import unreported_watches
from engine.spec.run import RunSpec
from engine.spec.train import Train
from engine.spec.yaml_text import read_value, write_yaml
from words import N_

Spec = TypeVar("Spec", bound=RunSpec)
RunFile = Mapping[str, Any]
FIRST = ("version", "kind", "name", "algorithm")  # what says which run it is; a kind's own settings follow


def _algorithm(data: RunFile) -> type[Train]:
    """The settings of the algorithm that the file names. Raises SpecError."""
    name = data.get("algorithm")
    names = ", ".join(ALGORITHMS)
    if name is None:
        raise SpecError.at("algorithm", (N_("algorithm is missing. There are: {known}."), {"known": names}))
    algorithm = ALGORITHMS.get(name) if isinstance(name, str) else None
    if algorithm is None:
        text = N_("There is no algorithm {value}. There are: {known}.")
        raise SpecError.at("algorithm", (text, {"value": shown_key(name), "known": names}))
    return algorithm


KINDS: dict[str, Callable[[RunFile], type[RunSpec]]] = {"train": _algorithm, "generate": lambda _file: Generate}
"""What chooses the class of a run file, by its kind.

What carries a kind out is in `engine.runtime.run.activities`; what is checked before a launch, in
`engine.runtime.preflight.check`.
"""


@overload
def parse(data: object) -> Train: ...
@overload
def parse(data: object, expected: type[Spec]) -> Spec: ...
def parse(data: object, expected: type[RunSpec] = Train) -> RunSpec:
    """A run file as a frozen, checked object. Raises SpecError with one sentence for each mistake.

    A file of a kind other than the expected one is such a mistake; `RunSpec` takes every kind.
    """
    if not isinstance(data, Mapping):
        raise SpecError.at("", (N_("A run file is a list of settings such as algorithm: dpo; this is not one."), {}))
    check_bounds(data)
    kind = data.get("kind", "train")
    allowed = [*KINDS] if expected is RunSpec else [kind_of(expected)]
    if kind not in allowed:
        values = {"expected": ", ".join(allowed), "value": shown_key(kind)}
        raise SpecError.at("kind", (N_("kind must be {expected}, not {value}."), values))
    return _validate(KINDS[kind](data), data)


@overload
def readable(data: object) -> Train | None: ...
@overload
def readable(data: object, expected: type[Spec]) -> Spec | None: ...
def readable(data: object, expected: type[RunSpec] = Train) -> RunSpec | None:
    """The run, or None where this version cannot read it: one of another trainer, or of a later version."""
    try:
        return parse(data, expected)
    except SpecError:
        return None


def dump(spec: RunSpec) -> dict[str, Any]:
    """Every setting, in the order of the run file: what is stored with the run."""
    full = spec.model_dump(mode="json", by_alias=True)
    own = [key for key in full if key not in spec.field_order]
    return in_order(full, (*FIRST, *own, *spec.field_order))


def brief(spec: RunSpec) -> dict[str, Any]:
    """Only what differs from the defaults, and what names the run: a run file as a person would write it."""
    blank = parse({**spec.identity, "data": {"dataset": spec.data.dataset}}, RunSpec)
    settings = _differences(dump(spec), dump(blank))
    for path, blocks in _blocks_by_list(spec).items():
        _put(settings, path.split("."), [_short(block) for block in blocks])
    model = {"name": spec.model.name, **settings.pop("model", {})}
    model = {key: value for key, value in model.items() if value is not None}
    named = {"version": 1, **spec.identity, "model": model}
    data = {"dataset": spec.data.dataset, **settings.pop("data", {})}
    order = [key for key in dump(spec) if key in {**named, **settings, "data": 0}]
    merged = {**settings, **named, "data": data}
    return {key: merged[key] for key in order}


def to_yaml(spec: RunSpec) -> str:
    """The run file as text, one line a block. `parse(read_yaml(to_yaml(spec)), type(spec)) == spec`."""
    return write_yaml(brief(spec))


def flat(values: Mapping[str, Any], path: str = "") -> list[tuple[str, str]]:
    """Nested settings as dotted paths."""
    rows: list[tuple[str, str]] = []
    for key, value in values.items():
        if isinstance(value, Mapping):
            rows += flat(value, f"{path}{key}.")
        else:
            rows.append((f"{path}{key}", json.dumps(value, ensure_ascii=False).strip('"')))
    return rows


def apply(data: Mapping[str, Any], changes: Iterable[str]) -> dict[str, Any]:
    """The data with `path=value` changes of a command line; values are read as YAML."""
    file = _copied(data)
    for change in changes:
        path, equals, value = change.partition("=")
        if not equals or not path:
            text = N_("A change is written path=value, such as beta=0.2, not {change}.")
            raise SpecError.at("", (text, {"change": shown_key(change)}))
        keys = path.strip().split(".")
        if len(keys) > MOST_DEPTH:
            text = N_("A change is at most {most} settings deep; {change} is not.")
            raise SpecError.at("", (text, {"most": MOST_DEPTH, "change": shown_key(change)}))
        _put(file, keys, read_value(value))
    return file


def _validate(settings: type[RunSpec], data: RunFile) -> RunSpec:
    file = _copied(data)
    for path, value in settings.defaults.items():
        _put(file, path.split("."), value, only_missing=True)
    try:
        spec = settings.model_validate(file)
    except ValidationError as error:
        description = f"a {file.get('algorithm', kind_of(settings))} run"
        raise SpecError(problems(error, settings, description)) from error
    if mistakes := [*spec.mistakes(), *unreported_watches(spec)]:
        raise SpecError(mistakes)
    return spec


def _put(data: dict[str, Any], keys: list[str], value: Any, only_missing: bool = False) -> None:
    """Set a value at a path, making the blocks that lack. A word such as auto where a block is needed is replaced."""
    *parents, last = keys
    for key in parents:
        inner = data.get(key)
        if only_missing and key in data and not isinstance(inner, dict):
            return
        data[key] = inner if isinstance(inner, dict) else {}
        data = data[key]
    if not (only_missing and last in data):
        data[last] = value


def _differences(full: dict[str, Any], blank: dict[str, Any]) -> dict[str, Any]:
    differences: dict[str, Any] = {}
    for key, value in full.items():
        other: Any = blank.get(key)
        if value == other:
            continue
        nested = isinstance(value, dict) and isinstance(other, dict)
        differences[key] = _differences(value, other) if nested else value
    if isinstance(differences.get("budget"), dict):
        differences["budget"] = {unit: amount for unit, amount in differences["budget"].items() if amount is not None}
    return differences


def _blocks_by_list(spec: RunSpec) -> dict[str, list[Settings]]:
    """The entries of each list of blocks that the run file has, by its path."""
    lists: dict[str, list[Settings]] = {}
    for path, block in spec.listed_blocks:
        lists.setdefault(path.rpartition(".")[0], []).append(block)
    return lists


def _short(block: Settings) -> dict[str, Any]:
    values = block.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return in_order({"kind": kind_of(type(block)), **values}, block.field_order)


def _copied(data: Mapping[str, Any]) -> dict[str, Any]:
    return {str(key): _copied(value) if isinstance(value, Mapping) else value for key, value in data.items()}
