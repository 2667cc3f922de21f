"""What is tried on a loaded model: whole weights, log-probs of its own, and how its answers can be sampled."""

import json
import shutil

import pytest
import torch
from safetensors.torch import load_file, save_file

from engine.models import load_checks
from engine.models.load import load_model, load_policy
from engine.models.model_folder import AncestorCheckpoint, ModelProblem, inspect
from engine.models.sampler import sample
from engine.models.scoring import score, trunk
from engine.spec.blocks import Lora
from tests import model_kinds
from tests.engine.models.conftest import encoded
from tests.engine.models.test_model_checks import reshape, rewrite


@pytest.fixture
def copy(folder, tmp_path):
    """A model folder that a test may spoil."""
    return shutil.copytree(folder, tmp_path / "copy")


def problem(folder):
    with pytest.raises(ModelProblem) as raised:
        load_policy(inspect("spoilt", folder), adapter="none", device="cpu", seed=0)
    assert "\n" not in str(raised.value)
    return str(raised.value)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_that_are_no_numbers_are_named(copy, value):
    name = "model.layers.1.mlp.up_proj.weight"

    def damage(weights):
        weights[name][0, 0] = value
        return weights

    reshape(copy, damage)
    assert problem(copy) == f"The weights of spoilt hold NaN or infinity: {name}."


def test_missing_weights_are_never_random_ones(copy):
    reshape(copy, lambda weights: {name: value for name, value in weights.items() if "0.mlp" not in name})
    text = problem(copy)
    assert "The weights of spoilt are incomplete: model.layers.0.mlp.down_proj.weight, " in text


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"head_dim": 16}, "self_attn.k_proj.weight has the shape 16 x 32, not 32 x 32"),
        ({"intermediate_size": 65536}, "describes 12598088 numbers, but its weights hold"),
        ({"hidden_act": "odd"}, "its config.json holds what transformers does not take"),
        ({"num_attention_heads": 0}, "its config.json holds what transformers does not take"),
        ({"rms_norm_eps": "small"}, "its config.json holds what transformers does not take"),
    ],
)
def test_a_config_of_another_model_is_told(copy, values, words):
    rewrite(copy / "config.json", **values)
    assert words in problem(copy)


FOREIGN = {
    "attn_implementation": "flash_attention_2",
    "_attn_implementation": "flash_attention_2",
    "experts_implementation": "odd",
    "torch_dtype": "odd",
    "use_cache": False,
    "return_dict": False,
    "device_map": "auto",
    "output_attentions": True,
    "gradient_checkpointing": True,
    "base_model_tp_plan": 5,
    "quantization_config": None,
    "pad_token_id": 10**6,
    "text_config": 5,
}


@pytest.mark.parametrize("key", FOREIGN)
def test_what_a_config_says_of_how_to_load_it_is_dropped(location, copy, key):
    rewrite(copy / "config.json", **{key: FOREIGN[key]})
    pairs = encoded(3)
    assert torch.equal(
        score(load_model(inspect("foreign", copy)), pairs).logps, score(load_model(location), pairs).logps
    )


# One kind for each way of sampling, and some whose masks, positions or heads are their own.
DECODING = {
    **dict.fromkeys(("gpt2", "opt", "bloom", "mpt", "mistral", "gemma3_text", "llama4_text", "mixtral"), "batched"),
    **dict.fromkeys(("qwen3_next", "jamba", "lfm2"), "batched"),  # states, cut as rows leave
    **dict.fromkeys(("recurrent_gemma", "mamba"), "alone"),
    **dict.fromkeys(("openai-gpt", "rwkv", "minimax", "xlstm"), "uncached"),
    "nemotron_h": "uncached",  # agrees on short prompts
}


@pytest.mark.parametrize("kind", DECODING)
def test_answers_are_sampled_as_the_kind_of_model_bears_it(kind, folder, tmp_path):
    location = inspect(kind, model_kinds.write_model(kind, tmp_path / "model", folder))
    policy = load_policy(location, adapter=Lora(rank=2), device="cpu", seed=0)
    assert policy.decoding == DECODING[kind]
    pairs = encoded(5, seed=3)
    answers = sample(
        policy.model,
        [pair.prompt for pair in pairs],
        [(row,) for row in range(len(pairs))],
        stops=set(range(0, 280, 6)),
        max_new_tokens=9,
        decoding=policy.decoding,
    )
    assert len({len(answer.tokens) for answer in answers}) > 1  # rows leave at unlike times
    with torch.no_grad():
        for pair, answer in zip(pairs, answers, strict=True):
            logits = policy.model(input_ids=torch.tensor([pair.prompt + answer.tokens])).logits[0]
            logps = logits[len(pair.prompt) - 1 : -1].log_softmax(-1).gather(1, torch.tensor(answer.tokens)[:, None])
            torch.testing.assert_close(torch.tensor(answer.logps), logps[:, 0], rtol=0, atol=1e-4)


def test_all_ways_of_sampling_draw_the_same_answers(location):
    model, prompts = load_model(location), [pair.prompt for pair in encoded(4)]
    draws = [
        sample(model, prompts, [(row,) for row in range(4)], stops={7}, max_new_tokens=8, decoding=decoding)
        for decoding in load_checks.DECODINGS
    ]
    assert len({tuple(answer.tokens for answer in answers) for answers in draws}) == 1


def test_a_model_that_reads_ahead_is_refused(folder, tmp_path):
    location = inspect("ahead", model_kinds.write_model("bert", tmp_path / "model", folder, is_decoder=False))
    with pytest.raises(ModelProblem, match="not a causal language model: it reads what comes after a token"):
        load_policy(location, adapter="none", device="cpu", seed=0)


def test_a_model_that_samples_what_it_does_not_score_is_refused(location, monkeypatch):
    model = load_model(location)
    assert load_checks.find_decoding("fine", model) == "batched"
    monkeypatch.setattr("engine.models.sampler.head_logits", lambda causal, states: causal.lm_head(states) * 1.01)
    with pytest.raises(ModelProblem, match="what it samples and what it scores differ"):
        load_checks.find_decoding("odd", model)


def test_the_trunk_is_never_the_whole_model(folder, tmp_path):
    model = load_model(inspect("llama4", model_kinds.write_model("llama4_text", tmp_path / "model", folder)))
    assert trunk(model) is model.model


def test_an_adapter_on_every_layer_leaves_out_what_none_can_stand_on(folder, tmp_path):
    for kind, left_out in (("mamba", "out_proj"), ("phimoe", "router")):
        location = inspect(kind, model_kinds.write_model(kind, tmp_path / kind, folder))
        names = load_policy(location, adapter=Lora(rank=2), device="cpu", seed=0).trainable()
        assert names
        assert not [name for name in names if left_out in name or "lm_head" in name]
        assert json.loads((location.folder / "config.json").read_text())["model_type"] == kind
    location = inspect("mamba", tmp_path / "mamba")
    with pytest.raises(ModelProblem, match=r"No adapter can be put on this model: .*out_proj"):
        load_policy(location, adapter=Lora(rank=2, targets=["out_proj"]), device="cpu", seed=0)


def test_tokens_that_only_the_loaded_tokenizer_tells_are_compared_too(location):
    policy = load_policy(location, adapter="none", device="cpu", seed=0)
    load_checks.check_tokens("fine", policy.model, policy.template)
    policy.model.resize_token_embeddings(200)
    with pytest.raises(ModelProblem, match="tokens up to number 276, but its embedding has 200 rows"):
        load_checks.check_tokens("short", policy.model, policy.template)


def test_an_output_layer_that_is_called_head_is_the_models_own(folder, tmp_path):
    location = inspect("rwkv", model_kinds.write_model("rwkv", tmp_path / "model", folder))
    parent = load_policy(location, adapter="none", device="cpu", seed=0, head="shared")
    assert {"head.weight", "head.linear.weight"} <= parent.weights().keys()
    save_file(parent.weights(), tmp_path / "weights.safetensors")
    ancestors = [AncestorCheckpoint(None, tmp_path / "weights.safetensors")]
    child = load_policy(location, adapter="none", device="cpu", seed=0, ancestors=ancestors)
    assert child.reference_hash == parent.reference_hash


def test_weights_in_half_precision_score_as_their_fp32_copies(copy):
    reshape(copy, lambda weights: {name: value.bfloat16() for name, value in weights.items()})
    policy = load_policy(inspect("half", copy), adapter="none", device="cpu", seed=0)
    assert all(weight.dtype == torch.float32 for weight in policy.weights().values())
    assert load_file(copy / "model.safetensors")["model.norm.weight"].dtype == torch.bfloat16
