"""Rewards of other packages: an entry point as an installed distribution declares it, and what it may do wrong."""

import sys
from pathlib import Path

import pytest

from engine.rewards import RewardProblem
from engine.rewards.plugins import find
from tests.engine.rewards.parts import PROMPT, item, reward

SOURCE = """
def score(prompt, responses, items):
    assert prompt[-1]["role"] == "user" and len(items) == len(responses)
    return {"brevity": [1 / (1 + len(text)) for text in responses], "calm": [float("!" not in t) for t in responses]}

def short(prompt, responses, items):
    return {"brevity": []}

def undefined(prompt, responses, items):
    return {"brevity": [float("nan")] * len(responses)}

def raising(prompt, responses, items):
    return 1 / 0

def misnamed(prompt, responses, items):
    return {"a/b": [0.0] * len(responses)}
"""
POINTS = "[alignlab.rewards]\n" + "".join(
    f"{name} = strangers_reward:{function}\n"
    for name, function in {
        "terse": "score",
        "again": "score",
        "short": "short",
        "undefined": "undefined",
        "raising": "raising",
        "misnamed": "misnamed",
        "missing": "not_there",
    }.items()
)


@pytest.fixture(autouse=True)
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A distribution with a module and entry points, on the path as pip would put it."""
    (tmp_path / "strangers_reward.py").write_text(SOURCE)
    info = tmp_path / "strangers_reward-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: strangers-reward\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(POINTS)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "strangers_reward", raising=False)


def scored(*names: str, extra: tuple[dict, ...] = ()) -> dict[str, list[float]]:
    parts = [*extra, *({"kind": "plugin", "plugin": name} for name in names)]
    return reward(*parts).score(PROMPT, ["a", "abc!"], [item()] * 2).components


def test_its_components_are_scored_under_their_own_names():
    assert scored("terse") == {"brevity": [0.5, 0.2], "calm": [1.0, 0.0]}


def test_a_name_that_another_part_has_gets_the_plugins_before_it():
    length = {"kind": "length", "unit": "characters", "shortest": 1, "longest": 2, "name": "brevity"}
    assert scored("terse", extra=(length,)) == {"brevity": [1.0, 0.5], "terse.brevity": [0.5, 0.2], "calm": [1.0, 0.0]}
    assert list(scored("terse", "again")) == ["brevity", "calm", "again.brevity", "again.calm"]


def test_the_weight_counts_for_each_of_its_components():
    total = reward({"kind": "plugin", "plugin": "terse", "weight": 2.0}).score(PROMPT, ["a"], [item()]).total
    assert total == [2.0 * (0.5 + 1.0)]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("unheard", "There is no reward plug-in unheard. Installed: again, misnamed, missing, "),
        ("short", "The reward brevity gave 0 scores for 2 answers."),
        ("undefined", "The reward brevity gave a score that is not a finite number."),
        ("raising", "The reward plug-in raising failed: ZeroDivisionError"),
        ("missing", "The reward plug-in missing failed: AttributeError"),
        ("misnamed", "The reward plug-in misnamed calls a component 'a/b'"),
    ],
)
def test_a_plugin_that_cannot_score_is_told(name: str, sentence: str):
    with pytest.raises(RewardProblem) as caught:
        scored(name)
    assert str(caught.value).startswith(sentence)


def test_finding_one_does_not_import_it():
    assert find("terse").value == "strangers_reward:score"
    assert "strangers_reward" not in sys.modules
