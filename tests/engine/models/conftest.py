"""Tiny random models of several architectures, and what is encoded for them."""

import random

import pytest
import torch
from transformers import (
    CohereConfig,
    CohereForCausalLM,
    Gemma2Config,
    Gemma2ForCausalLM,
    GPT2Config,
    GPT2LMHeadModel,
    GraniteConfig,
    GraniteForCausalLM,
    LlamaConfig,
    LlamaForCausalLM,
)

from engine.data.templates import Encoded
from engine.models.model_folder import inspect
from tests import tiny

SMALL = {
    "vocab_size": 64,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 128,
    "initializer_range": 0.2,  # large enough for decided models: mistakes then show
    "pad_token_id": None,
    "bos_token_id": None,
    "eos_token_id": None,
}
MODELS = {
    "llama": lambda: LlamaForCausalLM(LlamaConfig(**SMALL)),
    "gpt2": lambda: GPT2LMHeadModel(
        GPT2Config(
            vocab_size=64, n_embd=32, n_layer=2, n_head=4, n_positions=128, initializer_range=0.2, eos_token_id=0
        )
    ),
    # Their logits are more than a linear layer: capped, divided, multiplied.
    "gemma2": lambda: Gemma2ForCausalLM(Gemma2Config(**SMALL, head_dim=8, final_logit_softcapping=0.5)),
    "granite": lambda: GraniteForCausalLM(GraniteConfig(**SMALL, logits_scaling=3.0)),
    "cohere": lambda: CohereForCausalLM(CohereConfig(**SMALL, logit_scale=0.25)),
}


@pytest.fixture(params=MODELS)
def model(request):
    torch.manual_seed(0)
    return MODELS[request.param]().eval()


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """A saved Llama of two layers with a byte-level tokenizer."""
    return tiny.write_model(tmp_path_factory.mktemp("model"))


@pytest.fixture
def location(folder):
    return inspect("tiny", folder)


def encoded(count, *, seed=0, vocabulary=64):
    """Pairs of a prompt and a response of random tokens and unlike lengths."""
    draw = random.Random(seed)
    return [
        Encoded(
            tuple(draw.randrange(vocabulary) for _ in range(draw.randint(1, 20))),
            tuple(draw.randrange(vocabulary) for _ in range(draw.randint(1, 12))),
        )
        for _ in range(count)
    ]
