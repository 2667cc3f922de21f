"""Tiny random models of many kinds, made on the spot, with the tokenizer of `tiny`."""

import shutil
from pathlib import Path
from typing import Any

VOCABULARY = 280  # a little more than the tokenizer has
COMMON: dict[str, Any] = {
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 256,
    "initializer_range": 0.2,  # large enough for decided models: mistakes then show
}
GPT: dict[str, Any] = {"n_embd": 32, "n_layer": 2, "n_head": 4, "n_positions": 256, "initializer_range": 0.2}
HEADS: dict[str, Any] = {**COMMON, "head_dim": 8}
EXPERTS: dict[str, Any] = {**HEADS, "moe_intermediate_size": 24, "num_experts_per_tok": 2}
LOW_RANK: dict[str, Any] = {
    **COMMON,
    "num_key_value_heads": 4,
    "kv_lora_rank": 16,
    "q_lora_rank": 16,
    "qk_rope_head_dim": 8,
    "qk_nope_head_dim": 8,
    "v_head_dim": 8,
}
LATENT: dict[str, Any] = {
    **LOW_RANK,
    "n_routed_experts": 4,
    "num_experts_per_tok": 2,
    "moe_intermediate_size": 24,
    "first_k_dense_replace": 1,
}
LINEAR: dict[str, Any] = {
    "linear_num_value_heads": 4,
    "linear_num_key_heads": 2,
    "linear_key_head_dim": 8,
    "linear_value_head_dim": 8,
}
MAMBA2: dict[str, Any] = {"mamba_n_heads": 4, "mamba_d_head": 16, "mamba_d_state": 8, "mamba_n_groups": 1}
STATES: dict[str, Any] = {"hidden_size": 32, "num_hidden_layers": 2, "state_size": 8, "initializer_range": 0.2}
LIKE_BERT: dict[str, Any] = {**COMMON, "is_decoder": True}

KINDS: dict[str, dict[str, Any]] = {
    "llama": COMMON,
    "mistral": {**COMMON, "sliding_window": 6},
    "mixtral": {**COMMON, "num_local_experts": 4, "num_experts_per_tok": 2},
    "qwen2": COMMON,
    "qwen2_moe": {**EXPERTS, "num_experts": 4, "shared_expert_intermediate_size": 24},
    "qwen3": HEADS,
    "qwen3_moe": {**EXPERTS, "num_experts": 4},
    "phi": COMMON,
    "phi3": {**COMMON, "pad_token_id": None},
    "phimoe": {**COMMON, "num_local_experts": 4, "num_experts_per_tok": 2},
    "gemma": HEADS,
    "gemma2": {**HEADS, "sliding_window": 6, "query_pre_attn_scalar": 8},
    "gemma3_text": {
        **HEADS,
        "sliding_window": 6,
        "query_pre_attn_scalar": 8,
        "layer_types": ["sliding_attention", "full_attention"],
    },
    "gpt2": GPT,
    "gpt_bigcode": GPT,
    "gptj": {**GPT, "rotary_dim": 4},
    "codegen": {**GPT, "rotary_dim": 4},
    "gpt_neo": {
        "hidden_size": 32,
        "num_layers": 2,
        "num_heads": 4,
        "intermediate_size": 48,
        "max_position_embeddings": 256,
        "attention_types": [[["global", "local"], 1]],
        "window_size": 6,
        "initializer_range": 0.2,
    },
    "gpt_neox": COMMON,
    "gpt_oss": {
        **HEADS,
        "num_local_experts": 4,
        "num_experts_per_tok": 2,
        "sliding_window": 6,
        "layer_types": ["sliding_attention", "full_attention"],
    },
    "openai-gpt": GPT,
    "bloom": {"hidden_size": 32, "n_layer": 2, "n_head": 4, "initializer_range": 0.2},
    "mpt": {"d_model": 32, "n_layers": 2, "n_heads": 4, "max_seq_len": 256, "initializer_range": 0.2},
    "falcon": {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "initializer_range": 0.2},
    "opt": {
        "hidden_size": 32,
        "word_embed_proj_dim": 32,
        "ffn_dim": 48,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "max_position_embeddings": 256,
        "init_std": 0.2,
    },
    "biogpt": COMMON,
    "xglm": {"d_model": 32, "ffn_dim": 48, "num_layers": 2, "attention_heads": 4, "init_std": 0.2},
    "stablelm": COMMON,
    "starcoder2": {**COMMON, "sliding_window": 6},
    "persimmon": COMMON,
    "nemotron": COMMON,
    "cohere": {**COMMON, "logit_scale": 0.25},
    "cohere2": {**COMMON, "sliding_window": 6, "layer_types": ["sliding_attention", "full_attention"]},
    "olmo": COMMON,
    "olmo2": COMMON,
    "olmo3": {**COMMON, "sliding_window": 6, "layer_types": ["sliding_attention", "full_attention"]},
    "olmoe": {**COMMON, "num_experts": 4, "num_experts_per_tok": 2},
    "granite": {**COMMON, "logits_scaling": 3.0},
    "granitemoe": {**COMMON, "num_local_experts": 4, "num_experts_per_tok": 2},
    "smollm3": {**COMMON, "no_rope_layers": [1, 0]},
    "helium": HEADS,
    "glm": HEADS,
    "glm4": HEADS,
    "exaone4": {**COMMON, "sliding_window": 6, "layer_types": ["sliding_attention", "full_attention"]},
    "ernie4_5": HEADS,
    "seed_oss": HEADS,
    "apertus": COMMON,
    "arcee": COMMON,
    "hunyuan_v1_dense": HEADS,
    "llama4_text": {
        **HEADS,
        "intermediate_size_mlp": 48,
        "num_local_experts": 4,
        "num_experts_per_tok": 1,
        "attention_chunk_size": 6,
        "layer_types": ["chunked_attention", "full_attention"],
    },
    "deepseek_v2": LATENT,
    "deepseek_v3": {**LATENT, "n_group": 2, "topk_group": 1},
    "minicpm3": LOW_RANK,
    "dbrx": {
        "d_model": 32,
        "n_heads": 4,
        "n_layers": 2,
        "max_seq_len": 256,
        "initializer_range": 0.2,
        "attn_config": {"kv_n_heads": 2, "clip_qkv": 8, "rope_theta": 1e4},
        "ffn_config": {"ffn_hidden_size": 48, "moe_num_experts": 4, "moe_top_k": 2, "hidden_size": 32},
    },
    # With states instead of, or beside, keys and values.
    "qwen3_next": {
        **EXPERTS,
        **LINEAR,
        "num_hidden_layers": 4,
        "num_experts": 4,
        "shared_expert_intermediate_size": 24,
    },
    "qwen3_5_text": {**HEADS, **LINEAR, "num_hidden_layers": 4},
    "mamba": STATES,
    "mamba2": {**STATES, "num_heads": 8, "head_dim": 8, "n_groups": 1},
    "falcon_mamba": STATES,
    "jamba": {
        **COMMON,
        "num_hidden_layers": 4,
        "attn_layer_period": 2,
        "attn_layer_offset": 1,
        "num_experts": 2,
        "mamba_d_state": 8,
        "mamba_dt_rank": 4,
        "use_mamba_kernels": False,
    },
    "bamba": {**COMMON, **MAMBA2, "attn_layer_indices": [1]},
    "falcon_h1": {**COMMON, **MAMBA2, "mamba_d_ssm": 64},
    "granitemoehybrid": {
        **COMMON,
        **MAMBA2,
        "num_local_experts": 4,
        "num_experts_per_tok": 2,
        "shared_intermediate_size": 24,
        "layer_types": ["mamba", "attention"],
    },
    "zamba": {
        **COMMON,
        "num_hidden_layers": 6,
        "num_key_value_heads": 4,
        "attention_hidden_size": 64,
        "attention_head_dim": 16,
        "attn_layer_period": 3,
        "attn_layer_offset": 2,
        "mamba_d_state": 8,
        "mamba_dt_rank": 4,
        "n_mamba_heads": 2,
        "use_mamba_kernels": False,
    },
    "zamba2": {
        **COMMON,
        "num_hidden_layers": 4,
        "num_key_value_heads": 4,
        "mamba_d_state": 8,
        "n_mamba_heads": 8,
        "layers_block_type": ["linear_attention", "linear_attention", "hybrid", "hybrid"],
        "adapter_rank": 4,
    },
    "lfm2": {**COMMON, "layer_types": ["conv", "full_attention"], "block_ff_dim": 48},
    "lfm2_moe": {
        **COMMON,
        "layer_types": ["conv", "full_attention"],
        "num_experts": 4,
        "num_experts_per_tok": 2,
        "moe_intermediate_size": 24,
        "num_dense_layers": 1,
    },
    "recurrent_gemma": {
        **COMMON,
        "num_hidden_layers": 3,
        "lru_width": 32,
        "attention_window_size": 6,
        "w_init_variance_scale": 0.2,
    },
    "rwkv": {
        "hidden_size": 32,
        "num_hidden_layers": 2,
        "attention_hidden_size": 32,
        "intermediate_size": 48,
        "context_length": 256,
    },
    "nemotron_h": {
        **HEADS,
        "num_hidden_layers": 4,
        "layers_block_type": ["mamba", "mlp", "attention", "mlp"],
        "mamba_num_heads": 4,
        "mamba_head_dim": 16,
        "ssm_state_size": 8,
        "n_groups": 1,
    },
    "olmo_hybrid": {**COMMON, **LINEAR, "num_key_value_heads": 4, "linear_num_key_heads": 4, "num_hidden_layers": 4},
    "minimax": {
        **HEADS,
        "num_local_experts": 4,
        "num_experts_per_tok": 2,
        "layer_types": ["linear_attention", "full_attention"],
        "block_size": 4,
    },
    "kimi_linear": {
        **LATENT,
        "num_hidden_layers": 4,
        "linear_head_dim": 8,
        "linear_num_heads": 4,
        "n_group": 1,
        "topk_group": 1,
        "layer_types": ["linear_attention", "linear_attention", "linear_attention", "full_attention"],
    },
    "xlstm": {"hidden_size": 128, "num_hidden_layers": 2, "num_blocks": 2, "num_heads": 4, "chunk_size": 16},
    # What is not read from left to right, or in another way than the others.
    "bert": {**COMMON, "is_decoder": True},
    "roberta": {**COMMON, "is_decoder": True},
    "xlnet": {"d_model": 32, "n_layer": 2, "n_head": 4, "d_inner": 48},
    "reformer": {
        **COMMON,
        "is_decoder": True,
        "attn_layers": ["local", "local"],
        "axial_pos_embds": False,
        "attention_head_size": 8,
        "feed_forward_size": 48,
    },
    "ctrl": {"n_embd": 32, "n_layer": 2, "n_head": 4, "dff": 48, "n_positions": 256, "initializer_range": 0.2},
    "blenderbot": {
        "d_model": 32,
        "decoder_layers": 2,
        "decoder_attention_heads": 4,
        "decoder_ffn_dim": 48,
        "encoder_layers": 0,
    },
    "cpmant": {
        "hidden_size": 32,
        "num_attention_heads": 4,
        "dim_head": 8,
        "dim_ff": 48,
        "num_hidden_layers": 2,
        "prompt_types": 4,
        "prompt_length": 4,
    },
}


def write_model(kind: str, folder: Path, tokenizer: Path, **settings: Any) -> Path:
    """Save a random model of the kind, its tokenizer taken from the folder of another one."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM
    from transformers.utils import logging

    logging.disable_progress_bar()
    torch.manual_seed(0)
    ends = {"bos_token_id": 0, "eos_token_id": 0, "pad_token_id": None}
    config = AutoConfig.for_model(kind, **{"vocab_size": VOCABULARY, **ends, **KINDS[kind], **settings})
    AutoModelForCausalLM.from_config(config).save_pretrained(folder)
    for file in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(tokenizer / file, folder / file)
    return folder
