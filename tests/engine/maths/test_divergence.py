"""The exact KL of two distributions: nothing where they are equal, and what sampling estimates elsewhere."""

import pytest
import torch

from engine.maths.divergence import kl


def test_it_is_exactly_nothing_for_equal_logits_and_never_negative():
    random = torch.Generator().manual_seed(0)
    logits = torch.randn(64, 4_096, generator=random) * 20
    assert kl(logits, logits.clone()).tolist() == [0.0] * 64
    moved = kl(logits, logits + torch.randn(64, 4_096, generator=random))
    assert (moved >= 0).all()
    assert (moved > 1e-4).sum() > 32


def test_it_is_what_the_log_ratio_of_sampled_tokens_is_on_average():
    random = torch.Generator().manual_seed(1)
    logits, reference = torch.randn(2, 1, 12, generator=random, dtype=torch.float64)
    tokens = torch.multinomial(logits.softmax(-1)[0], 200_000, replacement=True, generator=random)
    ratios = (logits.log_softmax(-1) - reference.log_softmax(-1))[0, tokens]
    assert float(kl(logits, reference)) == pytest.approx(
        float(ratios.mean()), abs=4 * float(ratios.std()) / 200_000**0.5
    )


def test_tokens_that_neither_says_are_no_matter():
    logits = torch.tensor([[1.0, 2.0, -torch.inf]])
    assert kl(logits, logits).tolist() == [0.0]
    assert kl(torch.tensor([[0.0, 0.0]]), torch.tensor([[0.0, -torch.inf]])).tolist() == [torch.inf]
