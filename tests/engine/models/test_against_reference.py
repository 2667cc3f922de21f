"""Policy and reference scored together: what each says alone, and the KL of their whole distributions."""

import pytest
import torch

from engine.data.templates import Encoded
from engine.models import scoring
from engine.models.against_reference import compare
from engine.models.load import Policy, load_policy
from engine.models.model_folder import inspect
from engine.spec.blocks import Lora
from tests import tiny

ANSWERS = [Encoded((5, 6, 7), (8, 9, 10, 0)), Encoded((5, 6, 7), (11, 0)), Encoded((12,), (13, 14, 15, 16, 17))]


@pytest.fixture(params=["none", Lora(rank=4)], ids=["full", "lora"])
def policy(request: pytest.FixtureRequest, tmp_path) -> Policy:
    folder = tiny.write_model(tmp_path / "model")
    return load_policy(inspect("tiny", folder), adapter=request.param, device="cpu", seed=0)


def moved(policy: Policy) -> Policy:
    with torch.no_grad():
        for number, weight in enumerate(policy.trainable().values()):
            weight.add_(0.1 * torch.randn(weight.shape, generator=torch.Generator().manual_seed(number)))
    return policy


def direct(model, answer: Encoded) -> torch.Tensor:
    """The log-probs of the whole vocabulary where the tokens of the answer are predicted: (T, V)."""
    with torch.no_grad():
        logits = model(input_ids=torch.tensor([answer.prompt + answer.response])).logits[0]
    return logits.log_softmax(-1)[len(answer.prompt) - 1 : -1]


def test_at_step_0_nothing_differs(policy: Policy):
    compared = compare(policy, ANSWERS, one_by_one=True)
    assert torch.equal(compared.logps, compared.reference)
    assert not compared.kl.any()


@pytest.mark.parametrize("one_by_one", [True, False])
def test_each_says_what_it_says_alone_and_the_kl_is_that_of_the_vocabulary(policy: Policy, one_by_one: bool):
    compared = compare(moved(policy), ANSWERS, one_by_one=one_by_one)
    assert compared.mask.sum(-1).tolist() == [4, 2, 5]
    for row, answer in enumerate(ANSWERS):
        own = direct(policy.model, answer)
        with policy.reference() as model:
            other = direct(model, answer)
        token, length = torch.tensor(answer.response)[:, None], len(answer.response)
        for name, every in (("logps", own), ("reference", other)):
            torch.testing.assert_close(getattr(compared, name)[row, :length], every.gather(1, token)[:, 0])
        exact = (own.exp() * (own - other)).sum(-1)
        torch.testing.assert_close(compared.kl[row, :length], exact, rtol=1e-3, atol=1e-6)
        assert not compared.kl[row, length:].any()


def test_chunks_change_nothing_but_the_memory(policy: Policy, monkeypatch: pytest.MonkeyPatch):
    whole = compare(moved(policy), ANSWERS, one_by_one=False)
    monkeypatch.setattr(scoring, "CHUNK", 3)
    chunked = compare(policy, ANSWERS, one_by_one=False)
    torch.testing.assert_close(chunked.kl, whole.kl)
    torch.testing.assert_close(chunked.logps, whole.logps)
