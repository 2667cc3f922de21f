"""The curve reader: each pattern on curves made to show it, and silence on curves of runs that went well."""

from collections.abc import Callable, Mapping

import numpy as np
import pytest

from engine.analysis.curve_reader.curve import Curve, RunCurves
from engine.analysis.curve_reader.read import READ_IN_TRAINING, findings, is_read
from engine.spec import METRICS, parse

UPDATES, EVALUATIONS = 120, 7
Values = Mapping[str, np.ndarray]
LN_2 = float(np.log(2))


def noisy(start: float, end: float, noise: float = 0.02, count: int = UPDATES, seed: int = 0) -> np.ndarray:
    """From start to end, most of the way early, as curves of training go."""
    way = 1 - np.exp(-4 * np.linspace(0, 1, count))
    return start + (end - start) * way + np.random.default_rng(seed).normal(0, noise, count)


def evaluated(start: float, end: float) -> np.ndarray:
    return noisy(start, end, 0.005, EVALUATIONS)


def run(curves: Values, undecided_loss: float | None = None) -> RunCurves:
    steps = {key: np.linspace(0, 300, len(values)).astype(int) for key, values in curves.items()}
    return RunCurves(undecided_loss, {key: Curve.of(steps[key], np.asarray(curves[key])) for key in curves})


def with_noise_of(seed: int, curves: Values) -> Values:
    """The curves with other noise on top of their own."""
    noise = np.random.default_rng(seed)
    return {
        key: values + noise.normal(0, 0.3 * float(np.abs(np.diff(values)).mean()), len(values))
        for key, values in curves.items()
    }


def healthy_dpo() -> dict[str, np.ndarray]:
    return {
        "loss": noisy(0.693, 0.35),
        "grad_norm": noisy(4, 2, 0.5),
        "logps/chosen": noisy(-60, -63, 3),
        "logps/rejected": noisy(-60, -85, 3),
        "rewards/margins": noisy(0, 2, 0.1),
        "eval/reward": evaluated(0.4, 0.7),
        "eval/accuracy": evaluated(0.5, 0.9),
        "eval/kl": evaluated(0, 6),
        "eval/length": evaluated(26, 31),
        "eval/distinct_2": evaluated(0.84, 0.79),
        "eval/clipped_ratio": evaluated(0.02, 0.02),
    }


def healthy_grpo() -> dict[str, np.ndarray]:
    return {
        "loss": noisy(0, 0, 0.01),
        "grad_norm": noisy(1, 1, 0.3),
        "entropy": noisy(1.6, 0.9),
        "frac_reward_zero_std": noisy(0.1, 0.4, 0.1),
        "clip_ratio/region_mean": np.zeros(UPDATES),
        "completions/clipped_ratio": noisy(0.05, 0.08, 0.02),
        "eval/reward": evaluated(0.4, 0.8),
        "eval/rewards/polite": evaluated(0.4, 0.8),
        "eval/kl": evaluated(0, 9),
        "eval/length": evaluated(26, 38),
        "eval/distinct_2": evaluated(0.84, 0.75),
    }


SHOWN: dict[str, Callable[[], RunCurves]] = {
    "loss_stuck": lambda: run({"loss": noisy(0.6931, 0.6930, 0.002)}, LN_2),
    "both_log_probabilities_fall": lambda: run(
        healthy_dpo() | {"logps/chosen": noisy(-60, -110, 3), "logps/rejected": noisy(-60, -190, 3)}
    ),
    "most_pairs_skipped": lambda: run({"pairs/used": np.ones(UPDATES), "pairs/skipped": np.full(UPDATES, 7.0)}),
    "reward_without_the_rest": lambda: run(
        {
            "eval/reward": evaluated(0.4, 0.6),
            "eval/rewards/words": evaluated(0.3, 0.9),
            "eval/rewards/judge": evaluated(0.5, 0.5),
        }
    ),
    "kl_runaway": lambda: run({"eval/kl": np.array([0, 2, 5, 9, 30, 90, 150.0])}),
    "entropy_collapse": lambda: run({"entropy": noisy(1.6, 0.03, 0.005)}),
    "groups_without_spread": lambda: run({"frac_reward_zero_std": noisy(0.2, 0.97)}),
    "much_clipping": lambda: run({"clip_ratio/region_mean": noisy(0.1, 0.6)}),
    "exploding_gradient": lambda: run({"grad_norm": np.r_[noisy(1, 1, 0.1, 80), noisy(20, 60, 1, 40)]}),
    "many_answers_cut": lambda: run({"eval/clipped_ratio": evaluated(0.02, 0.7)}),
    "length_drift": lambda: run({"eval/length": evaluated(30, 75)}),
}


@pytest.mark.parametrize("pattern", SHOWN)
def test_a_pattern_is_found_where_it_is_and_no_other(pattern: str) -> None:
    (finding,) = findings(SHOWN[pattern]())
    assert finding.pattern == pattern
    assert finding.remedy
    assert all(is_read(key) for key in finding.keys)


def test_a_reward_that_costs_variety_is_not_called_a_success() -> None:
    (finding,) = findings(run(healthy_grpo() | {"eval/distinct_2": evaluated(0.84, 0.3)}))
    assert (finding.pattern, finding.keys) == ("reward_without_the_rest", ("eval/reward", "eval/distinct_2"))


@pytest.mark.parametrize("healthy", [healthy_dpo, healthy_grpo])
def test_a_run_that_goes_well_raises_no_alarm(healthy: Callable[[], Values]) -> None:
    for seed in range(50):
        assert findings(run(with_noise_of(seed, healthy()), LN_2)) == []


def test_one_large_gradient_and_a_loss_that_begins_at_ln_2_are_no_findings() -> None:
    gradient = noisy(1, 1, 0.1)
    gradient[90] = 300
    assert findings(run(healthy_dpo() | {"grad_norm": gradient}, LN_2)) == []


def test_what_is_no_number_and_what_is_too_short_is_not_read() -> None:
    short = {"loss": np.full(5, 0.6931), "eval/kl": np.array([0, 100.0]), "grad_norm": np.full(UPDATES, np.nan)}
    assert findings(run(short, LN_2)) == []


class Noting(dict[str, Curve]):
    """Curves that note which of them are asked for."""

    def __init__(self, curves: Mapping[str, Curve]) -> None:
        super().__init__(curves)
        self.noted: set[str] = set()

    def get(self, key: str, default: object = None) -> object:
        self.noted.add(key)
        return super().get(key, default)


def test_what_is_read_of_a_stored_run_is_what_patterns_look_at_and_a_run_reports() -> None:
    keys = [*READ_IN_TRAINING, *(key for key in METRICS if key.startswith("eval/"))]
    curves = Noting(run({key: noisy(1, 0.9) for key in keys}, LN_2).curves)
    findings(RunCurves(LN_2, curves))
    assert {key for key in curves.noted if not key.startswith("eval/")} == set(READ_IN_TRAINING)
    assert all(key in METRICS for key in curves.noted)


@pytest.mark.parametrize(
    ("settings", "undecided"),
    [
        ({"algorithm": "dpo"}, LN_2),
        ({"algorithm": "dpo", "variant": "robust", "label_smoothing": 0.1}, LN_2),
        ({"algorithm": "dpo", "variant": "ipo", "beta": 0.1}, 25.0),
        ({"algorithm": "dpo", "variant": "hinge"}, 1.0),
        ({"algorithm": "dpo", "sft_weight": 1.0}, None),
        ({"algorithm": "reward"}, LN_2),
        ({"algorithm": "grpo_pairwise"}, LN_2),
        ({"algorithm": "sft"}, None),
    ],
)
def test_a_loss_is_stuck_where_a_model_that_tells_nothing_apart_stands(
    settings: dict[str, object], undecided: float | None
) -> None:
    spec = parse({**settings, "data": {"dataset": "pairs"}})
    assert spec.undecided_loss == pytest.approx(undecided)
