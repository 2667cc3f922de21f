"""Reads an exported folder as a stranger would: transformers and peft alone, and nothing of AlignLab.

It imports no module of ours, so whatever it finds in a folder holds on a machine without AlignLab too. T: tokens of a
response. Left out: what the answers are compared with (`equality`).
"""

import json
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor
from transformers import AutoModelForCausalLM, AutoModelForSequenceClassification, AutoTokenizer, GenerationConfig

ADAPTER = "adapter_config.json"
REWARD_TASK = "SEQ_CLS"  # what peft calls the task of a reward model


class PlainModel(NamedTuple):
    """An exported model with its tokenizer."""

    model: Any
    tokenizer: Any
    is_reward_model: bool  # it answers with a score of a text, not with a next token


def open_folder(folder: Path) -> PlainModel:
    """The model in an exported folder; an adapter's base is read from where the folder says."""
    tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    is_adapter = (folder / ADAPTER).is_file()
    if is_adapter:
        settings = json.loads((folder / ADAPTER).read_text(encoding="utf-8"))
        base, is_reward_model = settings["base_model_name_or_path"], settings["task_type"] == REWARD_TASK
    else:
        architectures = json.loads((folder / "config.json").read_text(encoding="utf-8"))["architectures"]
        base, is_reward_model = folder, architectures[0].endswith("ForSequenceClassification")
    kind: Any = AutoModelForSequenceClassification if is_reward_model else AutoModelForCausalLM
    options: dict[str, Any] = {"num_labels": 1} if is_reward_model else {}
    model = kind.from_pretrained(base, dtype=torch.float32, local_files_only=True, use_safetensors=True, **options)
    if is_reward_model:
        model.config.get_text_config().pad_token_id = tokenizer.pad_token_id
    if is_adapter:
        from peft import PeftModel

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # peft asks transformers for a name that is going away
            model = PeftModel.from_pretrained(model, str(folder))
    return PlainModel(model.eval(), tokenizer, is_reward_model)


def prompt_ids(tokenizer: Any, messages: Sequence[Mapping[str, Any]], variables: Mapping[str, Any]) -> list[int]:
    """The tokens of a conversation up to its answer; `variables` are given to the chat template."""
    turns = [dict(message) for message in messages]
    text = tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True, **variables)
    return list(tokenizer(text, add_special_tokens=False).input_ids)


@torch.no_grad()
def greedy(model: Any, prompt: Sequence[int], ends: Sequence[int], limit: int) -> list[int]:
    """The likeliest tokens after a prompt, `limit` at most, with the one of `ends` that closes them."""
    ids = torch.tensor([list(prompt)])
    settings = GenerationConfig(do_sample=False, max_new_tokens=limit, eos_token_id=list(ends), pad_token_id=ends[0])
    whole = model.generate(input_ids=ids, attention_mask=torch.ones_like(ids), generation_config=settings)
    return list(whole[0, len(prompt) :].tolist())


@torch.no_grad()
def log_probs(model: Any, prompt: Sequence[int], response: Sequence[int]) -> Tensor:
    """The log-probabilities of a response's tokens in the model's own forward, in nats: (T,) float64."""
    logits = model(input_ids=torch.tensor([[*prompt, *response]])).logits[0, len(prompt) - 1 : -1]
    return logits.double().log_softmax(-1).gather(1, torch.tensor(list(response))[:, None])[:, 0]


@torch.no_grad()
def score(model: Any, ids: Sequence[int]) -> float:
    """What a reward model makes of a prompt with its answer."""
    return float(model(input_ids=torch.tensor([list(ids)])).logits[0, 0])
