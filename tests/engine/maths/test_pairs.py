"""Which responses are compared."""

import math

import torch
from hypothesis import given
from hypothesis import strategies as st

from engine.maths.pairs import from_scores


def found(scores, group):
    pairs = from_scores(torch.tensor(scores, dtype=torch.float64), torch.tensor(group))
    return {(i, j): w for i, j, w in zip(*(t.tolist() for t in pairs), strict=True)}


def test_scores_are_compared_in_float64():
    assert found([0.3, 0.1 + 0.2], [0, 0]) == {(1, 0): 1.0}  # 0.30000000000000004 in float64, equal in float32


def test_unscored_responses_are_in_no_pair():
    assert found([math.nan, 1.0, 0.0], [0, 0, 0]) == {(1, 2): 1.0}


def test_no_pair_at_all_is_an_empty_result_without_groups():
    pairs = from_scores(torch.tensor([1.0, 1.0]), torch.tensor([0, 0]))
    assert len(pairs.better) == 0
    assert pairs.groups == 0


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), min_size=1, max_size=12))
def test_the_weights_of_each_group_that_has_a_pair_sum_to_one(rows):
    rows = sorted(rows)
    group, scores = [row[0] for row in rows], [float(row[1]) for row in rows]
    pairs = found(scores, group)
    expected = {
        (i, j) for i in range(len(rows)) for j in range(len(rows)) if group[i] == group[j] and scores[i] > scores[j]
    }
    assert set(pairs) == expected
    for number in {group[i] for i, _ in expected}:
        assert abs(sum(weight for (i, _), weight in pairs.items() if group[i] == number) - 1) < 1e-6
