"""What the scripts of this folder share. They run where TRL is installed and this project is not: one JSON question on
stdin, one line of losses on stdout."""

import json
import os
import sys
from collections.abc import Callable, Mapping
from typing import Any

os.environ |= {"HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1", "CUDA_VISIBLE_DEVICES": ""}

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedTokenizerBase

# What every trainer is told: fp32 on the CPU, and no reports. Losses are asked for in eval mode: no dropout, as ours.
PLAIN = {"bf16": False, "use_cpu": True, "gradient_checkpointing": False, "report_to": []}


def load(folder: str) -> torch.nn.Module:
    return AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)


def tokenizer(question: Mapping[str, Any]) -> PreTrainedTokenizerBase:
    return AutoTokenizer.from_pretrained(question["reference"])


def put(folder: str, *models: torch.nn.Module) -> None:
    """Load a folder's weights into models that a trainer holds already."""
    weights = load(folder).state_dict()
    for model in models:
        model.load_state_dict(weights)


def answer(loss: Callable[[dict[str, Any], dict[str, Any]], float]) -> None:
    """The loss of each form that the question names."""
    question = json.load(sys.stdin)
    losses = [loss(question, form) for form in question["forms"]]
    sys.stdout.write("\nlosses: " + json.dumps(losses) + "\n")
