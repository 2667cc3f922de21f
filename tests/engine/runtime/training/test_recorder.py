"""How the shares of micro-batches become one value a metric, and which metrics are refused."""

import pytest
import torch

from engine.batch import Mean
from engine.runtime.training.recorder import Recorder, Undeclared, reduce
from engine.spec import parse

SPEC = parse({"algorithm": "dpo", "data": {"dataset": "x"}})


class Kept:
    """A writer that keeps what it is given."""

    def __init__(self) -> None:
        self.rows: list[tuple[int, dict[str, float], float]] = []

    def add(self, step: int, values: dict[str, float], wall_time: float) -> None:
        self.rows.append((step, values, wall_time))


def mean(total: float, weight: float) -> Mean:
    return Mean(torch.tensor(total), torch.tensor(weight))


def test_means_add_up_by_weight():
    """(1 + 5) / (1 + 2): the mean of the means would be 1.75."""
    shares = [{"rewards/margins": mean(1.0, 1.0)}, {"rewards/margins": mean(5.0, 2.0)}]
    assert reduce(shares) == {"rewards/margins": 2.0}


def test_a_mean_over_nothing_has_no_value():
    assert reduce([{"rewards/margins": mean(0.0, 0.0), "rewards/chosen": mean(3.0, 2.0)}]) == {"rewards/chosen": 1.5}


def test_sums_add_up():
    """num_tokens is declared as a sum."""
    assert reduce([{"num_tokens": torch.tensor(3)}, {"num_tokens": torch.tensor(4)}]) == {"num_tokens": 7.0}


def test_nothing_reported_is_nothing_recorded():
    assert reduce([]) == {}


def test_a_declared_metric_is_passed_on():
    writer = Kept()
    Recorder(writer, SPEC).record(3, {"loss": 0.5, "rewards/margins": 1.0}, 12.0)
    assert writer.rows == [(3, {"loss": 0.5, "rewards/margins": 1.0}, 12.0)]


@pytest.mark.parametrize("key", ["surprise", "entropy", "eval/rewards/kind"])
def test_an_undeclared_metric_is_an_error(key: str):
    """entropy is sft's, not dpo's; no reward of this name is in the run file."""
    with pytest.raises(Undeclared, match=key):
        Recorder(Kept(), SPEC).record(1, {"loss": 0.5, key: 1.0}, 0.0)
