"""Samples come from the model's own distribution, from a stream of their row's own."""

import numpy as np
import pytest
import torch

from engine.data.templates import Encoded
from engine.models import sampler
from engine.models.scoring import score
from tests.engine.models.conftest import encoded


def draw(model, prompts, streams, **options):
    return sampler.sample(model, prompts, streams, **{"stops": {5}, "max_new_tokens": 10, **options})


def prompts_of(count, seed=0):
    return [pair.prompt for pair in encoded(count, seed=seed)]


def test_greedy_answers_equal_transformers(model):
    prompts = prompts_of(4)
    answers = draw(model, prompts, [(i,) for i in range(4)], temperature=0, stops=())
    for prompt, answer in zip(prompts, answers, strict=True):
        ids = torch.tensor([prompt])
        for token in answer.tokens:
            assert token == model(input_ids=ids).logits[0, -1].argmax()
            ids = torch.cat([ids, torch.tensor([[token]])], dim=1)


@pytest.mark.parametrize("temperature", [1.0, 0.7])
def test_recorded_log_probs_are_the_scorers_at_the_same_temperature(model, temperature):
    prompts = prompts_of(5, seed=1)
    answers = draw(model, prompts, [(i,) for i in range(5)], temperature=temperature, top_p=0.9)
    scores = score(
        model, [Encoded(p, a.tokens) for p, a in zip(prompts, answers, strict=True)], temperature=temperature
    )
    for row, answer in enumerate(answers):
        recorded = torch.tensor(answer.logps)
        torch.testing.assert_close(scores.logps[row, : len(recorded)].detach(), recorded, rtol=0, atol=1e-5)


def test_a_draw_does_not_depend_on_who_shares_the_batch(model, monkeypatch):
    prompts, streams = prompts_of(7, seed=2), [(3, i) for i in range(7)]
    together = draw(model, prompts, streams)
    monkeypatch.setattr(sampler, "ROWS", 2)
    assert [a.tokens for a in draw(model, prompts, streams)] == [a.tokens for a in together]
    for prompt, stream, answer in zip(prompts, streams, together, strict=True):
        assert draw(model, [prompt], [stream])[0].tokens == answer.tokens


def test_another_stream_gives_another_answer_and_the_same_one_repeats_it(model):
    prompt = prompts_of(1)
    first, again, other = (draw(model, prompt, [key], stops=())[0].tokens for key in ((1, 0), (1, 0), (1, 1)))
    assert first == again
    assert first != other


def test_rows_end_at_any_stop_or_at_the_limit(model):
    answers = draw(model, prompts_of(16, seed=3), [(i,) for i in range(16)], stops={5, 6, 7, 8, 9, 10, 11, 12})
    assert {answer.finished for answer in answers} == {True, False}
    for answer in answers:
        assert not {5, 6, 7, 8, 9, 10, 11, 12} & set(answer.tokens[:-1])
        assert answer.finished == (answer.tokens[-1] in range(5, 13))
        assert answer.finished or len(answer.tokens) == 10


def test_it_beats_once_a_token():
    from tests.engine.models.conftest import MODELS

    heartbeats = []
    draw(MODELS["llama"]().eval(), [(1, 2)], [(0,)], stops=(), heartbeat=lambda: heartbeats.append(1))
    assert len(heartbeats) == 10


def test_inverse_cdf_follows_the_distribution():
    """4000 draws: a share's standard error is below 0.008; 0.04 is five of them."""
    probabilities = torch.tensor([0.1, 0.0, 0.6, 0.3], dtype=torch.float64)
    uniform = torch.from_numpy(sampler.uniforms((9,), 4000))
    drawn = sampler.choose(probabilities.log().expand(4000, 4), uniform, 1.0, 1.0)
    shares = drawn.bincount(minlength=4) / 4000
    assert (shares - probabilities).abs().max() < 0.04
    assert shares[1] == 0
    nucleus = sampler.choose(probabilities.log().expand(4000, 4), uniform, 1.0, 0.8)
    assert set(nucleus.tolist()) == {2, 3}


@pytest.mark.parametrize("uniform", [0.0, 1 - 2**-53])
def test_the_ends_of_the_unit_interval_draw_possible_tokens(uniform):
    logits = torch.tensor([[-torch.inf, 0.0, 0.0, -torch.inf]])
    assert sampler.choose(logits, torch.tensor([uniform], dtype=torch.float64), 1.0, 1.0).item() in (1, 2)


def test_streams_are_keyed_by_all_their_numbers():
    keys = [(0,), (0, 0), (1,), (1, 0), (0, 1), (2**32,), (2**64 + 1, 3)]
    heads = {tuple(sampler.uniforms(key, 3)) for key in keys}
    assert len(heads) == len(keys)
    assert np.array_equal(sampler.uniforms((7, 8), 5)[:3], sampler.uniforms((7, 8), 3))
