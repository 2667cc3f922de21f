"""Answers that share their prompt's row are scored as they are apart, or not shared at all."""

import random

import pytest
import torch
from transformers import BloomConfig, BloomForCausalLM, MistralConfig, MistralForCausalLM

from engine.data.templates import Encoded
from engine.models import packing, scoring
from engine.models.load import load_policy
from engine.models.load_checks import shares_prompts
from engine.spec.blocks import Lora
from tests.engine.models.conftest import MODELS, SMALL

FREE = ["llama", "gpt2", "granite", "cohere"]  # of windows


def groups(*sizes, seed=0, vocabulary=64):
    """Several responses to each of several prompts."""
    draw = random.Random(seed)

    def tokens(most):
        return tuple(draw.randrange(vocabulary) for _ in range(draw.randint(1, most)))

    found = []
    for size in sizes:
        prompt = tokens(15)
        found += [Encoded(prompt, tokens(9)) for _ in range(size)]
    return found


@pytest.fixture(params=FREE)
def free(request):
    torch.manual_seed(0)
    return MODELS[request.param]().eval()


def test_shared_prompts_change_no_score(free):
    pairs = groups(2, 1, 4, 2)
    together, apart = scoring.score(free, pairs, details=True, share=True), scoring.score(free, pairs, details=True)
    torch.testing.assert_close(together.logps, apart.logps, rtol=0, atol=1e-5)
    torch.testing.assert_close(together.entropy, apart.entropy, rtol=0, atol=1e-5)
    assert torch.equal(together.hits, apart.hits)
    assert torch.equal(together.mask, apart.mask)


def test_shared_prompts_change_no_gradient(free):
    pairs = groups(2, 3, seed=1)
    weights = list(free.parameters())
    sums = [(scoring.score(free, pairs, share=share).logps.exp()).sum() for share in (True, False)]
    for one, other in zip(*(torch.autograd.grad(total, weights) for total in sums), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-6)


def test_the_prompt_goes_through_the_model_once():
    pairs = groups(4, 1, 2)
    rows = packing.shared(pairs)
    assert rows == [[0, 1, 2, 3], [4], [5, 6]]
    packed = packing.pack(pairs, rows)
    longest = max(len(pairs[r[0]].prompt) + sum(len(pairs[i].response) for i in r) for r in rows)
    assert packed.ids.shape == (3, longest)
    assert sorted(zip(packed.response.tolist(), packed.token.tolist(), packed.target.tolist(), strict=True)) == [
        (index, place, token) for index, pair in enumerate(pairs) for place, token in enumerate(pair.response)
    ]


def test_rows_of_a_single_answer_need_no_mask():
    assert packing.pack(groups(1, 1), [[0], [1]]).options == {}


def test_models_that_can_share_are_found_out():
    torch.manual_seed(0)
    assert all(shares_prompts(MODELS[name]().eval()) for name in FREE)
    assert not shares_prompts(MODELS["gemma2"]().eval())
    for window, expected in ((6, False), (None, True)):
        assert shares_prompts(MistralForCausalLM(MistralConfig(**SMALL, sliding_window=window)).eval()) == expected
    alibi = BloomForCausalLM(BloomConfig(vocab_size=64, hidden_size=32, n_layer=2, n_head=4)).eval()
    assert not shares_prompts(alibi)


def test_a_model_that_heeds_no_positions_is_found_out(monkeypatch):
    def pack_without_positions(encoded, rows):
        packed = pack(encoded, rows)
        packed.options.pop("position_ids", None)
        return packed

    pack = packing.pack
    monkeypatch.setattr(scoring, "pack", pack_without_positions)
    assert not shares_prompts(MODELS["llama"]().eval())


def test_a_policy_shares_with_an_adapter_too(location):
    policy = load_policy(location, adapter=Lora(rank=4), device="cpu", seed=0)
    assert policy.packs_prompts
    with torch.no_grad():
        for weight in policy.trainable().values():
            weight.add_(0.05)
    pairs = groups(2, 3)
    together, apart = scoring.score(policy.model, pairs, share=True), scoring.score(policy.model, pairs)
    torch.testing.assert_close(together.logps, apart.logps, rtol=0, atol=1e-4)


def test_bf16_can_share(location):
    policy = load_policy(location, adapter="none", device="cpu", seed=0, precision="bf16")
    pairs = groups(2, 3)
    with policy.autocast():
        together, apart = scoring.score(policy.model, pairs, share=True), scoring.score(policy.model, pairs)
    torch.testing.assert_close(together.logps, apart.logps, rtol=0, atol=0.3)
