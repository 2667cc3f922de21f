"""From a model folder to a policy: weights, tokenizer and template, an adapter or none, and the model at step 0.

The reference is the policy as it starts. With an adapter it is the base with the adapter off, and no second copy
exists; otherwise a frozen copy is read from disk when it is first asked for. A run that starts from another run's
checkpoint has that run's weights put in, and its adapter merged, before its own adapter is added.
Left out: where folders come from (`catalogue`) and what is done with a policy (`scoring`, `sampler`).
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import torch
from safetensors.torch import load_file
from torch import Tensor
from torch.nn import Parameter
from transformers import AutoConfig, AutoModelForCausalLM
from transformers.utils import logging

from engine.data.templates import Template
from engine.models import adapters, load_checks
from engine.models.heads import Head
from engine.models.model_folder import CONFIG, AncestorCheckpoint, Location, ModelProblem
from engine.models.sampler import Decoding
from engine.models.scoring import trunk, unwrapped
from engine.models.tokenizer_files import load_template
from engine.spec.blocks import Lora
from words import N_
from words.names import first_line

# What a config may ask of whoever loads it: kernels that are not there, types, devices, and outputs nobody reads.
IGNORED = {
    *("attn_implementation", "attn_implementation_internal", "experts_implementation", "use_flash_attn", "flash_attn"),
    *("use_flash_attention_2", "use_kernels", "use_mamba_kernels", "dtype", "torch_dtype", "device_map", "use_cache"),
    *("output_attentions", "output_hidden_states", "return_dict", "use_return_dict", "gradient_checkpointing"),
    *("torchscript", "pruned_heads", "base_model_tp_plan", "base_model_pp_plan", "auto_map", "quantization_config"),
}
HEAD = "head."  # before the names of a head's weights, and of its own trunk's


@dataclass
class Policy:
    """A model in training. It stays in eval mode: with dropout, policy and reference would differ at step 0."""

    model: Any
    template: Template
    device: torch.device
    precision: Literal["fp32", "bf16"]
    reference_hash: str  # of all weights at step 0
    head: Head | None  # of values or scores, where the algorithm needs one; trained with the rest
    packs_prompts: bool  # answers to one prompt may go through it in one row
    _reload: Callable[[], Any] = field(repr=False)
    _frozen: Any = field(default=None, repr=False)
    decoding: Decoding = "batched"  # how its answers can be sampled

    @property
    def tokenizer(self) -> Any:
        return self.template.tokenizer

    @property
    def has_adapter(self) -> bool:
        return unwrapped(self.model) is not self.model

    def trainable(self) -> dict[str, Parameter]:
        """What the optimizer changes, by name."""
        own = {name: weight for name, weight in self.model.named_parameters() if weight.requires_grad}
        above = {} if self.head is None else dict(self.head.named_parameters())
        return own | {f"{HEAD}{name}": weight for name, weight in above.items() if weight.requires_grad}

    def weights(self) -> dict[str, Tensor]:
        """What a checkpoint keeps: the trainable weights (of an adapter, only it). On a CPU they share its memory."""
        return {name: weight.detach().cpu().contiguous() for name, weight in self.trainable().items()}

    def load_weights(self, weights: Mapping[str, Tensor]) -> None:
        """Put a checkpoint's weights back. KeyError where the names are not the policy's own."""
        _copy(weights, self.trainable())

    @contextmanager
    def reference(self) -> Iterator[Any]:
        """The model of step 0, for scoring without gradients."""
        with torch.no_grad():
            if self.has_adapter:
                with self.model.disable_adapter():
                    yield self.model
            else:
                if self._frozen is None:
                    self._frozen = self._reload().to(self.device).requires_grad_(False)
                yield self._frozen

    def autocast(self) -> AbstractContextManager[Any]:
        """The context for all passes of the model. bf16 computes in bfloat16 and keeps the weights in fp32."""
        return torch.autocast(self.device.type, torch.bfloat16) if self.precision == "bf16" else nullcontext()


def load_policy(
    location: Location,
    *,
    adapter: Literal["none"] | Lora,
    device: str,
    precision: Literal["fp32", "bf16"] = "fp32",
    seed: int,
    head: Literal["shared", "own"] | None = None,
    ancestors: Sequence[AncestorCheckpoint] = (),
) -> Policy:
    """The policy at its step 0. `ancestors`, oldest first, are put in before the adapter. Raises ModelProblem.

    `head`: on the policy's own trunk, or on a copy of it, adapter and all.
    """

    def base() -> Any:
        return _descended(load_model(location), ancestors)

    model = base()
    load_checks.check_weights(location.name, model)
    load_checks.check_head(location.name, model)
    decoding = load_checks.find_decoding(location.name, model)
    reference_hash, shares = fingerprint(model), load_checks.shares_prompts(model)
    if isinstance(adapter, Lora):
        model = adapters.add(model, adapter, seed).eval()
    template = load_template(location)
    load_checks.check_tokens(location.name, model, template)
    return Policy(
        model.to(device),
        template,
        torch.device(device),
        precision,
        reference_hash,
        _head(model, head).to(device) if head else None,
        shares,
        base,
        decoding=decoding,
    )


def _head(model: Any, kind: Literal["shared", "own"]) -> Head:
    width = model.config.get_text_config().hidden_size
    return Head(width, deepcopy(trunk(unwrapped(model))) if kind == "own" else None)


def load_model(location: Location) -> Any:
    """The causal language model of a folder, in fp32 and eval mode, on the CPU. Its own code is never run."""
    logging.disable_progress_bar()
    config = _config(location)
    load_checks.check_size(location, config)
    try:
        model, report = AutoModelForCausalLM.from_pretrained(
            location.folder,
            config=config,
            dtype=torch.float32,
            use_safetensors=True,
            trust_remote_code=False,
            local_files_only=True,
            ignore_mismatched_sizes=True,  # they are reported, and refused below
            output_loading_info=True,
        )
    except Exception as error:  # a model's files lead transformers to errors of any class
        raise ModelProblem(
            N_("The model {name} cannot be loaded: {cause}"), name=location.name, cause=first_line(error)
        ) from error
    load_checks.check_report(location.name, model, report)
    return model.eval()


def _config(location: Location) -> Any:
    """The folder's config without what says how, rather than what, to load. Raises ModelProblem."""
    try:
        with TemporaryDirectory() as folder:
            (Path(folder) / CONFIG).write_text(json.dumps(_relevant(location.config)), encoding="utf-8")
            config = AutoConfig.from_pretrained(folder, trust_remote_code=False, local_files_only=True)
    except OSError:  # of a full disk
        raise
    except Exception as error:  # as above
        raise load_checks.bad_config(location.name, error) from error
    text = config.get_text_config()
    if isinstance(text.pad_token_id, int) and text.pad_token_id >= text.vocab_size:
        text.pad_token_id = None  # padding is tracked by length; many configs name a token that was never added
    return config


def _relevant(value: Any) -> Any:
    """A config as it was, without the keys of `IGNORED` on any level, and without inner configs that are none."""
    if isinstance(value, dict):
        return {
            key: _relevant(inner)
            for key, inner in value.items()
            if key.lstrip("_") not in IGNORED and (key != "text_config" or isinstance(inner, dict))
        }
    return value


def fingerprint(model: Any) -> str:
    """sha256 over the names and values of all weights: equal for equal models, however they are stored."""
    digest = hashlib.sha256()
    for name, weight in sorted(model.named_parameters()):
        digest.update(name.encode())
        digest.update(weight.detach().contiguous().view(torch.uint8).numpy())
    return digest.hexdigest()


def _descended(model: Any, ancestors: Sequence[AncestorCheckpoint]) -> Any:
    """The model with the weights of its ancestor runs, their adapters merged into it."""
    for ancestor in ancestors:
        if not ancestor.weights.is_file():
            raise ModelProblem(
                N_("The checkpoint that the run starts from has lost its weights: {file} is not there."),
                file=str(ancestor.weights),
            )
        # A head belongs to the run that trained it: a descendant that needs one begins with its own.
        # The output layer of RWKV goes by the same name.
        own = dict(model.named_parameters())
        saved = load_file(ancestor.weights)
        weights = {name: value for name, value in saved.items() if name in own or not name.startswith(HEAD)}
        if isinstance(ancestor.adapter, Lora):
            wrapped = adapters.add(model, ancestor.adapter, seed=0)
            _copy(weights, {name: weight for name, weight in wrapped.named_parameters() if weight.requires_grad})
            model = adapters.merge(wrapped)
            model.requires_grad_(True)
        else:
            _copy(weights, own)
    return model.eval()


def _copy(source: Mapping[str, Tensor], target: Mapping[str, Parameter]) -> None:
    if source.keys() != target.keys():
        raise KeyError(f"these weights are not the model's own: {sorted(source.keys() ^ target.keys())[:3]}")
    with torch.no_grad():
        for name, weight in target.items():
            weight.copy_(source[name])
