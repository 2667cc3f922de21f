"""Study files: what they mean, and one sentence for each mistake."""

from typing import Any

import pytest

from engine.spec import STUDIES, SpecError, key_metrics, parse_study, read_yaml, readable_study, suggestions, write_yaml
from engine.spec.study import StudySpec
from engine.spec.study_axes import Axis
from words import english

BASE = {"data": {"dataset": "pairs"}, "evaluation": {"prompts": 16}}


def study(**changes: Any) -> StudySpec:
    return parse_study({"base": BASE, "algorithms": ["dpo", "grpo"], "budget": {"tokens": 1000}, **changes})


def sentences(**changes: Any) -> list[str]:
    with pytest.raises(SpecError) as caught:
        study(**changes)
    return [english(problem.text) for problem in caught.value.problems]


def test_a_file_is_written_and_read_again():
    for spec in (
        study(),
        study(vary={"grpo": {"kl_coefficient": [0.0, 0.1]}}, seeds=[4]),
        *map(parse_study, STUDIES.values()),
    ):
        assert parse_study(read_yaml(write_yaml(spec.file))) == spec


def test_settings_come_from_the_model_then_the_base_then_the_method_then_what_is_varied():
    spec = study(
        base={**BASE, "optimizer": {"batch_size": 4}},
        methods={"grpo": {"sampling": {"group_size": 3}, "optimizer.max_grad_norm": 0.5}},
        vary={"optimizer.learning_rate": [1e-4, 2e-4]},
    )
    run = spec.run("grpo", {"optimizer.learning_rate": 2e-4}, 5)
    assert run.kl_coefficient == suggestions("starter", "grpo")["kl_coefficient"]
    assert (run.optimizer.batch_size, run.sampling.group_size, run.optimizer.max_grad_norm) == (4, 3, 0.5)
    assert (run.optimizer.learning_rate, run.seed, run.budget.tokens) == (2e-4, 5, 1000)
    assert spec.run("dpo", {}, 0).sampling.group_size != 3


def test_a_run_file_is_a_base_and_says_algorithm_seed_and_budget_where_the_study_does_not():
    base = {**BASE, "algorithm": "dpo", "beta": 0.2, "seed": 7, "budget": {"steps": 9}, "name": "mine"}
    spec = parse_study({"base": base})
    assert (spec.algorithms, spec.seeds, spec.budget.steps, spec.title) == (["dpo"], [7], 9, "mine")
    assert spec.plain("dpo").beta == 0.2


def test_every_combination_with_every_seed_is_reported_without_a_search():
    spec = study(
        vary={"optimizer.learning_rate": [1e-4, 2e-4], "grpo": {"kl_coefficient": [0, 0.1, 0.2]}}, seeds=[0, 1]
    )
    assert (len(spec.grid("dpo")), len(spec.grid("grpo")), spec.run_count) == (2, 6, 16)
    assert spec.grid("grpo")[1] == {"optimizer.learning_rate": 1e-4, "kl_coefficient": 0.1}


def test_a_shared_path_varies_the_methods_that_have_it():
    spec = study(vary={"beta": [0.1, 0.2]})
    assert spec.axes("dpo") == [Axis("beta", (0.1, 0.2))]
    assert spec.axes("grpo") == []


def test_a_search_that_names_nothing_takes_recommended_values_the_models_first():
    spec = study(search={"kind": "random", "trials": 4})
    axes = {axis.path: axis.values for axis in spec.axes("dpo")}
    own = suggestions("starter", "dpo")["optimizer.learning_rate"]
    assert axes["optimizer.learning_rate"] == (own, own / 2, own * 2)
    assert axes["beta"][0] == suggestions("starter", "dpo")["beta"]
    assert "epsilon" not in {axis.path for axis in spec.axes("grpo")}, "nothing is clipped at one minibatch"
    assert spec.run_count == 2 * 4 + 2 * 3


def test_trials_have_a_seed_that_no_reported_run_has():
    assert study(seeds=[0, 5], search={"kind": "random", "trials": 2}).trial_seeds == [6]
    assert study(search={"kind": "random", "trials": 2, "seeds": [1, 2]}).trial_seeds == [1, 2]


def test_trials_are_chosen_by_the_held_out_figure_that_the_methods_report():
    assert study().objective == key_metrics.HEADLINE
    assert study(algorithms=["reward"]).objective == key_metrics.HELD_OUT_ACCURACY


def test_names_of_runs_keep_what_tells_them_apart():
    spec = study(name="x" * 80)
    name = spec.run_name("grpo", "final", 0, {"optimizer.learning_rate": 3e-4}, 2)
    assert len(name) == 80
    assert name.endswith(" grpo learning_rate 0.0003 s2")
    assert study(name="mine").run_name("dpo", "trial", 3, {}, 9) == "mine dpo trial 4 s9"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"algorithms": ["dpo", "gpo"]}, "There is no algorithm 'gpo'. There are: "),
        ({"algorithms": ["dpo", "dpo"]}, "algorithms names a method twice"),
        ({"budget": None}, "A study gives all its runs one budget"),
        ({"budget": "auto"}, "A study gives all its runs one budget"),
        ({"budget": {"steps": 1, "tokens": 2}}, "budget must name exactly one of steps, samples, tokens and seconds."),
        ({"seeds": [0, 0]}, "seeds must be a list of different whole numbers from 0 on, not [0, 0]."),
        ({"seeds": [True]}, "seeds must be a list of different whole numbers"),
        ({"base": 3}, "base must be a block of settings, not 3."),
        ({"base": {**BASE, "stages": []}}, "base.stages: the runs of a study are single runs"),
        ({"base": {**BASE, "beta": 0.1}}, "grpo: beta is not a setting of a grpo run"),
        ({"base": {"data": {}}}, "data.dataset is missing."),
        ({"methods": {"ppo": {}}}, "methods.ppo: the study compares dpo, grpo."),
        ({"methods": {"dpo": {"budget": {"steps": 3}}}}, "methods.dpo.budget: all runs have the same"),
        ({"methods": {"dpo": {"evaluation": {"prompts": 3}}}}, "measured alike: evaluation has one value"),
        ({"methods": {"dpo": {"model": {"name": "smollm2-135m"}}}}, "measured alike: model has one value"),
        ({"vary": {"data.filter": ["a", "b"]}}, "measured alike: data.filter has one value"),
        ({"vary": {"reward": [[{"kind": "polite"}], [{"kind": "article_rule"}]]}}, "measured alike: evaluation.reward"),
        ({"base": {**BASE, "evaluation": {"final_prompts": 0}}}, "A study reports on prompts that chose nothing"),
        ({"vary": {"seed": [1, 2]}}, "vary.seed cannot be varied here: a study says it once, as seeds."),
        ({"vary": {"tau": [1, 2]}}, "vary.tau: none of the methods dpo, grpo has a setting tau."),
        ({"vary": {"dpo": {"tau": [1]}}}, "vary.dpo.tau: dpo has no setting tau."),
        ({"vary": {"beta": [0.1, 0.1]}}, "vary.beta must be a list of different values"),
        ({"vary": {"beta": [0.1, -1]}}, "dpo: beta must be a number > 0, ≤ 100, not -1."),
        ({"vary": {"beta": {"from": 1, "to": 2}}}, "vary.beta is a range, from which only a search"),
        (
            {"vary": {"beta": {"from": 2, "to": 1}}, "search": {"trials": 2}},
            "from a smaller to a larger number",
        ),
        ({"vary": {"sampling.group_size": {"from": 2, "to": 4}}}, "vary.sampling.group_size takes no range"),
        ({"search": {"kind": "random"}}, "A search of kind random needs trials"),
        ({"search": {"kind": "best", "trials": 3}}, "search.kind must be one of grid, random, tpe, not 'best'."),
        (
            {
                "vary": {"dpo": {"beta": [0.1, 0.2]}, "grpo": {"kl_coefficient": [0, 0.1, 0.2]}},
                "search": {"kind": "grid"},
            },
            "The methods have unequal grids (dpo 2, grpo 3): set search.trials to a number, at most 2, for all.",
        ),
        (
            {"vary": {"optimizer.learning_rate": [1e-4, 2e-4]}, "search": {"trials": 3}},
            "search.trials is 3, but there are fewer different settings (dpo 2, grpo 2): at most 2.",
        ),
        ({"vary": {"beta": [0.1, 0.2]}, "search": {"trials": 2}, "algorithms": ["dpo", "sft"]}, ""),
        ({"algorithms": ["dpo", "reward"]}, "A reward model learns to score"),
        ({"seeds": list(range(1001))}, "The study has 2,002 runs; at most 2,000 are possible."),
    ],
)
def test_a_mistake_is_one_sentence(changes: dict[str, Any], sentence: str):
    if not sentence:  # sft has no beta, and gets the recommended learning rates
        assert study(**changes).trials("sft") == 2
        return
    (told,) = sentences(**changes)
    assert sentence in told


def test_a_mistake_of_all_methods_is_said_once_and_others_with_their_methods():
    assert sentences(base={**BASE, "optimizer": {"batch_size": 0}}) == [
        "optimizer.batch_size must be a whole number ≥ 1, not 0."
    ]
    (told,) = sentences(methods={"grpo": {"kl_coefficient": -1}})
    assert told.startswith("grpo: kl_coefficient must be")


def test_a_row_without_a_study_file_is_none():
    assert readable_study({"preset": "fair-quartet"}) is None
    assert readable_study(study().file) == study()
