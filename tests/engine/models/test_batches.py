"""What a whole update is told about its policy: how far it is from the reference."""

from dataclasses import replace

import pytest
import torch

from engine.data.groups import Group
from engine.data.templates import Encoded
from engine.models.batches import Batches
from engine.models.load import load_policy
from engine.models.reference import ReferenceCache
from engine.models.scoring import score
from engine.spec import parse

ROWS = [Encoded((1, 2, 3), (4, 5)), Encoded((6,), (7, 8, 9, 10)), Encoded((11, 12), (13,))]
GROUPS = [Group(str(number), ("a",), (row,), (float(number % 2),)) for number, row in enumerate(ROWS)]


@pytest.fixture
def batches(location, tmp_path):
    spec = parse({"algorithm": "dpo", "data": {"dataset": "x"}})
    policy = load_policy(location, adapter="none", device="cpu", seed=0)
    return replace(Batches.for_spec(spec, policy, ReferenceCache(tmp_path)), kto_limit=6)


def trained(policy, by):
    with torch.no_grad():
        for number, weight in enumerate(policy.trainable().values()):
            weight.add_(by * torch.randn(weight.shape, generator=torch.Generator().manual_seed(number)))


def ratio(policy, prompt, response):
    """log pi - log ref of one answer."""
    rows = [Encoded(prompt, response)]
    with policy.reference() as reference:
        return float(score(policy.model, rows).logps.sum() - score(reference, rows).logps.sum())


@pytest.mark.parametrize("one_by_one", [False, True])
def test_a_policy_at_its_reference_has_not_drifted(batches, one_by_one):
    assert replace(batches, one_by_one=one_by_one).kto_baseline(GROUPS) == 0


PUT = [((1, 2, 3), (13,)), ((6,), (4, 5)), ((11, 12), (7, 8, 9, 10))]  # each answer to the next prompt


@pytest.mark.parametrize(("by", "longest"), [(0.05, 6), (0.05, 4), (0.1, 6)], ids=["likelier", "cut", "unlikelier"])
def test_drift_is_the_mean_log_ratio_of_answers_to_other_prompts_cut_to_the_limit(batches, by, longest):
    trained(batches.policy, by)
    cut = [(prompt, response[: longest - len(prompt)]) for prompt, response in PUT]
    mean = sum(ratio(batches.policy, *pair) for pair in cut) / len(cut)
    baseline = replace(batches, kto_limit=longest).kto_baseline(GROUPS)
    assert not baseline.requires_grad
    assert (mean > 0) == (by == 0.05)
    assert baseline.item() == pytest.approx(max(mean, 0.0), abs=1e-5)


def test_an_answer_to_the_same_prompt_tells_nothing_about_drift(batches):
    """The two answers of a pair stand side by side: neither is an answer to another prompt."""
    trained(batches.policy, 0.1)
    rows = [Encoded((1, 2, 3), (7, 8)), Encoded((1, 2, 3), (4, 5)), Encoded((6,), (9, 10)), Encoded((6,), (13,))]
    groups = [Group(str(number), ("a",), (row,), (1.0,)) for number, row in enumerate(rows)]
    put = [((1, 2, 3), (13,)), ((1, 2, 3), (13,)), ((6,), (4, 5)), ((6,), (4, 5))]
    mean = sum(ratio(batches.policy, *pair) for pair in put) / len(put)
    assert mean > 0
    assert batches.kto_baseline(groups).item() == pytest.approx(mean, abs=1e-5)
    assert batches.kto_baseline(groups[:2]) == 0


def test_nobody_pays_for_a_drift_that_is_not_wanted(batches):
    assert replace(batches, kto_limit=None).kto_baseline(GROUPS) is None
