"""Run files as data, as YAML, and as changes of the command line."""

from random import Random
from typing import Any

from engine.spec import ALGORITHMS, CHAINS, PRESETS, dump, parse, settings, write_yaml
from tests.hostile.odd_values import TEXTS, broken, odd_value

REWARDS: tuple[dict[str, Any], ...] = (
    {"kind": "polite"},
    {"kind": "keyword", "words": ["please"]},
    {"kind": "regex", "pattern": "thank"},
    {"kind": "length"},
    {"kind": "learned", "from": "run:abc"},
    {"kind": "plugin", "plugin": "none"},
    {"kind": "judge", "url": "https://host.invalid/v1", "model": "m", "key": "env:A_API_KEY"},
    {"kind": "unheard"},
)
ATOMS = (
    "a",
    "[a-z]",
    "[^a]",
    "\\w",
    ".",
    "\\p{L}",
    "thank",
    "\\b",
    "^",
    "$",
    "(?1)",
    "(?R)",
    "[[a]",
    "[a]]",
    "[\\]]",
    "{",
    ")",
)
GROUPS = ("(", "(", "(", "(?:", "(?=", "(?<=", "(?!", "(?>", "(?i:", "(?x: ", "(?V1)(", "(?|", "(?P<n>", "(?#")
REPEATS = (
    "",
    "",
    "",
    "*",
    "+",
    "?",
    "{2}",
    "{9}",
    "{99}",
    "{99,}",
    "{,99}",
    "{9,99}",
    "{999}",
    "*+",
    "{e<=9}",
    "{i,d}",
    "{ 99 }",
)
PIECES = (
    "&a [1, 2]",
    "*a",
    "<<: {beta: 1}",
    "!!python/object/apply:os.system [ls]",
    "!!python/name:os.system",
    "!!binary aGk=",
    "!!set {a, b}",
    "!!timestamp 2026-01-01",
    "!!omap [a: 1]",
    "!foo bar",
    "! 12",
    "2026-02-30",
    "2026-01-01",
    "9" * 5_000,
    "0x" + "f" * 6_000,
    "1" + ":59" * 700,
    "1" + ":59" * 700 + ".5",
    ".inf",
    ".nan",
    "1e999",
    "1.0e+999",
    "[" * 3_000,
    "{a: " * 300,
    "- " * 400 + "x",
    "? [a]\n: b",
    "? {a: 1}\n: b",
    '"\\ud800"',
    '"\\0"',
    "'",
    "%YAML 9.9\n---",
    "---\na: 1\n---\nb: 2",
    "\t- x",
    "yes",
    "~",
    "| \n  text",
    "\ufeffname: x",
    "\x07",
    "[*a, *a, *a]",
)


def run_file(random: Random) -> Any:
    """A good run file with a few odd values in it; sometimes nothing like one."""
    if random.random() < 0.03:
        return odd_value(random)
    file: dict[str, Any] = dump(parse(random.choice([*PRESETS.values(), *map(_blank, ALGORITHMS)])))
    if random.random() < 0.3:
        file["reward"] = [dict(random.choice(REWARDS)) for _ in range(random.randrange(1, 4))]
    paths = [setting.path for setting in settings(ALGORITHMS[file["algorithm"]])]
    for _ in range(random.choice((0, 1, 1, 1, 2, 5))):
        _put(file, _path(paths, random), odd_value(random))
    if random.random() < 0.1:
        file |= {f"{random.choice(('beta', 'x', 'key' * 30))}{number}": number for number in range(2_000)}
    return _stages(file, random) if random.random() < 0.15 else file


def yaml_text(random: Random) -> str:
    """The text of a good run file, with pieces of odd YAML put in, or some of its bytes broken."""
    text = write_yaml(random.choice([*PRESETS.values(), *CHAINS.files.values()]))
    for _ in range(random.choice((0, 1, 1, 2))):
        piece = random.choice(PIECES)
        lines = text.split("\n")
        at = random.randrange(len(lines))
        lines[at] = random.choice(
            (piece, f"{lines[at]}\n{piece}", f"odd: {piece}\n{lines[at]}", f"{lines[at]} {piece}")
        )
        text = "\n".join(lines)
    if random.random() < 0.5:
        text = broken(text.encode("utf-8", "surrogatepass"), random).decode("utf-8", "replace")
    return text


def change(random: Random) -> str:
    """A change of the command line."""
    path = random.choice(
        ("beta", "seed", "a.a", "model.name.x", "optimizer", "stages", "first.beta", "", ".", "a" + ".a" * 400)
    )
    value = random.choice((*PIECES, *TEXTS, ""))
    return path + random.choice(("=", "=", "=", "")) + value


def _blank(algorithm: str) -> dict[str, Any]:
    return {"algorithm": algorithm, "data": {"dataset": "polite-weather"}}


def _path(paths: list[str], random: Random) -> list[str]:
    own = random.choice(paths).split(".")
    return random.choice(
        (own, own, own, own[:1], ["reward", "0", random.choice(("url", "key", "pattern", "words", "weight", "from"))])
    )


def _put(file: Any, path: list[str], value: Any) -> None:
    """Put the value where the path leads, as far as there is a block or a list to go on in."""
    for key in path[:-1]:
        inner = file[0] if isinstance(file, list) and file else file.get(key) if isinstance(file, dict) else None
        if not isinstance(inner, dict | list):
            break
        file = inner
    if isinstance(file, dict):
        file[path[-1]] = value


def _stages(file: dict[str, Any], random: Random) -> dict[str, Any]:
    names = random.choice((["first", "second"], ["first", "first"], ["x" * 50], [], ["\u202ea"], ["a"] * 300))
    stages: Any = [{"name": name, "algorithm": "sft"} for name in names]
    del file["name"]
    return {**file, "stages": stages if random.random() < 0.9 else odd_value(random)} | (
        {"name": "whole"} if random.random() < 0.1 else {}
    )


def pattern(random: Random, levels: int = 4) -> str:
    """A regular expression, mostly a well-formed one, of atoms and groups with repeats."""
    parts = []
    for _ in range(random.choice((1, 1, 2, 4))):
        atom = random.choice(ATOMS)
        if levels and random.random() < 0.6:
            atom = random.choice(GROUPS) + pattern(random, levels - 1) + ")"
        parts.append(atom + random.choice(REPEATS))
    return random.choice(("", "|")).join(parts)
