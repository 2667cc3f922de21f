"""The run files to start from: the article's demos keep to the article, and equal terms are equal."""

import pytest

from engine.data.items import evaluated
from engine.spec import ALGORITHMS, PRESET_GROUPS, PRESETS, STUDIES, dump, parse, parse_study
from engine.starter import datasets
from engine.starter.fixed_dialogues import SMALL_TALK
from storage.item_content import split
from storage.records import Item

PROMPTS = 8  # of the article's kind in polite-weather


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_a_run_file_that_names_itself(name: str):
    assert parse(PRESETS[name]).name == name


@pytest.mark.parametrize("group", PRESET_GROUPS)
def test_a_group_says_what_it_is(group: str):
    preset = PRESET_GROUPS[group]
    assert all(sentence.endswith(".") for sentence in (preset.about, *preset.differences))
    assert list(preset.files) == [name for name in PRESETS if name in preset.files]


def test_the_articles_demos_are_its_four_methods_with_its_rules_for_twenty_steps():
    group = PRESET_GROUPS["article"]
    specs = [parse(file) for file in group.files.values()]
    assert [spec.algorithm for spec in specs] == ["ppo", "dpo", "grpo_pairwise", "gspo_selective"]
    assert len(group.differences) >= 4
    for spec in specs:
        assert (spec.budget.amount, spec.data.filter, spec.model.name) == (20, "article", "starter")
        rules = {part.kind for part in (*(spec.reward or ()), *spec.evaluation_reward)}
        assert rules == {"article_rule", "article_quality"}
        assert spec.evaluation.prompts == PROMPTS
    assert specs[3].tau == 0.2


def test_the_articles_demos_are_evaluated_on_the_prompts_of_the_article_and_no_others():
    rows = datasets.read("polite-weather")
    own = split([Item(row["id"], tuple(row["prompt"]), tags=tuple(row["tags"])) for row in rows])
    assert any(item.split == "held_out" for item in own)
    for file in PRESET_GROUPS["article"].files.values():
        spec = parse(file)
        asked = {item.messages[-1]["content"] for item in evaluated(own, spec.data.filter)}
        assert len(asked) == PROMPTS
        assert asked == {talk.prompt for talk in SMALL_TALK if talk.language == "zh"}


def test_four_methods_on_equal_terms_differ_in_the_method_alone():
    specs = [parse(file) for file in PRESET_GROUPS["fair-quartet"].files.values()]
    assert [spec.algorithm for spec in specs] == ["dpo", "ppo", "grpo", "gspo"]
    first, *others = [dump(spec) for spec in specs]
    for other in others:
        for block in ("model", "reward", "budget", "evaluation", "checkpoint", "resources", "seed"):
            assert other[block] == first[block]
        assert other["data"] | {"source": "frozen"} == first["data"]


def test_equal_terms_leave_each_method_what_the_model_suggests_for_it():
    grpo = parse(PRESETS["fair-grpo"])
    assert (grpo.optimizer.batch_size, grpo.sampling.group_size, grpo.kl_coefficient) == (8, 8, 0.02)
    assert set(ALGORITHMS) >= {parse(file).algorithm for file in PRESETS.values()}


def test_the_study_of_equal_terms_has_the_runs_of_the_preset_with_every_seed():
    spec = parse_study(STUDIES["fair-quartet"])
    for file in PRESET_GROUPS["fair-quartet"].files.values():
        single, member = parse(file), spec.run(str(file["algorithm"]), {}, 0)
        assert {**dump(member), "name": None} == {**dump(single), "name": None}
    assert spec.run_count == 4 * 3
