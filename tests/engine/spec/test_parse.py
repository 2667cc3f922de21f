"""The one gate: every mistake gives one sentence at the path the user wrote, and run files survive the way to YAML."""

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from engine.spec import ALGORITHMS, PRESETS, SpecError, apply, dump, parse, read_yaml, to_yaml
from words import english

DPO: dict[str, Any] = {"algorithm": "dpo", "data": {"dataset": "pairs"}}

MISTAKES = [
    (["not a mapping"], "", "A run file is a list of settings such as algorithm: dpo; this is not one."),
    ({"data": {"dataset": "pairs"}}, "algorithm", "algorithm is missing. There are: "),
    ({**DPO, "algorithm": "zpo"}, "algorithm", "There is no algorithm zpo. There are: "),
    ({"algorithm": "dpo"}, "data", "data is missing."),
    ({**DPO, "kind": "brew"}, "kind", "kind must be train, not brew."),
    ({**DPO, "beta": -1}, "beta", "beta must be a number > 0, ≤ 100, not -1."),
    ({**DPO, "beta": True}, "beta", "beta must be a number > 0, ≤ 100, not true."),
    ({**DPO, "seed": True}, "seed", "seed must be a whole number ≥ 0, ≤ 2147483647, not true."),
    ({**DPO, "variant": "log"}, "variant", "variant must be one of sigmoid, ipo, hinge, robust, not 'log'."),
    ({**DPO, "betta": 0.1}, "betta", "betta is not a setting of a dpo run; did you mean beta?"),
    (
        {**DPO, "optimizer": {"learning_rat": 1}},
        "optimizer.learning_rat",
        "optimizer.learning_rat is not a setting of a dpo run; did you mean optimizer.learning_rate?",
    ),
    (
        {**DPO, "learning_rate": 1},
        "learning_rate",
        "learning_rate is not a setting of a dpo run; did you mean optimizer.",
    ),
    ({**DPO, "dataset": "x"}, "dataset", "dataset is not a setting of a dpo run; did you mean data.dataset?"),
    ({**DPO, "max_steps": 1}, "max_steps", "max_steps is not a setting of a dpo run. There are: version, "),
    (
        {**DPO, "optimizer": {"learning_rate": "fast"}},
        "optimizer.learning_rate",
        "optimizer.learning_rate must be auto or a number > 0, ≤ 1, not 'fast'.",
    ),
    ({**DPO, "optimizer": 3}, "optimizer", "optimizer must be a block of settings, not 3."),
    ({**DPO, "budget": {"steps": 0}}, "budget.steps", "budget.steps must be a whole number ≥ 1, not 0."),
    ({**DPO, "budget": {"steps": 1, "tokens": 2}}, "budget", "budget must name exactly one of "),
    ({**DPO, "budget": "soon"}, "budget", "budget must be auto or a block of settings, not 'soon'."),
    ({**DPO, "model": {"from": "abc"}}, "model.from", "model.from must be written run:ID or run:ID@STEP, not abc."),
    ({**DPO, "model": {"name": "a", "from": "run:b"}}, "model", "model needs either a name or a run to start from"),
    ({**DPO, "model": {"adapter": "lorra"}}, "model.adapter", "model.adapter must be none or a block of settings"),
    (
        {**DPO, "data": {"dataset": "pairs", "max_tokens": 64, "max_prompt_tokens": 64}},
        "data",
        "data.max_prompt_tokens (64) must be below max_tokens (64)",
    ),
    ({**DPO, "data": {"dataset": "../pairs"}}, "data.dataset", "data.dataset must be the name of a dataset"),
    (
        {**DPO, "data": {"dataset": "pairs", "version": "../x"}},
        "data.version",
        "data.version must be latest, or the hash of a frozen version or at least 6 characters of its beginning, not ",
    ),
    (
        {**DPO, "evaluation": {"version": "abcde"}},
        "evaluation.version",
        "evaluation.version must be latest, or the hash of a frozen version or at least 6 characters",
    ),
    ({**DPO, "reward": []}, "reward", "reward must be a list that is not empty, not []."),
    ({**DPO, "reward": [{"kind": "rude"}]}, "reward.1.kind", "reward.1.kind must be one of "),
    ({**DPO, "label_smoothing": 0.1}, "", "label_smoothing is used by the variant robust only"),
    ({**DPO, "algorithm": "grpo", "sampling": {"group_size": 1}}, "", "grpo compares the answers to one prompt"),
    ({**DPO, "resources": {"device": "abacus"}}, "resources.device", "resources.device must be auto, cpu, "),
]


@pytest.mark.parametrize(("data", "path", "sentence"), MISTAKES, ids=[sentence[:40] for _, _, sentence in MISTAKES])
def test_a_mistake_gives_one_sentence_at_its_path(data: object, path: str, sentence: str) -> None:
    with pytest.raises(SpecError) as caught:
        parse(data)
    (problem,) = caught.value.problems
    assert problem.path == path
    assert english(problem.text).startswith(sentence)
    assert "\n" not in english(problem.text)


def test_several_mistakes_are_all_told() -> None:
    with pytest.raises(SpecError) as caught:
        parse({**DPO, "beta": -1, "seed": "x"})
    assert {problem.path for problem in caught.value.problems} == {"beta", "seed"}


def test_yaml_that_cannot_be_read_names_the_line() -> None:
    with pytest.raises(SpecError, match="line 2"):
        read_yaml("algorithm: dpo\nbeta: [0.1\n")


@pytest.mark.parametrize("value", ["2026-02-30", "0b_"])
def test_what_yaml_takes_for_a_date_or_number_and_is_none_is_told(value: str) -> None:
    with pytest.raises(SpecError, match=r"^The run file is not readable as YAML: .+; in quotes it would be text\.$"):
        read_yaml(f"algorithm: dpo\nname: {value}\n")
    assert apply(DPO, [f"name={value}"])["name"] == value


def test_a_number_that_yaml_reads_as_text_is_a_number() -> None:
    assert parse(read_yaml("algorithm: dpo\ndata: {dataset: d}\noptimizer: {learning_rate: 1e-5}")).optimizer == (
        parse({"algorithm": "dpo", "data": {"dataset": "d"}, "optimizer": {"learning_rate": 1e-5}}).optimizer
    )


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_parses_and_survives_yaml(preset: str) -> None:
    spec = parse(PRESETS[preset])
    assert parse(read_yaml(to_yaml(spec))) == spec


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_defaults_survive_a_dump(algorithm: str) -> None:
    spec = parse({"algorithm": algorithm, "data": {"dataset": "d"}})
    assert parse(dump(spec)) == spec
    assert list(dump(spec))[:4] == ["version", "kind", "name", "algorithm"]


def test_what_is_sampled_follows_from_the_batch() -> None:
    sizes = {"optimizer": {"batch_size": 4}, "sampling": {"group_size": 3, "minibatches": 2}}
    sampled = parse({"algorithm": "ppo", "data": {"dataset": "d"}, **sizes})
    assert (sampled.rollout_prompts, sampled.completions) == (4 * 2, 4 * 3)
    stored = parse({**DPO, **sizes})
    assert (stored.rollout_prompts, stored.completions) == (0, 0)


@given(
    beta=st.floats(0.001, 100),
    rank=st.integers(1, 512),
    steps=st.integers(1, 10**9),
    parent=st.booleans(),
    text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=80),
)
@example(beta=1.0, rank=1, steps=1, parent=False, text="a\x85b\u2028")  # line breaks to YAML
def test_any_run_file_survives_yaml(beta: float, rank: int, steps: int, parent: bool, text: str) -> None:
    model = {"from": "run:r123@4"} if parent else {"name": "starter"}
    spec = parse(
        {**DPO, "name": text, "beta": beta, "model": {**model, "adapter": {"rank": rank}}, "budget": {"steps": steps}}
    )
    assert parse(read_yaml(to_yaml(spec))) == spec


def test_the_short_run_file_holds_only_what_differs() -> None:
    assert to_yaml(parse({**DPO, "beta": 0.2, "budget": {"steps": 5}})) == (
        "version: 1\nalgorithm: dpo\nbeta: 0.2\nmodel: {name: starter}\ndata: {dataset: pairs}\nbudget: {steps: 5}\n"
    )


def test_changes_of_a_command_line_reach_inner_blocks() -> None:
    spec = parse(apply(DPO, ["budget.steps=7", "model.adapter.rank=4", "evaluation.dataset=null"]))
    assert spec.budget.amount == 7
    assert spec.model.adapter.rank == 4
    assert DPO == {"algorithm": "dpo", "data": {"dataset": "pairs"}}


def test_a_change_without_an_equals_sign_is_told() -> None:
    with pytest.raises(SpecError, match="path=value"):
        apply(DPO, ["beta"])


@pytest.mark.parametrize(
    ("evaluation", "data", "elsewhere"),
    [
        ({}, {}, False),
        ({"dataset": "others"}, {}, True),
        ({"dataset": "pairs"}, {}, False),
        ({"dataset": "pairs", "version": "a" * 64}, {"version": "b" * 64}, True),
        ({"dataset": "renamed", "version": "a" * 64}, {"version": "a" * 64}, False),
    ],
)
def test_data_named_twice_is_one(evaluation: dict[str, str], data: dict[str, str], elsewhere: bool) -> None:
    spec = parse({**DPO, "data": {"dataset": "pairs", **data}, "evaluation": evaluation})
    assert spec.evaluated_elsewhere is elsewhere
