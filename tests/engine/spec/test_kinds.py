"""Kinds of runs: one more is a class and a line, and what every run has is the same for all of them."""

from typing import Literal

import pytest

from engine.spec import ALGORITHMS, RunSpec, SpecError, Train, dump, parse, settings
from engine.spec.fields import Whole, in_order, setting
from engine.spec.parse import KINDS

FILE = {"kind": "brew", "data": {"dataset": "beans"}}


class Brew(RunSpec):
    """A kind of runs that there is not."""

    lane = "light"
    defaults = {"cups": 3}

    kind: Literal["brew"] = setting("brew", "Kind", "What the engine does.", labels={"brew": "brew"})
    cups: Whole = setting(1, "Cups", "How many.", ge=1)


@pytest.fixture
def brew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KINDS, "brew", lambda _: Brew)


@pytest.mark.usefixtures("brew")
def test_another_kind_is_one_class_and_one_line() -> None:
    spec = parse(FILE, RunSpec)
    assert spec == Brew(data={"dataset": "beans"}, cups=3)
    assert parse(FILE, Brew) == parse(dump(spec), RunSpec) == spec
    assert list(dump(spec)) == ["version", "kind", "name", "model", "data", "resources", "seed", "cups"]
    assert (spec.lane, spec.default_name, [*spec.reward_parts]) == ("light", "brew on beans", [])


@pytest.mark.usefixtures("brew")
@pytest.mark.parametrize(
    ("changes", "expected", "sentence"),
    [
        ({}, Train, "kind must be train, not brew."),
        ({"kind": "train"}, Brew, "kind must be brew, not train."),
        ({"kind": "stew"}, RunSpec, "kind must be train, generate, brew, not stew."),
        ({"kind": ["brew"]}, RunSpec, "kind must be train, generate, brew, not ['brew']."),
        ({"cups": 0}, RunSpec, "cups must be a whole number ≥ 1, not 0."),
        ({"cup": 2}, RunSpec, "cup is not a setting of a brew run; did you mean cups?"),
    ],
)
def test_a_file_of_another_kind_than_expected_is_a_mistake(
    changes: dict[str, object], expected: type[RunSpec], sentence: str
) -> None:
    with pytest.raises(SpecError) as caught:
        parse({**FILE, **changes}, expected)
    assert str(caught.value) == sentence


def test_a_train_run_waits_in_the_lane_of_training_under_the_name_of_its_method() -> None:
    reward = [{"kind": "polite"}, {"kind": "length", "name": "long"}]
    evaluation = {"reward": [{"kind": "length"}]}
    spec = parse({"algorithm": "grpo", "data": {"dataset": "pairs"}, "reward": reward, "evaluation": evaluation})
    assert (spec.lane, spec.default_name) == ("train", "grpo on pairs")
    named = {path: part.component for path, part in spec.reward_parts}
    assert named == {"reward.1": "polite", "reward.2": "long", "evaluation.reward.1": "length"}


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_settings_come_in_the_order_of_the_run_file(algorithm: str) -> None:
    """What every run has frames what only training has, and the algorithm's own settings stand after its name."""
    blocks = list(dict.fromkeys(setting.path.partition(".")[0] for setting in settings(ALGORITHMS[algorithm])))
    shared = [*Train.field_order]
    assert set(shared) == set(Train.model_fields)
    own = blocks[len(shared) :]
    assert blocks == [*shared, *own]
    stored = list(dump(parse({"algorithm": algorithm, "data": {"dataset": "d"}})))
    assert stored == [*shared[:4], *own, *(block for block in shared[4:] if block not in ("watch", "notify"))]


def test_mistakes_are_told_in_the_order_of_the_run_file() -> None:
    file = {"algorithm": "dpo", "data": {"dataset": "d"}, "seed": -1, "beta": -1, "optimizer": 3, "zzz": 1}
    with pytest.raises(SpecError) as caught:
        parse(file)
    assert [problem.path for problem in caught.value.problems] == ["optimizer", "seed", "beta", "zzz"]


def test_an_order_puts_its_keys_first() -> None:
    assert list(in_order({"seed": 0, "name": "a", "beta": 0.1}, ["name", "model", "seed"])) == ["name", "seed", "beta"]
