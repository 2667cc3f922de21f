"""The rewards of a run file: every kind, its mistakes at their paths, its settings for the form, its curves."""

from typing import Any

import pytest

from engine.spec import (
    ALGORITHMS,
    SpecError,
    Train,
    brief,
    dump,
    general,
    metric,
    metric_keys,
    parse,
    read_yaml,
    settings,
    to_yaml,
)
from words import english

JUDGE = {"kind": "judge", "url": "http://localhost:8000/v1", "model": "wise"}
KINDS: dict[str, dict[str, Any]] = {
    "polite": {},
    "polite_v1": {},
    "article_rule": {},
    "article_quality": {},
    "keyword": {"words": ["thanks", "谢谢"], "match": "all"},
    "regex": {"pattern": r"\d+"},
    "length": {"shortest": 5, "longest": 20, "unit": "characters"},
    "reference": {"field": "gold"},
    "learned": {"from": "run:r123@40"},
    "judge": {**JUDGE, "key": "env:JUDGE_API_KEY", "rubric": "Kind?", "temperature": None},
    "plugin": {"plugin": "terse"},
    "polite_reader": {},
}


def run(*parts: Any, **settings: Any) -> Train:
    return parse({"algorithm": "grpo", "data": {"dataset": "d"}, "reward": list(parts), **settings})


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_survives_dump_and_yaml(kind: str):
    part = {"kind": kind, **KINDS[kind], "weight": 0.5, "name": "mine"}
    spec = run({"kind": "length"}, evaluation={"reward": [part]})
    assert spec.evaluation.reward[0].kind == kind
    assert parse(dump(spec)) == spec
    assert parse(read_yaml(to_yaml(spec))) == spec


def test_the_examples_cover_every_kind():
    kinds = {field.path: set(field.kinds) for field in settings(ALGORITHMS["grpo"]) if field.path.endswith("reward")}
    assert kinds == {"reward": set(KINDS) - {"polite_reader"}, "evaluation.reward": set(KINDS)}


def test_a_short_run_file_says_of_a_part_only_what_is_not_its_default():
    spec = run(JUDGE, evaluation={"reward": [{"kind": "polite", "weight": 2}]})
    assert brief(spec)["reward"] == [JUDGE]
    assert brief(spec)["evaluation"]["reward"] == [{"kind": "polite", "weight": 2.0}]


MISTAKES = [
    ({"kind": "rude"}, "reward.1.kind", "reward.1.kind must be one of polite, polite_v1, "),
    ("polite", "reward.1", "reward.1 must be a block of settings, not 'polite'."),
    (
        {"kind": "polite", "waight": 1},
        "reward.1.waight",
        "reward.1.waight is not a setting of a grpo run; did you ",
    ),
    ({"kind": "polite", "weight": "x"}, "reward.1.weight", "reward.1.weight must be a number ≥ -100, ≤ 100, not 'x'."),
    ({"kind": "polite", "name": "a/b"}, "reward.1.name", "reward.1.name must be a short name of letters, "),
    ({"kind": "keyword"}, "reward.1.words", "reward.1.words is missing."),
    ({"kind": "keyword", "words": []}, "reward.1.words", "reward.1.words must be a list that is not empty, not []."),
    ({"kind": "keyword", "words": [" "]}, "reward.1.words", "reward.1.words must not hold an empty word"),
    ({"kind": "keyword", "words": [3]}, "reward.1.words.1", "reward.1.words.1 must be text, not 3."),
    (
        {"kind": "keyword", "words": ["a"], "match": "most"},
        "reward.1.match",
        "reward.1.match must be one of any, ",
    ),
    ({"kind": "regex", "pattern": "("}, "reward.1.pattern", "reward.1.pattern is not a regular expression: missing )."),
    ({"kind": "regex", "pattern": "a" * 501}, "reward.1.pattern", "reward.1.pattern must be text of at most 500 "),
    ({"kind": "length", "shortest": 9, "longest": 3}, "reward.1", "reward.1.shortest must not be above longest."),
    ({"kind": "learned"}, "reward.1.from", "reward.1.from is missing."),
    (
        {"kind": "learned", "from": "r1"},
        "reward.1.from",
        "reward.1.from must be written run:ID or run:ID@STEP, ",
    ),
    ({**JUDGE, "url": "localhost"}, "reward.1.url", "reward.1.url must be an address such as "),
    ({**JUDGE, "url": "https://me:pw@host/v1"}, "reward.1.url", "reward.1.url must be an address such as "),
    ({**JUDGE, "url": "https://host/v1?key=x"}, "reward.1.url", "reward.1.url must be an address such as "),
    ({**JUDGE, "template": "{answer}?"}, "reward.1.template", "reward.1.template must hold {prompt} and {answer}"),
    ({**JUDGE, "lowest": 10}, "reward.1", "reward.1.lowest must be below highest."),
    ({**JUDGE, "retries": -1}, "reward.1.retries", "reward.1.retries must be a whole number ≥ 0, ≤ 10, not -1."),
]


@pytest.mark.parametrize(("part", "path", "sentence"), MISTAKES, ids=[sentence[:50] for _, _, sentence in MISTAKES])
def test_a_mistake_gives_one_sentence_at_its_path(part: object, path: str, sentence: str):
    with pytest.raises(SpecError) as caught:
        run(part)
    (problem,) = caught.value.problems
    assert problem.path == path
    assert english(problem.text).startswith(sentence)


def test_a_mistake_of_the_evaluation_reward_has_its_own_path():
    with pytest.raises(SpecError) as caught:
        run({"kind": "polite"}, evaluation={"reward": [{"kind": "polite"}, {"kind": "regex", "pattern": "["}]})
    assert caught.value.problems[0].path == "evaluation.reward.2.pattern"


@pytest.mark.parametrize(
    "key", ["sk-very-secret-123", "env:9", "file:../../etc/passwd", "file:.hidden", "JUDGE_API_KEY"]
)
def test_a_key_in_place_of_its_place_is_refused_without_being_repeated(key: str):
    with pytest.raises(SpecError) as caught:
        run({**JUDGE, "key": key})
    assert caught.value.problems[0].path == "reward.1.key"
    assert key not in str(caught.value)
    assert key not in str(caught.value.__cause__)


def test_two_parts_never_share_a_name():
    pattern = {"kind": "regex", "pattern": "a"}
    with pytest.raises(SpecError, match="reward has two parts called regex: give one of them another name"):
        run(pattern, pattern)
    assert [part.component for part in run(pattern, {**pattern, "name": "second"}).reward] == ["regex", "second"]


def test_a_part_without_a_kind_is_polite_as_it_was_when_there_was_no_other():
    assert run({"weight": 2}).reward[0].kind == "polite"


def test_no_reward_is_polite_where_answers_are_sampled():
    spec = parse({"algorithm": "grpo", "data": {"dataset": "d"}})
    assert spec.reward is None
    assert [part.kind for part in spec.training_reward] == ["polite"]
    assert [part.kind for part in spec.evaluation_reward] == ["polite", "polite_reader"]


def test_curves_carry_the_names_of_the_parts():
    keys = metric_keys(run({"kind": "polite"}, {"kind": "regex", "pattern": "a", "name": "digits"}))
    assert {"rewards/polite/mean", "rewards/digits/std", "eval/rewards/digits"} <= set(keys)
    assert all(metric(key) for key in keys)


def test_a_plugin_leaves_the_names_of_its_curves_open():
    keys = metric_keys(run({"kind": "plugin", "plugin": "terse"}))
    assert general("eval/rewards/brevity") in keys
    assert general("eval/rewards/brevity") not in metric_keys(run({"kind": "polite"}))


@pytest.mark.parametrize("path", ["reward", "evaluation.reward"])
def test_a_form_is_told_every_kind_with_all_its_settings(path: str):
    reward = next(field for field in settings(ALGORITHMS["dpo"]) if field.path == path)
    kinds = tuple(kind for kind in KINDS if path != "reward" or kind != "polite_reader")
    for kind, (choice, *own) in reward.kinds.items():
        assert (choice.path, choice.default, choice.choices) == ("kind", kind, kinds)
        assert set(choice.labels) == set(kinds)
        assert choice.help.startswith(f"{kind}: ")
        for field in own:
            assert field.title not in ("", field.path)
            assert field.help.endswith(".")
            assert field.kind != "other"
            assert set(field.choices) == set(field.labels or {})
    assert [field.path for field in reward.kinds["learned"]] == ["kind", "weight", "name", "from"]
