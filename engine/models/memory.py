"""How much memory a train run takes, and how many examples fit into one micro-batch. No torch.

From the model's config alone; measured against SmolLM2-135M and a starter-sized Llama it is between right and a third
too high. Left out: what memory the machine has.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from engine.models.model_folder import Location
from engine.spec import Train
from engine.spec.blocks import Lora

PROCESS_MB = 450.0  # Python with torch, transformers and peft
WORKING_MB = 2048.0  # for what one micro-batch keeps between its two passes; more brings no speed on a CPU
HOLES = 2.0  # resident memory over the tensors kept: the allocator keeps the holes that temporaries leave between them
KEPT_LOGITS_MB = 256.0  # beyond, they are computed again (`scoring.KEPT_LOGITS`)
MEGABYTE = 2**20
FLOAT = 4


@dataclass(frozen=True)
class Size:
    """What a run takes at its peak."""

    megabytes: float
    checkpoint_megabytes: float
    micro_batch: int


def estimate(spec: Train, location: Location, longest: int | None = None, scorers: Sequence[Location] = ()) -> Size:
    """The size of a run. `longest`: tokens of its longest example, where known; `scorers`: its reward models."""
    trained = _adapter_weights(spec.model.adapter, location) if isinstance(spec.model.adapter, Lora) else None
    trunks = 2 if spec.head == "own" else 1
    frozen = trained is None and "scalar_head" not in spec.needs  # the reference, where no adapter can be switched off
    weights = location.parameters * (trunks + frozen) + sum(scorer.parameters for scorer in scorers)
    changed = trunks * (location.parameters if trained is None else trained)
    setting = spec.optimizer.micro_batch
    examples = micro_batch(spec, location, longest) if setting == "auto" else setting
    megabytes = FLOAT * (weights + 3 * changed) / MEGABYTE  # gradients and two moments
    return Size(
        megabytes=PROCESS_MB + megabytes + examples * _example_megabytes(spec, location, longest),
        checkpoint_megabytes=FLOAT * 3 * changed / MEGABYTE,  # weights and two moments
        micro_batch=examples,
    )


def micro_batch(spec: Train, location: Location, longest: int | None = None) -> int:
    """The largest power of two of examples that fits, or the whole batch."""
    fitting = WORKING_MB / max(_example_megabytes(spec, location, longest), 1e-3)  # a config may say nothing of sizes
    size = 1
    while size < spec.optimizer.batch_size and 2 * size <= fitting:
        size *= 2
    return min(size, spec.optimizer.batch_size)


def _example_megabytes(spec: Train, location: Location, longest: int | None) -> float:
    """What all responses of one example keep between the forward and the backward pass."""
    responses = {"texts": 1, "pairs": 2}.get(spec.batch, spec.sampling.group_size)
    tokens = responses * min(longest or spec.data.max_tokens, spec.data.max_tokens)
    layers, width, inner = _shape(location)
    trunks = 2 if spec.head == "own" else 1
    activations = trunks * HOLES * tokens * layers * (10 * width + 4 * inner) * FLOAT / MEGABYTE
    logits = tokens * int(_first(location, "vocab_size")) * FLOAT / MEGABYTE
    return activations + 3 * min(logits, KEPT_LOGITS_MB)


def _adapter_weights(lora: Lora, location: Location) -> int:
    """Of an adapter on every linear layer of a decoder block: four of attention, three of the perceptron."""
    layers, width, inner = _shape(location)
    return layers * lora.rank * (8 * width + 3 * (width + inner))


def _shape(location: Location) -> tuple[int, int, int]:
    """Layers, width, and inner width of the perceptron, under the names that Llama, GPT-2 and similar models use."""
    width = int(_first(location, "hidden_size", "n_embd", "d_model"))
    inner = _first(location, "intermediate_size", "n_inner", "ffn_dim") or 4 * width
    return int(_first(location, "num_hidden_layers", "n_layer", "num_layers")), width, int(inner)


def _first(location: Location, *names: str) -> Any:
    """The first of these values that the config has; 0 where it has none, so that its part counts as nothing."""
    values = (location.text_config.get(name) for name in names)
    return next((value for value in values if isinstance(value, int | float)), 0)
