"""The app names no metric: what it needs to know of one is read from the declaration, or asked for by its meaning."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from engine.spec import ALGORITHMS, METRICS, settings

APP = Path(__file__).parents[2] / "app"
HELD_OUT = "eval/"
# What preflight answers with: fields of an estimate, not keys of a curve.
ESTIMATE_FIELDS = {"memory_mb", "generated_tokens"}


@cache
def homonyms() -> set[str]:
    """Metric keys that are also words of a run file (`reward`, `learning_rate`), or fields of an estimate."""
    paths = [setting.path for spec in ALGORITHMS.values() for setting in settings(spec)]
    return METRICS.keys() & ({word for path in paths for word in path.split(".")} | ESTIMATE_FIELDS)


def metric_literals(source: str) -> list[str]:
    """The lines of a module that name a metric, each with the key.

    A string literal is a metric's name where it is exactly a declared key, or begins with the prefix of held-out
    metrics. A docstring, a sentence or a part of a longer string is neither. A key that is also a word of a run file
    counts only where it is looked up in something whose name has `series` in it, as in `series["reward"]`,
    `series[run.id].get("reward")` or `"reward" in series`.
    """
    tree = ast.parse(source)
    looked_up = {id(node) for node in _looked_up_in_series(tree)}
    return [
        f"{node.lineno}: {node.value}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if node.value.startswith(HELD_OUT)
        or (node.value in METRICS and (node.value not in homonyms() or id(node) in looked_up))
    ]


def metrics_in_javascript(source: str) -> list[str]:
    """The metrics that a script names in quotes; a comment may name one."""
    code = re.sub(r"^\s*//.*|(?<=\s)// .*", "", source, flags=re.MULTILINE)
    words = re.findall(r"""["'`]([^"'`\n]*)["'`]""", code)
    return [word for word in words if word.startswith(HELD_OUT) or word in METRICS.keys() - homonyms()]


def _looked_up_in_series(tree: ast.AST) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        match node:
            case ast.Subscript(value=container, slice=key):
                keys = [key]
            case ast.Call(func=ast.Attribute(value=container, attr="get"), args=keys):
                pass
            case ast.Compare(left=key, ops=[ast.In() | ast.NotIn()], comparators=[container]):
                keys = [key]
            case _:
                continue
        if "series" in ast.unparse(container).lower():
            yield from keys


@pytest.mark.parametrize("path", sorted(APP.rglob("*.py")), ids=lambda path: str(path.relative_to(APP)))
def test_no_module_of_the_app_names_a_metric(path: Path) -> None:
    assert metric_literals(path.read_text(encoding="utf-8")) == []


SCRIPTS = [path for path in sorted(APP.rglob("*.js")) if "vendor" not in path.parts]


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: str(path.relative_to(APP)))
def test_no_script_of_the_app_names_a_metric(path: Path) -> None:
    assert metrics_in_javascript(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ('curve.key.startsWith("eval/")', 1),
        ("store['tokens_per_second']", 1),
        ('const title = "Reward" // "eval/reward" comes first', 0),
    ],
)
def test_a_metric_that_a_script_names_is_found(source: str, count: int) -> None:
    assert len(metrics_in_javascript(source)) == count


@pytest.mark.parametrize(
    "source",
    [
        'KEYS = ("eval/reward",)',
        'series["loss"]',
        'series[run.id].get("reward")',
        '"learning_rate" in present_series',
        'HELD_OUT = "eval/"',
        'speed = "tokens_per_second"',
    ],
)
def test_a_metric_that_is_named_is_found(source: str) -> None:
    assert len(metric_literals(source)) == 1


@pytest.mark.parametrize(
    "source",
    ['"""A loss."""', '_("Reward")', 'spec["reward"]', 'resolved["learning_rate"]', 'estimate["memory_mb"]'],
)
def test_words_that_are_no_metric_are_left_alone(source: str) -> None:
    assert metric_literals(source) == []
