"""What a config and the headers of weights give away before a run is queued: one sentence for each contradiction."""

import json
import shutil
from dataclasses import replace

import pytest
from safetensors.torch import load_file, save_file

from engine.models import model_checks
from engine.models.catalogue import STARTER
from engine.models.model_folder import ModelProblem, Weight, inspect
from engine.spec.blocks import Lora
from words import english

MATRIX = Weight("F32", (32, 32))


@pytest.fixture
def copy(folder, tmp_path):
    """A model folder that a test may spoil."""
    return shutil.copytree(folder, tmp_path / "copy")


def rewrite(path, **values):
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), **values}), encoding="utf-8")


def reshape(folder, change):
    """Save the weights again as `change` leaves them."""
    weights = load_file(folder / "model.safetensors")
    save_file(change(weights), folder / "model.safetensors", metadata={"format": "pt"})


def sentence(folder):
    with pytest.raises(ModelProblem) as raised:
        model_checks.check(inspect("spoilt", folder))
    return str(raised.value)


@pytest.mark.parametrize("name", ["starter", "tiny"])
def test_a_whole_model_has_no_problem(location, name):
    model_checks.check(inspect(name, STARTER) if name == "starter" else location)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (
            {"model_type": "unheard_of"},
            "of the kind unheard_of (model_type in its config.json), which transformers does",
        ),
        ({"model_type": None}, "of the kind ? (model_type"),
        ({"model_type": ["llama"]}, "of the kind ['llama'] (model_type"),
        ({"model_type": "own", "auto_map": {"AutoConfig": "a.B"}}, "(own) needs program code of its own"),
        ({"model_type": "bert"}, "is of the kind bert, which AlignLab can neither score nor sample from"),
        ({"quantization_config": {"quant_method": "gptq", "bits": 4}}, "are quantised (gptq)"),
        ({"quantization_config": {"load_in_4bit": True}}, "are quantised (of an unknown kind)"),
        ({"num_hidden_layers": 10**9}, "says num_hidden_layers is 1000000000, but its weights hold"),
        ({"num_hidden_layers": 3}, "says num_hidden_layers is 3, but its weights hold 2 layers"),
        ({"num_hidden_layers": 1}, "says num_hidden_layers is 1, but its weights hold 2 layers"),
        ({"intermediate_size": 10**12}, "says intermediate_size is 1000000000000, but its weights hold"),
        ({"num_attention_heads": 1e300}, "says num_attention_heads is 1e+300, but its weights hold"),
        ({"vocab_size": float("nan")}, "says vocab_size is nan"),
        ({"max_position_embeddings": 10**12}, "says max_position_embeddings is 1000000000000"),
        ({"vocab_size": 270}, "says vocab_size is 270, but its weights hold 277 rows of the embedding"),
        ({"hidden_size": 48}, "says hidden_size is 48, but its weights hold no tensor of that width"),
    ],
)
def test_a_config_that_its_weights_contradict_is_told(copy, values, words):
    rewrite(copy / "config.json", **values)
    assert words in sentence(copy)


def test_a_native_model_whose_config_names_code_too_is_taken(copy):
    rewrite(copy / "config.json", auto_map={"AutoModelForCausalLM": "modeling.Mine"})
    model_checks.check(inspect("fine", copy))


def test_weights_of_fewer_bits_are_quantised_whatever_the_config_says(copy):
    import torch

    reshape(copy, lambda weights: {name: value.to(torch.float8_e4m3fn) for name, value in weights.items()})
    assert "are quantised (F8_E4M3)" in sentence(copy)


def test_layers_that_predict_further_tokens_may_follow_the_others(copy):
    def extend(weights):
        return weights | {"model.layers.2.mlp.up_proj.weight": weights["model.layers.1.mlp.up_proj.weight"].clone()}

    reshape(copy, extend)
    assert "num_hidden_layers is 2, but its weights hold 3 layers" in sentence(copy)
    rewrite(copy / "config.json", num_nextn_predict_layers=1)
    model_checks.check(inspect("fine", copy))


def test_tokens_beyond_the_embedding_are_told_with_both_numbers(copy):
    reshape(copy, lambda weights: {n: v[:200] if "embed" in n else v for n, v in weights.items()})
    rewrite(copy / "config.json", vocab_size=200)
    text = sentence(copy)
    assert "has tokens up to number 276, but its embedding has 200 rows only (0 to 199)" in text


@pytest.mark.parametrize(
    ("token", "settings", "reached"),
    [
        ({"content": "<|image|>", "special": True}, {}, False),
        ({"content": "<|image|>", "special": True}, {"chat_template": "{{ '<|image|>' }}"}, True),
        ({"content": "<|image|>", "special": True}, {"eos_token": {"content": "<|image|>"}}, True),
        ({"content": "word", "special": False}, {}, True),
    ],
)
def test_a_special_token_that_nothing_writes_may_lie_beyond_the_embedding(copy, token, settings, reached):
    content = json.loads((copy / "tokenizer.json").read_text(encoding="utf-8"))
    content["added_tokens"].append({**content["added_tokens"][0], **token, "id": 400})
    (copy / "tokenizer.json").write_text(json.dumps(content), encoding="utf-8")
    rewrite(copy / "tokenizer_config.json", **settings)
    assert model_checks.largest_token("tiny", copy) == (400 if reached else 276)


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("chat_template.json", json.dumps({"chat_template": "{{ '<|image|>' }}"})),
        ("chat_template.jinja", "{{ '<|image|>' }}"),
        ("additional_chat_templates/tool_use.jinja", "{{ '<|image|>' }}"),
    ],
)
def test_a_token_that_a_template_writes_is_reached_wherever_that_stands(copy, file, text):
    content = json.loads((copy / "tokenizer.json").read_text(encoding="utf-8"))
    content["added_tokens"].append({**content["added_tokens"][0], "content": "<|image|>", "special": True, "id": 400})
    (copy / "tokenizer.json").write_text(json.dumps(content), encoding="utf-8")
    assert model_checks.largest_token("tiny", copy) == 276
    (copy / file).parent.mkdir(exist_ok=True)
    (copy / file).write_text(text, encoding="utf-8")
    assert model_checks.largest_token("tiny", copy) == 400


def targets_problem(location, *targets):
    with pytest.raises(ModelProblem) as raised:
        model_checks.check_targets(location, Lora(targets=list(targets)))
    return english(raised.value.text)


def test_targets_are_looked_up_among_the_names_of_the_weights(location):
    for targets in (
        "auto",
        ["q_proj"],
        ["lm_head"],
        ["model.layers.0.mlp.up_proj"],
        ["mlp.up_proj", "layers.1.mlp.up_proj"],
    ):
        model_checks.check_targets(location, Lora(targets=targets))
    text = targets_problem(location, "q_proj", "query_key_value")
    assert "no linear layer named query_key_value for an adapter; there are: down_proj, gate_proj, k_proj" in text
    assert "named embed_tokens" in targets_problem(location, "embed_tokens")
    assert "named proj" in targets_problem(location, "proj")
    mamba = replace(
        location, config={"model_type": "mamba"}, weights={"m.in_proj.weight": MATRIX, "m.out_proj.weight": MATRIX}
    )
    assert "named out_proj for an adapter; there are: in_proj, lm_head." in targets_problem(mamba, "out_proj")
    assert targets_problem(location) == "model.adapter.targets is empty: name layers, or set it to auto."


def test_an_adapter_beside_a_model_is_never_loaded_with_it(copy):
    (copy / "adapter_config.json").write_text('{"base_model_name_or_path": "some/base"}', encoding="utf-8")
    assert sentence(copy).endswith("holds a model and an adapter beside it: move its adapter_config.json elsewhere.")


def test_the_folder_of_an_adapter_names_its_base_model(tmp_path):
    (tmp_path / "adapter_config.json").write_text('{"base_model_name_or_path": "some/base"}', encoding="utf-8")
    with pytest.raises(ModelProblem, match="holds a LoRA adapter of the model some/base and no model"):
        inspect("adapter", tmp_path)
