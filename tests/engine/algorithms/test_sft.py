"""sft: every response token weighs the same, whatever answer it stands in."""

from dataclasses import replace

import pytest
import torch

from engine.algorithms import sft
from tests.engine.batches import invent


def test_the_loss_is_the_mean_over_all_tokens_of_a_plain_loop():
    batch = invent((1, 1, 1), seed=3)
    counted = [
        logp
        for logps, mask in zip(batch.logps.tolist(), batch.mask.tolist(), strict=True)
        for logp, counts in zip(logps, mask, strict=True)
        if counts
    ]
    actual = sft.loss(batch.replace(totals=sft.totals(batch, None)), None).loss
    assert actual.item() == pytest.approx(-sum(counted) / len(counted), rel=1e-12)


def test_it_is_the_cross_entropy_of_torch():
    torch.manual_seed(0)
    logits, tokens = torch.randn(5, 7, dtype=torch.float64), torch.randint(7, (5,))
    logps = logits.log_softmax(-1).gather(1, tokens[:, None]).T
    batch = replace(invent((1,), tokens=5), logps=logps, mask=torch.ones(1, 5, dtype=torch.bool), totals={"tokens": 5})
    expected = torch.nn.functional.cross_entropy(logits, tokens)
    torch.testing.assert_close(sft.loss(batch, None).loss, expected)
