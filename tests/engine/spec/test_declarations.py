"""What is declared is complete: every setting can be shown, every metric read, every suggestion parsed."""

import pytest

from engine.spec import (
    ALGORITHMS,
    METRICS,
    key_metrics,
    known_models,
    metric,
    metric_keys,
    parse,
    resolve,
    settings,
    suggested,
)
from engine.spec.metrics import undeclared
from engine.spec.models import FALLBACK_LEARNING_RATE, FALLBACK_LORA_LEARNING_RATE, FALLBACK_STEPS, suggestions


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_every_setting_has_a_title_a_help_and_a_known_kind(algorithm: str) -> None:
    for setting in settings(ALGORITHMS[algorithm]):
        assert setting.title not in ("", setting.path), setting.path
        assert setting.help.endswith("."), setting.path
        assert setting.kind != "other", setting.path


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_every_choice_has_a_label_and_every_suggestion_lies_within_bounds(algorithm: str) -> None:
    offered = dict(ALGORITHMS[algorithm].suggested)
    for setting in settings(ALGORITHMS[algorithm]):
        if len(setting.choices) > 1:
            assert set(setting.labels or {}) == set(setting.choices), setting.path
        for value in (*setting.suggested, *offered.pop(setting.path, ())):
            assert setting.lower is None or value >= setting.lower, setting.path
            assert setting.upper is None or value <= setting.upper, setting.path
    assert offered == {}, "a suggestion for no setting"


def test_a_list_of_blocks_says_what_an_entry_holds() -> None:
    by_path = {setting.path: setting for setting in settings(ALGORITHMS["dpo"])}
    assert [inner.path for inner in by_path["reward"].kinds["regex"]] == ["kind", "weight", "name", "pattern"]
    assert by_path["model.adapter.targets"].kinds == {}


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_every_metric_a_run_reports_is_declared(algorithm: str) -> None:
    spec = parse({"algorithm": algorithm, "data": {"dataset": "d"}})
    keys = metric_keys(spec)
    assert len(keys) == len(set(keys))
    for key in keys:
        assert metric(key).help.endswith(".")
    assert ("eval/rewards/polite" in keys) == ("scalar_head" not in spec.needs)


def test_an_undeclared_metric_is_an_error() -> None:
    with pytest.raises(KeyError):
        metric("rewards/unheard_of/of")
    assert metric("eval/rewards/polite") is METRICS["eval/rewards/{component}"]


def test_ranks_are_counted_from_one_without_a_gap() -> None:
    ranks = [metric.rank for metric in METRICS.values() if metric.rank is not None]
    assert sorted(ranks) == list(range(1, len(ranks) + 1))
    assert [METRICS[key].rank for key in key_metrics.RANKED] == sorted(ranks)
    assert key_metrics.RANKED[0] == key_metrics.HEADLINE, "what is asked for first is what compares methods"


def test_the_figures_that_compare_runs_are_the_ranked_ones_on_held_out_data() -> None:
    assert set(key_metrics.RANKED) - set(key_metrics.RANKED_HELD_OUT) == {key_metrics.LOSS}
    sections = {"held_out", "final", "learning", "machine", "system", "progress"}
    assert {metric.section for metric in METRICS.values()} == sections
    assert {key for key in METRICS if METRICS[key].section == "held_out"} == {key for key in METRICS if "eval/" in key}


def test_kl_has_a_direction_and_no_better_side() -> None:
    """It grows from 0 in every run: `checkpoint.keep_best` may minimise it, but no page calls a growth worse."""
    kl = METRICS[key_metrics.HELD_OUT_KL]
    assert (kl.direction, kl.better) == ("down", None)
    assert (METRICS[key_metrics.HEADLINE].better, METRICS[key_metrics.LOSS].better) == ("up", "down")
    assert METRICS[key_metrics.RESPONSE_LENGTH].better is None


def test_a_metric_of_another_trainer_is_held_out_by_its_prefix() -> None:
    assert undeclared("eval/bleu").section == "held_out"
    assert (undeclared("my/own").section, undeclared("my/own").title) == ("learning", "my/own")


def test_only_pairs_are_judged_by_accuracy() -> None:
    assert "eval/accuracy" in metric_keys(parse({"algorithm": "dpo", "data": {"dataset": "d"}}))
    assert "eval/accuracy" not in metric_keys(parse({"algorithm": "sft", "data": {"dataset": "d"}}))


def test_the_metrics_of_a_panel_have_one_unit() -> None:
    """They share its axis, which says the unit of the first."""
    units = {metric.panel: metric.unit for metric in METRICS.values()}
    assert [metric.key for metric in METRICS.values() if metric.unit != units[metric.panel]] == []


@pytest.mark.parametrize("name", known_models())
def test_what_a_model_suggests_is_a_valid_run(name: str) -> None:
    for algorithm, values in known_models()[name].suggestions.items():
        if algorithm in ALGORITHMS:
            paths = {setting.path for setting in settings(ALGORITHMS[algorithm])}
            assert set(values) <= paths


def test_auto_takes_the_models_suggestion_first_and_leaves_what_was_said() -> None:
    starter = resolve(parse({"algorithm": "dpo", "data": {"dataset": "d"}}))
    other = resolve(parse({"algorithm": "dpo", "model": {"name": "a/b"}, "data": {"dataset": "d"}}))
    explicit = resolve(
        parse({"algorithm": "dpo", "data": {"dataset": "d"}, "budget": {"steps": 3}, "optimizer": {"learning_rate": 1}})
    )
    assert starter.optimizer.learning_rate == known_models()["starter"].suggestions["dpo"]["optimizer.learning_rate"]
    assert (other.optimizer.learning_rate, other.budget.steps) == (FALLBACK_LEARNING_RATE, FALLBACK_STEPS)
    assert (explicit.optimizer.learning_rate, explicit.budget.steps) == (1, 3)


def test_an_algorithm_that_a_model_does_not_name_takes_the_common_settings_of_its_family(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    own = dict(known_models()["starter"].suggestions)
    monkeypatch.delitem(known_models()["starter"].suggestions, "grpo_pairwise")
    common = {path: value for path, value in own["grpo"].items() if "." in path}
    assert suggestions("starter", "grpo_pairwise") == common
    assert "kl_coefficient" in own["grpo"].keys() - common.keys()
    assert suggestions("starter", "unheard_of") == suggestions("a/b", "grpo_pairwise") == {}


def test_chips_start_with_the_models_own_value() -> None:
    own = known_models()["starter"].suggestions["dpo"]["optimizer.learning_rate"]
    assert suggested("optimizer.learning_rate", (1e-6,), "starter", "dpo")[0] == own
    assert suggested("optimizer.learning_rate", (1e-6,), "a/b", "dpo") == (1e-6,)


def test_an_adapter_learns_faster_where_the_model_suggests_nothing() -> None:
    model = {"name": "a/b", "adapter": {"kind": "lora"}}
    spec = resolve(parse({"algorithm": "dpo", "model": model, "data": {"dataset": "d"}}))
    assert spec.optimizer.learning_rate == FALLBACK_LORA_LEARNING_RATE
