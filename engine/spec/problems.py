"""What is wrong with a run file: one problem a path, each one sentence, made from pydantic's errors and our own."""

import difflib
import math
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Self

from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from engine.spec.fields import Setting, Settings, fields_of, inner_blocks, kind_of, read, settings
from words import N_, Text, english

SLIP = 0.6  # alikeness from which a key may be a slip of another one of its block
STRAY = 0.8  # and of one of another block, where many look alike
MOST_PROBLEMS = 20  # that one answer names
MOST_ERRORS = 400  # of pydantic's that are read: a union gives one a member
LONGEST_SHOWN = 60  # characters of a mistaken value or key in a sentence
LONGEST_NAMED = 200  # of what one of our own sentences names


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
    errors = error.errors(include_url=False)
    for item in errors[:MOST_ERRORS]:
        path, setting, owner = _locate(block, item["loc"])
        if item["type"] == "union_tag_invalid":
            path, item["input"] = f"{path}.kind", item["input"]["kind"]
        if path not in by_path or item["type"] == "mistake":
            unknown = item["type"] == "extra_forbidden"
            text = _unknown_key(path, block, owner, whole) if unknown else _sentence(item, path, setting)
            by_path[path] = Problem(path, text)
    ordered = _in_file_order(list(by_path.values()), block)
    outer = {path[:dot] for path in by_path for dot in range(len(path)) if path[dot] == "."}
    deepest = [problem for problem in ordered if problem.path not in outer]
    return _the_first(deepest or ordered, len(errors) > MOST_ERRORS)


def _the_first(problems: list[Problem], more: bool) -> list[Problem]:
    """As many as a person reads, and that there are others."""
    if len(problems) <= MOST_PROBLEMS and not more:
        return problems
    return [*problems[:MOST_PROBLEMS], Problem("", (N_("There are more mistakes than these."), {}))]


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
            parts.append(shown_key(key))
    return ".".join(parts), setting, owner


def _sentence(item: Any, path: str, setting: Setting | None) -> Text:
    kind = item["type"]
    if kind == "mistake":
        of_sentence = item["ctx"]["values"]
        values = {
            name: _cut(text, LONGEST_NAMED) if isinstance(text, str) else text for name, text in of_sentence.items()
        }
        return (item["ctx"]["msgid"], {"path": path, **values})
    if kind == "missing":
        return (N_("{path} is missing."), {"path": path})
    if kind == "union_tag_invalid":
        expected: Text = (N_("one of {choices}"), {"choices": item["ctx"]["expected_tags"].replace("'", "")})
        return _other(path, expected, item["input"])
    if setting is None:
        return (N_("{path} must be a block of settings, not {value}."), {"path": path, "value": shown(item["input"])})
    return _other(path, setting.expected, item["input"])


def _other(path: str, expected: Text, value: object) -> Text:
    return (N_("{path} must be {expected}, not {value}."), {"path": path, "expected": expected, "value": shown(value)})


def _unknown_key(path: str, block: type[Settings], owner: type[Settings], whole: str) -> Text:
    """With the full path of what was probably meant: a key beside it, else one that stands in another block."""
    parent, dot, key = path.rpartition(".")
    names = [field.alias or name for name, field in fields_of(owner).items()]
    beside = {name: f"{parent}{dot}{name}" for name in names}
    elsewhere = _paths_by_name(block)
    for paths, cutoff in ((elsewhere, 1.0), (beside, SLIP), (elsewhere, STRAY)):
        for near in difflib.get_close_matches(key, paths, n=1, cutoff=cutoff):
            values = {"path": path, "whole": whole, "near": paths[near]}
            return (N_("{path} is not a setting of {whole}; did you mean {near}?"), values)
    return (
        N_("{path} is not a setting of {whole}. There are: {known}."),
        {"path": path, "whole": whole, "known": ", ".join(names)},
    )


@cache
def _paths_by_name(block: type[Settings]) -> dict[str, str]:
    """Where each name stands in the run file, for the first time."""
    return {setting.path.rpartition(".")[2]: setting.path for setting in reversed([*settings(block)])}


def shown(value: object) -> str:
    """The mistaken value, short enough for a sentence and without signs that a terminal would obey."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and value.bit_length() > 4 * LONGEST_SHOWN:
        return f"≈10^{int(value.bit_length() * math.log10(2))}"  # Python refuses to write thousands of digits
    try:
        return _cut(repr(value[: LONGEST_SHOWN + 1]) if isinstance(value, str) else str(value))
    except ValueError:  # such a number inside a list
        return f"{type(value).__name__} ..."


def shown_key(key: object) -> str:
    """A key in the path of a sentence."""
    text = key if isinstance(key, str) else shown(key)
    return _cut("".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text[: LONGEST_SHOWN + 1]))


def _cut(text: str, most: int = LONGEST_SHOWN) -> str:
    return text if len(text) <= most else text[: most - 3] + "..."
