"""What is declared is complete: every setting can be shown, every metric read, every suggestion parsed."""

import pytest

from engine.spec import ALGORITHMS, METRICS, known_models, metric, metric_keys, parse, resolve, settings, suggested
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
    found = {setting.path: setting for setting in settings(ALGORITHMS["dpo"])}
    assert [inner.path for inner in found["reward"].kinds["regex"]] == ["kind", "weight", "name", "pattern"]
    assert found["model.adapter.targets"].kinds == {}


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
    said = resolve(
        parse({"algorithm": "dpo", "data": {"dataset": "d"}, "budget": {"steps": 3}, "optimizer": {"learning_rate": 1}})
    )
    assert starter.optimizer.learning_rate == known_models()["starter"].suggestions["dpo"]["optimizer.learning_rate"]
    assert (other.optimizer.learning_rate, other.budget.steps) == (FALLBACK_LEARNING_RATE, FALLBACK_STEPS)
    assert (said.optimizer.learning_rate, said.budget.steps) == (1, 3)


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
