"""LoRA (arXiv:2106.09685) through peft: small trained weights beside a frozen model.

Left out: which model they are added to, and when a parent's are merged (`load`).
"""

import warnings
from collections.abc import Sequence
from typing import Any

import torch
from transformers.pytorch_utils import Conv1D

from engine.models.model_folder import ModelProblem
from engine.spec.blocks import Lora
from words import N_


def add(model: Any, lora: Lora, seed: int) -> Any:
    """The model with a fresh adapter, whose output is 0 until it is trained. The seed sets its random half.

    Raises ModelProblem where the model has no layer of a name that was asked for.
    """
    if lora.targets != "auto":
        _check(model, lora.targets)
    # Late: it takes a second to import, which every run without an adapter would wait for.
    from peft import LoraConfig, get_peft_model

    config = LoraConfig(
        r=lora.rank,
        lora_alpha=lora.alpha,
        lora_dropout=0.0,
        target_modules="all-linear" if lora.targets == "auto" else lora.targets,
        fan_in_fan_out=any(isinstance(module, Conv1D) for module in model.modules()),
        task_type="CAUSAL_LM",
    )
    # The adapter is made on the CPU, before it moves anywhere. peft asks transformers for a name that is going away.
    with torch.random.fork_rng(devices=[]), warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        torch.manual_seed(seed)
        return get_peft_model(model, config)


def _check(model: Any, targets: Sequence[str]) -> None:
    linear = [name for name, module in model.named_modules() if isinstance(module, torch.nn.Linear | Conv1D)]
    for target in targets:
        if not any(name == target or name.endswith(f".{target}") for name in linear):
            names = sorted({name.rpartition(".")[2] for name in linear})
            raise ModelProblem(
                N_("The model has no linear layer named {target} for an adapter; there are: {known}."),
                target=target,
                known=", ".join(names),
            )
