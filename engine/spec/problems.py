"""What is wrong with a run file: one problem a path, each one sentence, made from pydantic's errors and our own."""

import difflib
from dataclasses import dataclass, replace
from typing import Any, Self

from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from engine.spec.fields import Setting, Settings, fields_of, inner_blocks, kind_of, read, settings
from words import N_, Text, english

SLIP = 0.6  # alikeness from which a key may be a slip of another one of its block
STRAY = 0.8  # and of one of another block, where many look alike


@dataclass(frozen=True)
class Problem:
    """A mistake at a path of the run file ("" is the file itself)."""

    path: str
    text: Text


class SpecError(ValueError):
    """A run file that cannot be run. `problems` has at least one; str() is their English, a line each."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(english(problem.text) for problem in problems))
        self.problems = problems

    @classmethod
    def at(cls, path: str, text: Text) -> Self:
        """One mistake."""
        return cls([Problem(path, text)])


def mistake(msgid: str, **values: Any) -> PydanticCustomError:
    """An error of our own, to be raised inside a validator. {path} is filled in with where it happened."""
    return PydanticCustomError("mistake", "{msgid}", {"msgid": msgid, "values": values})


def problems(error: ValidationError, block: type[Settings], whole: str) -> list[Problem]:
    """Our sentences for pydantic's errors. A union gives an error a member: the deepest path of each says it best.

    `whole` names what the block is ("a dpo run"), for keys that it does not have.
    """
    by_path: dict[str, Problem] = {}
    for item in error.errors(include_url=False):
        path, setting, owner = _locate(block, item["loc"])
        if item["type"] == "union_tag_invalid":
            path, item["input"] = f"{path}.kind", item["input"]["kind"]
        if path not in by_path or item["type"] == "mistake":
            unknown = item["type"] == "extra_forbidden"
            text = _unknown_key(path, block, owner, whole) if unknown else _sentence(item, path, setting)
            by_path[path] = Problem(path, text)
    ordered = _in_file_order(list(by_path.values()), block)
    deepest = [p for p in ordered if not any(other.startswith(f"{p.path}.") for other in by_path if p.path)]
    return deepest or ordered


def _in_file_order(unordered: list[Problem], block: type[Settings]) -> list[Problem]:
    """As the run file has the settings; keys that it does not have come last."""
    ranks = {info.alias or name: rank for rank, (name, info) in enumerate(fields_of(block).items())}
    return sorted(unordered, key=lambda problem: ranks.get(problem.path.partition(".")[0], len(ranks)))


def _locate(block: type[Settings], location: tuple[int | str, ...]) -> tuple[str, Setting | None, type[Settings]]:
    """The path as the user wrote it (union members' names dropped), its setting, and the block that holds it."""
    parts: list[str] = []
    setting: Setting | None = None
    owner: type[Settings] = block
    inside: tuple[type[Settings], ...] = (block,)
    for index, key in enumerate(location):
        fields = {f.alias or n: f for n, f in inside[0].model_fields.items()} if len(inside) == 1 else {}
        if key in fields:
            owner, info = inside[0], fields[str(key)]
            parts.append(str(key))
            setting, inside = read(".".join(parts), info), inner_blocks(info)
        elif isinstance(key, int):
            parts.append(str(key + 1))
            setting = replace(setting, kind="text") if setting is not None and not inside else None
        elif len(inside) > 1:  # the kind of the block, by which pydantic tells where it is
            inside = tuple(member for member in inside if kind_of(member) == key)
        elif index == len(location) - 1 and inside and key != inside[0].__name__ and "[" not in str(key):
            owner, setting = inside[0], None
            parts.append(str(key))
    return ".".join(parts), setting, owner


def _sentence(item: Any, path: str, setting: Setting | None) -> Text:
    kind = item["type"]
    if kind == "mistake":
        return (item["ctx"]["msgid"], {"path": path, **item["ctx"]["values"]})
    if kind == "missing":
        return (N_("{path} is missing."), {"path": path})
    if kind == "union_tag_invalid":
        expected: Text = (N_("one of {choices}"), {"choices": item["ctx"]["expected_tags"].replace("'", "")})
        return _other(path, expected, item["input"])
    if setting is None:
        return (N_("{path} must be a block of settings, not {value}."), {"path": path, "value": _shown(item["input"])})
    return _other(path, setting.expected, item["input"])


def _other(path: str, expected: Text, value: object) -> Text:
    return (N_("{path} must be {expected}, not {value}."), {"path": path, "expected": expected, "value": _shown(value)})


def _unknown_key(path: str, block: type[Settings], owner: type[Settings], whole: str) -> Text:
    """With the full path of what was probably meant: a key beside it, else one that stands in another block."""
    parent, dot, key = path.rpartition(".")
    names = [field.alias or name for name, field in fields_of(owner).items()]
    beside = {name: f"{parent}{dot}{name}" for name in names}
    paths_of_block = reversed([setting.path for setting in settings(block)])  # so that the first of a name is kept
    elsewhere = {inner.rpartition(".")[2]: inner for inner in paths_of_block}
    for paths, cutoff in ((elsewhere, 1.0), (beside, SLIP), (elsewhere, STRAY)):
        for near in difflib.get_close_matches(key, paths, n=1, cutoff=cutoff):
            values = {"path": path, "whole": whole, "near": paths[near]}
            return (N_("{path} is not a setting of {whole}; did you mean {near}?"), values)
    return (
        N_("{path} is not a setting of {whole}. There are: {known}."),
        {"path": path, "whole": whole, "known": ", ".join(names)},
    )


def _shown(value: object) -> str:
    """The mistaken value, short enough for a sentence."""
    text = str(value).lower() if isinstance(value, bool) else repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else text[:57] + "..."
