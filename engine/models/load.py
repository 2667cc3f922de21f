"""From a model folder to a policy: weights, tokenizer and template, an adapter or none, and the model at step 0.

The reference is the policy as it starts. With an adapter it is the base with the adapter off, and no second copy
exists; otherwise a frozen copy is read from disk when it is first asked for. A run that starts from another run's
checkpoint has that run's weights put in, and its adapter merged, before its own adapter is added.
Left out: where folders come from (`catalogue`) and what is done with a policy (`scoring`, `sampler`).
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, Literal

import torch
from safetensors.torch import load_file
from torch import Tensor
from torch.nn import Parameter
from transformers import AutoModelForCausalLM
from transformers.utils import logging

from engine.data.templates import Encoded, Template
from engine.models import adapters
from engine.models.heads import Head
from engine.models.model_folder import AncestorCheckpoint, Location, ModelProblem, first_line
from engine.models.packing import has_window
from engine.models.scoring import score, unwrapped
from engine.models.tokenizer_files import load_template
from engine.spec.blocks import Lora
from words import N_

AGREEMENT = 1e-4  # nats
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
    check_head(location.name, model)
    reference_hash, shares = fingerprint(model), shares_prompts(model)
    if isinstance(adapter, Lora):
        model = adapters.add(model, adapter, seed).eval()
    return Policy(
        model.to(device),
        load_template(location),
        torch.device(device),
        precision,
        reference_hash,
        _head(model, head).to(device) if head else None,
        shares,
        base,
    )


def _head(model: Any, trunk: Literal["shared", "own"]) -> Head:
    return Head(
        model.config.get_text_config().hidden_size, deepcopy(unwrapped(model).base_model) if trunk == "own" else None
    )


def load_model(location: Location) -> Any:
    """The causal language model of a folder, in fp32 and eval mode, on the CPU. Its own code is never run."""
    logging.disable_progress_bar()
    try:
        model = AutoModelForCausalLM.from_pretrained(
            location.folder,
            dtype=torch.float32,
            use_safetensors=True,
            trust_remote_code=False,
            local_files_only=True,
        )
    except (OSError, ValueError, KeyError, ImportError) as error:
        raise ModelProblem(
            N_("The model {name} cannot be loaded: {cause}"), name=location.name, cause=first_line(error)
        ) from error
    return model.eval()


def fingerprint(model: Any) -> str:
    """sha256 over the names and values of all weights: equal for equal models, however they are stored."""
    digest = hashlib.sha256()
    for name, weight in sorted(model.named_parameters()):
        digest.update(name.encode())
        digest.update(weight.detach().contiguous().view(torch.uint8).numpy())
    return digest.hexdigest()


def check_head(name: str, model: Any) -> None:
    """Raise unless scoring only the responses gives the log-probs that the model's own forward gives."""
    pair = Encoded((1, 2), (3, 0, 1))
    with torch.no_grad():
        logps = model(input_ids=torch.tensor([pair.prompt + pair.response])).logits[0].log_softmax(-1)
        expected = logps[1:4].gather(1, torch.tensor(pair.response)[:, None])[:, 0]
        scored = score(model, [pair]).logps[0]
    if not torch.allclose(scored, expected, rtol=0, atol=AGREEMENT):
        raise ModelProblem(N_("The model {name} has a kind of output layer that AlignLab cannot score."), name=name)


def shares_prompts(model: Any) -> bool:
    """Whether answers that share a prompt's row get the log-probs they get apart."""
    if has_window(model):
        return False
    pairs = [Encoded((1, 2, 3), (0, 1)), Encoded((1, 2, 3), (3, 2, 1)), Encoded((2,), (3, 0)), Encoded((2,), (1,))]
    try:
        with torch.no_grad():
            together, separate = score(model, pairs, share=True).logps, score(model, pairs).logps
    except ValueError:  # models with ALiBi take no mask of ours
        return False
    return torch.allclose(together, separate, rtol=0, atol=AGREEMENT)


def _descended(model: Any, ancestors: Sequence[AncestorCheckpoint]) -> Any:
    """The model with the weights of its ancestor runs, their adapters merged into it."""
    for ancestor in ancestors:
        if not ancestor.weights.is_file():
            raise ModelProblem(
                N_("The checkpoint that the run starts from has lost its weights: {file} is not there."),
                file=str(ancestor.weights),
            )
        # A head belongs to the run that trained it: a descendant that needs one begins with its own.
        weights = {name: value for name, value in load_file(ancestor.weights).items() if not name.startswith(HEAD)}
        if isinstance(ancestor.adapter, Lora):
            wrapped = adapters.add(model, ancestor.adapter, seed=0)
            _copy(weights, {name: weight for name, weight in wrapped.named_parameters() if weight.requires_grad})
            model = wrapped.merge_and_unload()
            model.requires_grad_(True)
        else:
            _copy(weights, dict(model.named_parameters()))
    return model.eval()


def _copy(source: Mapping[str, Tensor], target: Mapping[str, Parameter]) -> None:
    if source.keys() != target.keys():
        raise KeyError(f"these weights are not the model's own: {sorted(source.keys() ^ target.keys())[:3]}")
    with torch.no_grad():
        for name, weight in target.items():
            weight.copy_(source[name])
