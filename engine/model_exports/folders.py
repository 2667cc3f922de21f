"""Writes a policy as a folder in the form of Hugging Face: a whole model, an adapter, or a reward model of either.

Weights are float32 safetensors. A value head belongs to training and is left out. A reward model is a sequence
classification with one label, whose head has no constant: ours is said in the card, since it cancels in comparisons.
Left out: where the folder goes (`destination`), and whether it holds what the checkpoint does (`equality`).
"""

from copy import deepcopy
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from transformers import AutoModelForSequenceClassification, GenerationConfig

from engine.model_exports.plain_reading import REWARD_TASK
from engine.model_exports.sources import Source
from engine.models import adapters
from engine.models.load import Policy
from engine.models.model_folder import ModelProblem, read_json
from engine.models.scoring import trunk, unwrapped
from engine.models.tokenizer_names import GENERATION_CONFIG
from words import N_

HEAD = "score"  # of a sequence classification, in transformers
ADAPTER_WEIGHTS = "adapter_model.safetensors"


def write(source: Source, policy: Policy, folder: Path) -> None:
    """Write weights, config and tokenizer. An adapter is merged into `policy` where it is not written apart.

    Raises ModelProblem for a reward model of a kind that transformers has no such class for.
    """
    if source.is_reward_model:
        _separate_padding(policy)
    policy.tokenizer.save_pretrained(folder)
    if source.form.endswith("adapter"):
        _write_adapter(source, policy, folder)
        return
    model = adapters.merge(policy.model) if policy.has_adapter else policy.model
    if source.is_reward_model:
        _scorer(model, policy).save_pretrained(folder)
        return
    model.generation_config = GenerationConfig()  # the base's own is written below, unread: it may not be valid
    model.save_pretrained(folder)
    _write_generation_settings(source, policy, folder)


def _write_generation_settings(source: Source, policy: Policy, folder: Path) -> None:
    """The base's settings, which end a text where training did: the end of a turn may be none of the base's ends."""
    base = source.location.folder / GENERATION_CONFIG
    settings = read_json(source.location.name, base) if base.is_file() else {}
    ends = {"eos_token_id": sorted(policy.template.stops)}
    GenerationConfig.from_dict({**settings, **ends}).to_json_file(folder / GENERATION_CONFIG, use_diff=True)


def _write_adapter(source: Source, policy: Policy, folder: Path) -> None:
    from peft import get_peft_model_state_dict

    config = deepcopy(policy.model.peft_config["default"])
    config.base_model_name_or_path = source.base
    config.inference_mode = True
    weights = get_peft_model_state_dict(policy.model, save_embedding_layers=False)
    if source.is_reward_model:
        assert policy.head is not None
        config.task_type, config.modules_to_save = REWARD_TASK, [HEAD]
        weights[f"base_model.model.{HEAD}.weight"] = policy.head.linear.weight
    config.save_pretrained(str(folder))
    tensors = {name: weight.detach().cpu().contiguous().clone() for name, weight in weights.items()}
    save_file(tensors, folder / ADAPTER_WEIGHTS, metadata={"format": "pt"})


def _separate_padding(policy: Policy) -> None:
    """Let padding be no token that ends an answer: a reward model reads the last token that is no padding.

    Where there is no other special token, texts can be scored one at a time only.
    """
    tokenizer = policy.tokenizer
    if tokenizer.pad_token_id is not None and tokenizer.pad_token_id not in policy.template.stops:
        return
    free = [token for token in tokenizer.all_special_ids if token not in policy.template.stops]
    tokenizer.pad_token = tokenizer.convert_ids_to_tokens(free[0]) if free else None


@torch.no_grad()
def _scorer(model: Any, policy: Policy) -> Any:
    """The sequence classification with the weights of a model and the policy's head."""
    assert policy.head is not None
    config = deepcopy(model.config)
    config.num_labels = 1
    config.get_text_config().pad_token_id = policy.tokenizer.pad_token_id
    try:
        scorer: Any = AutoModelForSequenceClassification.from_config(config, dtype=torch.float32)
        getattr(scorer, scorer.base_model_prefix).load_state_dict(trunk(unwrapped(model)).state_dict())
        getattr(scorer, HEAD).weight.copy_(policy.head.linear.weight)
    except (ValueError, AttributeError, RuntimeError) as error:  # no such class, or one of another build
        msgid = N_("transformers has no reward model of the kind {kind}, so this one cannot be exported.")
        raise ModelProblem(msgid, kind=str(config.model_type)) from error
    return scorer
