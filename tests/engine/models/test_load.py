"""Policies: what is trained, what the reference is, and what a run starts from."""

import shutil

import pytest
import torch
from safetensors.torch import save_file

from engine.models.load import HEAD, fingerprint, load_model, load_policy
from engine.models.model_folder import AncestorCheckpoint, ModelProblem, inspect
from engine.models.scoring import head_values, score
from engine.spec.blocks import Lora
from tests.engine.models.conftest import encoded

LORA = Lora(rank=4, alpha=8.0)


def policy(location, adapter="none", seed=0, forebears=(), **options):
    return load_policy(location, adapter=adapter, device="cpu", seed=seed, ancestors=forebears, **options)


def disturb(policy, by=0.05):
    """What training would do, so far as these tests care."""
    with torch.no_grad():
        for number, weight in enumerate(policy.trainable().values()):
            weight.add_(by * torch.randn(weight.shape, generator=torch.Generator().manual_seed(number)))


def logps(model):
    with torch.no_grad():
        return score(model, encoded(4)).logps


def test_full_fine_tuning_changes_everything_and_keeps_a_frozen_reference(location):
    trained = policy(location)
    start = logps(trained.model)
    assert set(trained.trainable()) == set(dict(load_model(location).named_parameters()))
    disturb(trained)
    with trained.reference() as reference:
        assert torch.equal(logps(reference), start)
        assert not any(weight.requires_grad for weight in reference.parameters())
    assert not torch.equal(logps(trained.model), start)


def test_an_adapter_changes_nothing_at_first_and_the_reference_is_the_model_without_it(location):
    trained = policy(location, LORA)
    start = logps(load_model(location))
    assert torch.equal(logps(trained.model), start)
    disturb(trained)
    assert not torch.equal(logps(trained.model), start)
    with trained.reference() as reference:
        assert torch.equal(logps(reference), start)
        assert reference is trained.model  # no second copy
    assert not torch.equal(logps(trained.model), start)
    assert all("lora_" in name for name in trained.trainable())


def test_the_reference_is_the_same_for_both_and_has_the_hash_of_its_weights(location):
    expected = fingerprint(load_model(location))
    assert policy(location).reference_hash == policy(location, LORA).reference_hash == expected


def test_the_seed_decides_the_adapter_and_leaves_the_global_stream_alone(location):
    before = torch.get_rng_state()
    one, same, other = (policy(location, LORA, seed).weights() for seed in (1, 1, 2))
    assert torch.equal(torch.get_rng_state(), before)
    assert all(torch.equal(one[name], same[name]) for name in one)
    assert not all(torch.equal(one[name], other[name]) for name in one)


def test_target_layers_can_be_named(location):
    named = policy(location, Lora(rank=2, targets=["q_proj"]))
    assert named.trainable()
    assert all("q_proj" in name for name in named.trainable())


def test_a_target_layer_that_is_not_there_is_one_sentence(location):
    with pytest.raises(ModelProblem, match="no linear layer named c_attn for an adapter; there are: down_proj, "):
        policy(location, Lora(targets=["q_proj", "c_attn"]))


@pytest.mark.parametrize("adapter", ["none", LORA], ids=["full", "lora"])
def test_weights_come_back_bit_for_bit(location, adapter):
    trained, fresh = policy(location, adapter), policy(location, adapter)
    disturb(trained)
    fresh.load_weights(trained.weights())
    assert torch.equal(logps(fresh.model), logps(trained.model))


def test_weights_of_another_kind_of_run_are_refused(location):
    with pytest.raises(KeyError, match="not the model's own"):
        policy(location).load_weights(policy(location, LORA).weights())


@pytest.mark.parametrize("parent", ["none", LORA], ids=["full parent", "lora parent"])
@pytest.mark.parametrize("child", ["none", LORA], ids=["full child", "lora child"])
def test_a_run_starts_where_the_run_it_descends_from_stood(location, tmp_path, parent, child):
    before = policy(location, parent)
    disturb(before)
    save_file(before.weights(), tmp_path / "weights.safetensors")
    forebears = [AncestorCheckpoint(None if parent == "none" else parent, tmp_path / "weights.safetensors")]
    after = policy(location, child, forebears=forebears)
    torch.testing.assert_close(logps(after.model), logps(before.model), rtol=0, atol=1e-4)
    assert after.reference_hash != before.reference_hash
    start = logps(after.model)
    assert all(weight.requires_grad for weight in after.model.parameters()) == (child == "none")
    disturb(after)
    with after.reference() as reference:
        assert torch.equal(logps(reference), start)


def critics(policy):
    return head_values(policy.model, policy.head, encoded(4))


@pytest.mark.parametrize("adapter", ["none", LORA], ids=["full", "lora"])
def test_a_critic_on_the_policys_trunk_moves_with_it_and_one_on_its_own_does_not(location, adapter):
    for head, moves in (("shared", True), ("own", False)):
        trained = policy(location, adapter, head=head)
        torch.nn.init.ones_(trained.head.linear.weight)
        before = critics(trained)
        with torch.no_grad():
            for name, weight in trained.trainable().items():
                if not name.startswith(HEAD):
                    weight.add_(0.05)
        assert torch.equal(critics(trained), before) != moves


@pytest.mark.parametrize("adapter", ["none", LORA], ids=["full", "lora"])
def test_a_critic_of_its_own_starts_as_the_policys_is_trained_and_comes_back(location, adapter):
    trained, fresh = policy(location, adapter, head="own"), policy(location, adapter, head="own")
    shared = policy(location, adapter, head="shared")
    for one in (trained, shared):
        torch.nn.init.ones_(one.head.linear.weight)
    assert torch.equal(critics(trained), critics(shared))
    critics(trained).sum().backward()
    touched = {name for name, weight in trained.trainable().items() if weight.grad is not None}
    of_critic = {name for name in trained.trainable() if name.startswith(HEAD)}
    assert touched == of_critic
    assert len(of_critic) > 2
    disturb(trained)
    fresh.load_weights(trained.weights())
    assert torch.equal(critics(fresh), critics(trained))
    start = logps(load_model(location))
    with trained.reference() as reference:
        assert torch.equal(logps(reference), start)


def test_weights_that_are_gone_are_one_sentence_and_never_the_model_without_them(location, tmp_path):
    gone = tmp_path / "weights.safetensors"
    with pytest.raises(ModelProblem, match=rf"lost its weights: {gone} is not there"):
        load_policy(location, adapter="none", device="cpu", seed=0, ancestors=[AncestorCheckpoint(None, gone)])


@pytest.mark.parametrize("adapter", ["none", LORA], ids=["full", "lora"])
def test_dropout_is_off_in_policy_reference_and_critic(location, adapter):
    made = policy(location, adapter, head="own")
    with made.reference() as reference:
        for model in (made.model, reference, made.head.trunk):
            assert not any(module.training for module in model.modules())


def test_bf16_keeps_its_weights_in_fp32(location):
    low = policy(location, precision="bf16")
    with low.autocast():
        rough = logps(low.model)
    assert rough.dtype == torch.float32
    assert 0 < (rough - logps(low.model)).abs().max() < 0.2
    assert all(weight.dtype == torch.float32 for weight in low.weights().values())


def test_a_model_that_cannot_be_read_is_one_sentence(location, tmp_path):
    broken = shutil.copytree(location.folder, tmp_path / "broken")
    text = (broken / "config.json").read_text(encoding="utf-8")
    (broken / "config.json").write_text(text.replace('"llama"', '"unheard_of"'), encoding="utf-8")
    with pytest.raises(ModelProblem, match=r"The model broken cannot be loaded: .*unheard_of") as problem:
        load_model(inspect("broken", broken))
    assert "\n" not in str(problem.value)
