"""Reference log-probs: computed once, never dependent on what was asked beside them, and of step 0."""

import torch

from engine.models import reference
from engine.models.load import load_policy
from engine.models.reference import ReferenceCache
from engine.models.scoring import score_one_by_one
from engine.spec.blocks import Lora
from tests.engine.models.conftest import encoded

WANTED = {(f"item{number // 2}", "ab"[number % 2]): pair for number, pair in enumerate(encoded(8))}


def load(location, adapter="none"):
    return load_policy(location, adapter=adapter, device="cpu", seed=0)


def test_values_are_the_references_and_have_the_length_of_their_response(location, tmp_path):
    policy = load(location)
    logps = ReferenceCache(tmp_path, "key").get(policy, WANTED)
    expected = score_one_by_one(policy.model, list(WANTED.values())).logps
    for row, (key, pair) in enumerate(WANTED.items()):
        assert torch.equal(logps[key], expected[row, : len(pair.response)])


def test_a_value_is_computed_once_and_the_same_whatever_was_asked_before(location, tmp_path, monkeypatch):
    policy = load(location)
    whole = ReferenceCache(tmp_path / "whole", 1).get(policy, WANTED)
    piecemeal = ReferenceCache(tmp_path / "piecemeal", 1)
    for key in reversed(WANTED):
        piecemeal.get(policy, {key: WANTED[key]})
    monkeypatch.setattr(reference, "compute", lambda *_: {})  # a KeyError where anything is computed again
    again = ReferenceCache(tmp_path / "piecemeal", 1).get(policy, WANTED)
    assert all(torch.equal(whole[key], again[key]) for key in WANTED)


def test_training_does_not_change_what_is_computed_later(location, tmp_path):
    for adapter in ("none", Lora(rank=2)):
        policy = load(location, adapter)
        first = ReferenceCache(tmp_path / str(adapter) / "before", 1).get(policy, WANTED)
        with torch.no_grad():
            for weight in policy.trainable().values():
                weight.add_(0.1)
        later = ReferenceCache(tmp_path / str(adapter) / "after", 1).get(policy, WANTED)
        assert all(torch.equal(first[key], later[key]) for key in WANTED)


def test_other_tokens_under_the_same_name_are_computed_anew(location, tmp_path):
    policy = load(location)
    cache = ReferenceCache(tmp_path, 1)
    (key, pair), (_, other), *_rest = WANTED.items()
    first, second = (cache.get(policy, {key: tokens})[key] for tokens in (pair, other))
    assert torch.equal(first, reference.compute(policy, {key: pair})[key])
    assert torch.equal(second, reference.compute(policy, {key: other})[key])
    shifted = pair._replace(prompt=(*pair.prompt, pair.response[0]), response=pair.response[1:])
    assert len(cache.get(policy, {key: shifted})[key]) == len(pair.response) - 1


def test_another_key_is_another_cache(location, tmp_path, monkeypatch):
    policy = load(location)
    ReferenceCache(tmp_path, "dataset", "reference", 96).get(policy, WANTED)
    calls = []
    compute = reference.compute
    monkeypatch.setattr(reference, "compute", lambda *given: calls.append(1) or compute(*given))
    ReferenceCache(tmp_path, "dataset", "reference", 96).get(policy, WANTED)
    assert not calls
    ReferenceCache(tmp_path, "dataset", "reference", 128).get(policy, WANTED)
    assert calls
