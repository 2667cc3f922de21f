"""LoRA (arXiv:2106.09685) through peft: small trained weights beside a frozen model.

Left out: which model they are added to, and when a parent's are merged (`load`).
"""

import warnings
from collections import Counter
from typing import Any

import torch
from transformers.pytorch_utils import Conv1D

from engine.models.model_checks import STATE_SPACE, UNCALLED, check_target
from engine.models.model_folder import ModelProblem
from engine.spec.blocks import Lora
from words import N_
from words.names import first_line


def add(model: Any, lora: Lora, seed: int) -> Any:
    """The model with a fresh adapter, whose output is 0 until it is trained. The seed sets its random half.

    Raises ModelProblem where the model has no layer of a name that was asked for.
    """
    if lora.targets != "auto":
        linear = [name for name, module in model.named_modules() if isinstance(module, torch.nn.Linear | Conv1D)]
        for target in lora.targets:
            check_target(target, linear)
    # Late: it takes a second to import, which every run without an adapter would wait for.
    from peft import LoraConfig, get_peft_model

    config = LoraConfig(
        r=lora.rank,
        lora_alpha=lora.alpha,
        lora_dropout=0.0,
        target_modules=_every_target(model) if lora.targets == "auto" else lora.targets,
        fan_in_fan_out=any(isinstance(module, Conv1D) for module in model.modules()),
        task_type="CAUSAL_LM",
    )
    # The adapter is made on the CPU, before it moves anywhere. peft asks transformers for a name that is going away,
    # warns of an adapter on a tied head, which `merge` unties, and of patterns for experts that have no adapter.
    with torch.random.fork_rng(devices=[]), warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        warnings.filterwarnings("ignore", ".*tie_word_embeddings", UserWarning)
        warnings.filterwarnings("ignore", ".*_pattern keys did not match", RuntimeWarning)
        torch.manual_seed(seed)
        try:
            return get_peft_model(model, config)
        except ValueError as error:
            raise ModelProblem(
                N_("No adapter can be put on this model: {cause} Name other layers in model.adapter.targets."),
                cause=first_line(error),
            ) from error


def merge(wrapped: Any) -> Any:
    """The model with its adapter's changes in its own weights.

    A weight that other layers share, such as a head tied to the embedding, becomes the adapted layer's own first: the
    adapter changed one layer, and merged into a shared weight it would change the others.
    """
    from peft.tuners.tuners_utils import BaseTunerLayer

    uses = Counter(id(weight) for _, weight in wrapped.named_parameters(remove_duplicate=False))
    for module in wrapped.modules():
        if isinstance(module, BaseTunerLayer):
            layer = module.get_base_layer()
            for name, weight in list(layer.named_parameters(recurse=False)):
                if uses[id(weight)] > 1:
                    setattr(layer, name, torch.nn.Parameter(weight.detach().clone()))
                    wrapped.config.get_text_config().tie_word_embeddings = False
    return wrapped.merge_and_unload()


def _every_target(model: Any) -> str | list[str]:
    """Every linear layer but the head; by name where some must be left out."""
    stateful = model.config.get_text_config().model_type in STATE_SPACE
    linear = {name: module for name, module in model.named_modules() if isinstance(module, torch.nn.Linear)}
    # A router of experts may be a linear layer that gives several values, which no adapter can change.
    left_out = {
        name
        for name, module in linear.items()
        if type(module).__name__.endswith("Router") or (stateful and name.rpartition(".")[2] in UNCALLED)
    }
    head = model.get_output_embeddings()
    names = [name for name, module in linear.items() if module is not head and name not in left_out]
    return names if left_out else "all-linear"
