"""Log-probabilities and their reductions, against values derived by hand."""

import math

import torch

from engine.maths import logprobs


def test_token_log_probs_and_entropy_of_logits_with_known_probabilities():
    logits = torch.tensor([[0.5, 0.25, 0.25], [1.0, 1.0, 1.0]], dtype=torch.float64).log() + 7  # a constant cancels
    torch.testing.assert_close(
        logprobs.token_logps(logits, torch.tensor([1, 2])).exp(), torch.tensor([0.25, 1 / 3], dtype=torch.float64)
    )
    # 1/2 ln 2 + 2 (1/4) ln 4 = 3/2 ln 2
    expected = torch.tensor([1.5 * math.log(2), math.log(3)], dtype=torch.float64)
    torch.testing.assert_close(logprobs.entropy(logits), expected)


def test_infinite_padding_reaches_neither_sums_nor_gradients():
    values = torch.tensor([[1.0, -math.inf], [2.0, 4.0]], requires_grad=True)
    mask = torch.tensor([[True, False], [True, True]])
    ratio = logprobs.log_ratio(values, torch.tensor([[0.5, -math.inf], [0.0, 0.0]]), mask)
    assert ratio.tolist() == [[0.5, 0.0], [2.0, 4.0]]
    assert logprobs.sequence_sum(ratio, mask).tolist() == [0.5, 6.0]
    assert logprobs.sequence_mean(ratio, mask).tolist() == [0.5, 3.0]
    ratio.sum().backward()
    assert values.grad.tolist() == [[1.0, 0.0], [1.0, 1.0]]


def test_the_mean_of_a_response_without_tokens_is_zero():
    assert logprobs.sequence_mean(torch.ones(1, 2), torch.zeros(1, 2, dtype=torch.bool)).tolist() == [0.0]
