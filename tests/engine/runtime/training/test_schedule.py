"""Learning rates over the spent share of a budget, and budgets in each of their units."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.runtime.training.progress import Progress
from engine.runtime.training.schedule import factor
from engine.spec.blocks import Budget


@pytest.mark.parametrize(
    ("kind", "fraction", "expected"),
    [
        ("linear", 0.05, 0.5),  # half way through the warm-up
        ("linear", 0.1, 1.0),
        ("linear", 0.55, 0.5),  # half way down from 0.1 to 1
        ("cosine", 0.55, 0.5),
        ("cosine", 1.0, 0.0),
        ("constant", 0.9, 1.0),
    ],
)
def test_the_rate_rises_and_falls(kind: str, fraction: float, expected: float):
    assert factor(kind, 0.1, fraction) == pytest.approx(expected, abs=1e-12)


@given(
    kind=st.sampled_from(["cosine", "linear", "constant"]),
    warmup=st.floats(0, 0.99),
    fraction=st.floats(0, 1),
)
def test_the_factor_stays_between_0_and_1(kind: str, warmup: float, fraction: float):
    assert -1e-12 <= factor(kind, warmup, fraction) <= 1 + 1e-12


@pytest.mark.parametrize(
    ("budget", "fraction"),
    [({"steps": 20}, 0.25), ({"samples": 80}, 0.5), ({"tokens": 4000}, 0.2), ({"seconds": 5.0}, 0.6)],
)
def test_a_budget_is_spent_in_its_own_unit(budget: dict[str, float], fraction: float):
    progress = Progress(step=5, samples=40, tokens=800, seconds=3.0)
    assert progress.fraction(Budget(**budget)) == pytest.approx(fraction)


def test_a_budget_is_never_overspent():
    assert Progress(step=9).fraction(Budget(steps=5)) == 1.0


def test_progress_survives_a_checkpoint():
    progress = Progress(step=3, samples=4, tokens=5, seconds=0.1, best=0.7, evaluated=2)
    assert Progress.from_state(progress.state()) == progress
