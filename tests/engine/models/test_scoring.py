"""Log-probs agree with a direct transformers computation, and do not depend on what is scored beside them."""

import pytest
import torch
from transformers import LlamaConfig, LlamaForCausalLM

from engine.data.templates import Encoded
from engine.models import scoring
from engine.models.load_checks import check_head
from engine.models.model_folder import ModelProblem
from tests.engine.models.conftest import SMALL, encoded


def direct(model, pair):
    """Log-softmax of the logits of the model's own forward, row by row."""
    ids = torch.tensor([pair.prompt + pair.response])
    logps = model(input_ids=ids).logits.log_softmax(-1)[0, len(pair.prompt) - 1 : -1]
    return logps, logps.gather(1, torch.tensor(pair.response)[:, None])[:, 0]


def test_they_agree_with_transformers(model):
    pairs = encoded(9)
    scores = scoring.score(model, pairs, details=True)
    assert scores.logps.shape == (9, max(len(pair.response) for pair in pairs))
    for row, pair in enumerate(pairs):
        length = len(pair.response)
        every, expected = direct(model, pair)
        torch.testing.assert_close(scores.logps[row, :length], expected, rtol=0, atol=1e-5)
        torch.testing.assert_close(scores.entropy[row, :length], -(every.exp() * every).sum(-1), rtol=0, atol=1e-5)
        assert torch.equal(scores.hits[row, :length], every.argmax(-1) == torch.tensor(pair.response))
        assert torch.equal(scores.mask[row], torch.arange(scores.mask.shape[1]) < length)
        assert not scores.logps[row, length:].any()
        assert not scores.hits[row, length:].any()


def test_gradients_are_those_of_the_direct_computation(model):
    pairs = encoded(5, seed=1)
    weights = [p for p in model.parameters() if p.requires_grad]
    scores = scoring.score(model, pairs)
    actual = torch.autograd.grad((scores.logps.exp() * scores.mask).sum(), weights)
    expected = torch.autograd.grad(sum(direct(model, pair)[1].exp().sum() for pair in pairs), weights)
    for one, other in zip(actual, expected, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-6)


@pytest.mark.slow
def test_gradients_repeat_bit_for_bit_where_many_answers_share_a_prompt():
    threads = torch.get_num_threads()
    torch.manual_seed(0)
    wide = LlamaForCausalLM(LlamaConfig(**SMALL | {"hidden_size": 512})).eval()  # so that threads share the work
    pairs = [Encoded((1, 2, 3), (4 + index % 60, 5)) for index in range(120)]
    weights = list(wide.parameters())

    def gradients():
        scores = scoring.score(wide, pairs, share=True)
        return torch.autograd.grad((scores.logps * torch.linspace(-1, 1, 120)[:, None]).sum(), weights)

    try:
        torch.set_num_threads(max(2, threads))
        first = gradients()
        for _ in range(20):
            assert all(torch.equal(one, other) for one, other in zip(first, gradients(), strict=True))
    finally:
        torch.set_num_threads(threads)


def test_logits_that_are_not_kept_give_the_same_gradients(model, monkeypatch):
    pairs = encoded(5, seed=2)
    weights = [p for p in model.parameters() if p.requires_grad]
    kept = torch.autograd.grad(scoring.score(model, pairs, details=True).logps.sum(), weights)
    monkeypatch.setattr(scoring, "KEPT_LOGITS", 0)
    monkeypatch.setattr(scoring, "CHUNK", 7)
    again = torch.autograd.grad(scoring.score(model, pairs, details=True).logps.sum(), weights)
    for one, other in zip(kept, again, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-6)


def test_scored_alone_a_response_has_the_same_bits_in_any_company(model):
    pairs = encoded(6, seed=3)
    together = scoring.score_one_by_one(model, pairs, details=True)
    for row, pair in enumerate(pairs):
        single = scoring.score_one_by_one(model, [pair], details=True)
        length = len(pair.response)
        assert torch.equal(together.logps[row, :length], single.logps[0])
        assert torch.equal(together.entropy[row, :length], single.entropy[0])
    torch.testing.assert_close(together.logps, scoring.score(model, pairs).logps, rtol=0, atol=1e-5)
    assert torch.equal(together.mask, scoring.score(model, pairs).mask)


def test_each_row_is_in_one_pass_and_little_of_a_pass_is_padding():
    lengths = [len(pair.prompt) + len(pair.response) for pair in encoded(60, seed=4)]
    actual = list(scoring.passes(lengths))
    assert sorted(row for rows in actual for row in rows) == list(range(60))
    for rows in actual:
        real, longest = sum(lengths[row] for row in rows), max(lengths[row] for row in rows)
        assert len(rows) * longest - real <= scoring.PADDING_SHARE * real


def test_passes_are_bounded_but_a_row_longer_than_the_bound_still_goes_through():
    assert list(scoring.passes([2 * scoring.PASS_TOKENS, scoring.PASS_TOKENS // 2, scoring.PASS_TOKENS // 2])) == [
        [0],
        [1, 2],
    ]


def test_an_unknown_kind_of_head_is_refused(model, monkeypatch):
    check_head("fine", model)
    monkeypatch.setattr(scoring, "head_logits", lambda causal, hidden: 2 * causal.get_output_embeddings()(hidden))
    with pytest.raises(ModelProblem, match="output layer"):
        check_head("odd", model)


def test_models_stay_free_of_dropout():
    from transformers import GPT2Config, GPT2LMHeadModel

    gpt2 = GPT2LMHeadModel(GPT2Config(vocab_size=64, n_embd=32, n_layer=2, n_head=4, resid_pdrop=0.5)).eval()
    pair = Encoded((1, 2), (3, 4))
    assert torch.equal(scoring.score(gpt2, [pair]).logps, scoring.score(gpt2, [pair]).logps)
