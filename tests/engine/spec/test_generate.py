"""Run files of the kind generate: what they default to, what is a mistake, and how they are written down."""

from typing import Any

import pytest

from engine.spec import CANDIDATES, Generate, RunSpec, SpecError, dump, parse, read_yaml, readable, settings, to_yaml
from engine.spec.resolved import ResolvedGenerate, ResolvedTrain

FILE: dict[str, Any] = {"kind": "generate", "data": {"dataset": "talks"}, "into": "answers"}
FULL = {
    **FILE,
    "name": "two checkpoints",
    "model": {"from": "run:abc@50"},
    "against": {"name": "starter"},
    "prompts": 40,
    "sampling": {"samples": 1, "temperature": 0.7},
    "scorer": [{"kind": "learned", "from": "run:rew"}, {"kind": "length", "longest": 90, "weight": 0.5}],
    "seed": 3,
}


def mistakes(**changes: Any) -> dict[str, str]:
    """path -> sentence."""
    with pytest.raises(SpecError) as caught:
        parse({**FILE, **changes}, Generate)
    return dict(zip((problem.path for problem in caught.value.problems), str(caught.value).split("\n"), strict=True))


def test_the_shortest_file_gives_two_answers_of_the_starter_in_the_light_lane() -> None:
    spec = parse(FILE, Generate)
    assert (spec.lane, spec.algorithm_name, spec.default_name) == ("light", None, "answers for answers")
    assert (spec.model.name, spec.against, spec.answers, spec.prompts) == ("starter", None, 2, None)
    assert [*spec.models] == ["model"]


def test_two_models_and_the_parts_of_the_scorer_are_named_by_their_paths() -> None:
    spec = parse(FULL, Generate)
    assert ([*spec.models], spec.answers) == (["model", "against"], 2)
    assert [path for path, _part in spec.reward_parts] == ["scorer.1", "scorer.2"]


@pytest.mark.parametrize("file", [FILE, FULL, CANDIDATES])
def test_a_run_file_survives_its_row_and_its_text(file: dict[str, Any]) -> None:
    spec = parse(file, Generate)
    assert parse(dump(spec), RunSpec) == spec
    assert parse(read_yaml(to_yaml(spec)), Generate) == spec


def test_its_text_has_only_what_differs_from_the_defaults() -> None:
    lines = to_yaml(parse(FILE, Generate)).splitlines()
    assert lines == [
        "version: 1",
        "kind: generate",
        "model: {name: starter}",
        "data: {dataset: talks}",
        "into: answers",
    ]
    assert "scorer:" in to_yaml(parse(FULL, Generate))
    assert "weight: 0.5" in to_yaml(parse(FULL, Generate))


@pytest.mark.parametrize(
    ("changes", "path", "words"),
    [
        ({"sampling": {"samples": 1}}, "sampling.samples", "There is nothing to compare with one answer"),
        (
            {"sampling": {"temperature": 0}},
            "sampling.temperature",
            "the same answer each time: set sampling",
        ),
        (
            {"sampling": {"temperature": 0, "samples": 1}, "against": {"name": "starter"}},
            "against",
            "the same answer each time: name another model",
        ),
        ({"sampling": {"max_new_tokens": 600}}, "sampling.max_new_tokens", "exceed data.max_tokens together"),
        ({"model": {"adapter": {"kind": "lora"}}}, "model.adapter", "trains nothing: leave model.adapter out"),
        ({"against": {"adapter": {"kind": "lora"}}}, "against.adapter", "trains nothing: leave against.adapter out"),
        ({"data": {"dataset": "d", "source": "sampled"}}, "data.source", "leave data.source out"),
        ({"into": "x" * 65}, "into", "text of at most 64 characters"),
        ({"prompts": 0}, "prompts", "prompts must be a whole number"),
        ({"against": {"from": "abc"}}, "against.from", "must be written run:ID or run:ID@STEP"),
        ({"budget": {"steps": 3}}, "budget", "is not a setting of a generate run"),
    ],
)
def test_what_makes_no_sense_is_one_sentence(changes: dict[str, Any], path: str, words: str) -> None:
    assert words in mistakes(**changes).get(path, "")


def test_a_file_without_a_dataset_to_fill_says_so() -> None:
    with pytest.raises(SpecError, match=r"^into is missing\.$"):
        parse({key: value for key, value in FILE.items() if key != "into"}, Generate)


def test_code_for_training_does_not_get_it() -> None:
    assert readable(FILE) is None
    assert readable(FILE, RunSpec) == parse(FILE, Generate)


def test_every_setting_has_words() -> None:
    assert all(setting.title and setting.help for setting in settings(Generate))
    assert {setting.path.partition(".")[0] for setting in settings(Generate)} == set(Generate.field_order)


def test_what_it_decided_is_read_back_and_is_not_taken_for_that_of_a_train_run() -> None:
    common = {"model": "starter", "ancestors": [], "device": "cpu", "precision": "fp32", "threads": 2}
    second = {"model": "starter", "ancestors": [[None, "runs/a/w"]], "rests_on": ["run:a@5"]}
    resolved = ResolvedGenerate.model_validate({**common, "against": second})
    assert ResolvedGenerate.read(resolved.state()) == resolved
    assert ResolvedTrain.read(resolved.state()) is None
