"""Which quantities the values of a method give, and that estimates are what their names say."""

import numpy as np
import pytest

from engine.analysis.token_quantities import QUANTITIES, derived, mean, total

LOGPS, REFERENCE = np.float32([-1.0, -0.5]), np.float32([-1.5, -0.25])
BOTH = {"logps": LOGPS, "reference": REFERENCE}


@pytest.mark.parametrize(
    ("values", "sampled", "names"),
    [
        (BOTH, False, ["log_ratio", "surprise"]),  # pairs of dpo, kto
        (BOTH, True, ["log_ratio", "kl", "surprise"]),
        ({"logps": LOGPS, "entropy": LOGPS}, False, ["surprise", "entropy"]),  # sft
        ({"score": np.float32([np.nan, 2.0])}, False, ["score"]),  # reward
        (
            BOTH | dict.fromkeys(("old", "advantages", "values", "old_values", "returns", "ratio", "clip"), LOGPS),
            True,
            ["log_ratio", "advantage", "value", "return", "ratio", "clip", "kl", "surprise"],
        ),
    ],
)
def test_a_quantity_exists_where_its_values_do(values, sampled, names):
    assert list(derived(values, sampled=sampled)) == names


def test_log_ratios_add_up_to_rho_and_k3_is_never_negative():
    quantities = derived(BOTH, sampled=True)
    assert total(quantities["log_ratio"]) == pytest.approx(0.25)
    assert quantities["kl"] == pytest.approx([np.exp(-0.5) - 1 + 0.5, np.exp(0.25) - 1 - 0.25])
    assert quantities["surprise"].tolist() == [1.0, 0.5]


def test_the_mean_of_k3_over_samples_is_the_kl():
    """Both distributions are over two tokens, so the exact KL is known."""
    policy, reference = np.array([0.7, 0.3]), np.array([0.4, 0.6])
    drawn = np.random.default_rng(0).choice(2, size=200_000, p=policy)
    logps, refs = (np.log(p[drawn]).astype(np.float32) for p in (policy, reference))
    exact = float((policy * np.log(policy / reference)).sum())
    assert mean(derived({"logps": logps, "reference": refs}, sampled=True)["kl"]) == pytest.approx(exact, abs=2e-3)


def test_what_is_no_number_counts_nowhere():
    values = np.float32([np.nan, 2.0, np.inf])
    assert (total(values), mean(values)) == (2.0, 2.0)
    assert (total(values[:1]), mean(values[:0])) == (None, None)


def test_each_quantity_has_a_name_of_its_own():
    assert len({quantity.name for quantity in QUANTITIES}) == len(QUANTITIES)
