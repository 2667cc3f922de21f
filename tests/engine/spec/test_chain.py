"""Files of stages: what they come to as runs, and each mistake in one sentence."""

from typing import Any

import pytest

from engine.spec import CHAINS, SpecError, apply_to_stages, parse, parse_chain, suggestions

SFT = {"name": "sft", "algorithm": "sft"}
JUDGE = {"name": "judge", "algorithm": "reward", "model": {"from": "stage:sft"}}
PPO = {
    "name": "ppo",
    "algorithm": "ppo",
    "model": {"from": "stage:sft"},
    "reward": [{"kind": "learned", "from": "stage:judge"}],
}


def chain(*stages: Any, **beside: Any) -> dict[str, Any]:
    return {"data": {"dataset": "d"}, **beside, "stages": list(stages)}


def sentences(data: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(SpecError) as caught:
        parse_chain(data)
    return dict(zip([problem.path for problem in caught.value.problems], str(caught.value).splitlines(), strict=True))


def test_stages_become_runs_that_name_each_other_by_their_ids():
    sft, judge, ppo = parse_chain(chain(SFT, JUDGE, PPO)).runs(["aa", "bb", "cc"])
    assert (sft.name, sft.model.name, sft.model.from_) == ("sft", "starter", None)
    assert (judge.name, judge.model.from_) == ("judge", "run:aa")
    assert ppo.model.from_ == "run:aa"
    assert ppo.training_reward[0].from_ == "run:bb"
    assert ppo == parse(
        {
            "name": "ppo",
            "algorithm": "ppo",
            "data": {"dataset": "d"},
            "model": {"from": "run:aa"},
            "reward": [{"kind": "learned", "from": "run:bb"}],
        }
    )


def test_a_key_beside_stages_holds_for_every_stage_that_has_none_of_its_own():
    own = {"name": "own", "algorithm": "dpo", "seed": 9, "data": {"dataset": "other"}}
    first, second = parse_chain(chain(SFT, own, seed=4, model={"name": "smollm2-135m"})).runs(["aa", "bb"])
    assert (first.seed, first.data.dataset, first.model.name) == (4, "d", "smollm2-135m")
    assert (second.seed, second.data.dataset, second.model.name) == (9, "other", "smollm2-135m")


def test_stages_are_a_file_again():
    read = parse_chain(chain(SFT, JUDGE, PPO, seed=4))
    assert parse_chain(read.file) == read


def test_a_stage_may_start_from_a_run_that_exists():
    (only,) = parse_chain(chain({**SFT, "model": {"from": "run:abc@5"}})).runs(["aa"])
    assert only.model.from_ == "run:abc@5"


@pytest.mark.parametrize(
    ("data", "path", "sentence"),
    [
        (chain(), "stages", "stages must be a list of run files, each with a name."),
        (chain("sft"), "stages", "stages must be a list of run files, each with a name."),
        ({"stages": {"sft": SFT}}, "stages", "stages must be a list of run files, each with a name."),
        (
            chain({"algorithm": "sft"}),
            "stages.1.name",
            "Stage 1 needs a name of letters, digits, dashes and underscores.",
        ),
        (
            chain(SFT, {**SFT, "name": "a b"}),
            "stages.2.name",
            "Stage 2 needs a name of letters, digits, dashes and underscores.",
        ),
        (chain(SFT, SFT), "stages.2.name", "Two stages are called sft."),
        (chain(SFT, name="all"), "name", "A file of stages has no name of its own: each stage has one."),
        (
            chain({**SFT, "seed": -1}),
            "stages.1.seed",
            "Stage sft: seed must be a whole number ≥ 0, ≤ 2147483647, not -1.",
        ),
        (
            chain(SFT, xyzzy=[]),
            "stages.1.xyzzy",
            "Stage sft: xyzzy is not a setting of a sft run. There are: ",
        ),
        (
            chain(JUDGE, SFT),
            "stages.1.model.from",
            "Stage judge: model.from names a stage that does not come before this one; there are: none.",
        ),
        (
            chain(SFT, {**JUDGE, "model": {"from": "stage:judge"}}),
            "stages.2.model.from",
            "Stage judge: model.from names a stage that does not come before this one; there are: sft.",
        ),
        (
            chain(SFT, {**PPO, "reward": [{"kind": "learned", "from": "stage:sft"}]}),
            "stages.2.reward.1.from",
            "Stage ppo: reward.1.from names the stage sft, which learns sft: only a reward run learns to score.",
        ),
    ],
)
def test_a_mistake_is_one_sentence_that_says_where_it_is(data: dict[str, Any], path: str, sentence: str):
    messages = sentences(data)
    assert list(messages) == [path]
    assert messages[path].startswith(sentence)


def test_the_mistakes_of_all_stages_are_told_together():
    assert set(sentences(chain({**SFT, "seed": -1}, {**JUDGE, "beta": 1}))) == {"stages.1.seed", "stages.2.beta"}


def test_a_run_file_of_one_run_names_no_stage():
    with pytest.raises(SpecError, match=r"model.from must be written run:ID or run:ID@STEP, not stage:sft"):
        parse({"algorithm": "sft", "data": {"dataset": "d"}, "model": {"from": "stage:sft"}})


def test_changes_name_the_stage_they_are_for():
    changed = apply_to_stages(chain(SFT, JUDGE, seed=1), ["judge.optimizer.batch_size=4", "sft.seed=7"])
    sft, judge = parse_chain(changed).runs(["aa", "bb"])
    assert (sft.seed, judge.seed, judge.optimizer.batch_size) == (7, 1, 4)
    for change in ("seed=1", "ppo.seed=1"):
        with pytest.raises(SpecError, match=f"STAGE.path=value, such as sft.seed=1, not {change}"):
            apply_to_stages(chain(SFT), [change])


@pytest.mark.parametrize("name", CHAINS.files)
def test_a_chain_that_comes_along_can_be_run(name: str):
    algorithms = [spec.algorithm for spec in parse_chain(CHAINS.files[name]).runs(list("abc")[: name.count("-") + 1])]
    assert "-".join(algorithms) == name


def test_the_stages_of_a_chain_that_comes_along_learn_as_the_model_at_their_root_suggests():
    *_, ppo = parse_chain(CHAINS.files["sft-reward-ppo"]).runs(["aa", "bb", "cc"])
    assert ppo.optimizer.batch_size == suggestions("starter", "ppo")["optimizer.batch_size"] != 16
