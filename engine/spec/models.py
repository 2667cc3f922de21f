"""What a model suggests for itself, and what `auto` becomes.

The recommended values of the article suit pretrained models of 100M parameters and more; a model may declare its own
(the starter's come from a recorded sweep). Form, sweep and demo take the model's first.
"""

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from engine.spec.algorithms import ALGORITHMS
from engine.spec.blocks import Budget, Lora
from engine.spec.rewards import Judge
from engine.spec.train import Train
from words import N_

FALLBACK_LEARNING_RATE = 5e-6
FALLBACK_LORA_LEARNING_RATE = 5e-5  # an adapter starts at zero: at a full model's rate it hardly moves
FALLBACK_STEPS = 200
FINAL_PROMPTS = 300
FINAL_PROMPTS_JUDGED = 64
FINAL_PROMPTS_AT_LEAST = 32
SMALL_PARAMETERS = 20_000_000  # which answer the full number of prompts on a CPU in a minute or two
_STARTER = Path(__file__).parent.parent / "starter" / "suggestions.json"


@dataclass(frozen=True)
class KnownModel:
    """A model the product knows by name. `suggestions`: algorithm -> path of a setting -> value."""

    name: str
    title: str
    parameters: int
    about: str
    suggestions: dict[str, dict[str, Any]] = field(default_factory=dict)


@cache
def known_models() -> dict[str, KnownModel]:
    """The models that need no id or folder, by name."""
    suggestions = json.loads(_STARTER.read_text(encoding="utf-8"))
    return {
        "starter": KnownModel(
            "starter",
            N_("Starter"),
            2_500_000,
            N_("Small bilingual model that ships with AlignLab; learns in minutes on a CPU."),
            suggestions,
        ),
        "smollm2-135m": KnownModel(
            "smollm2-135m",
            "SmolLM2-135M-Instruct",
            134_515_008,
            N_("Small real instruct model, English; fetched once with `alignlab models add smollm2-135m`."),
        ),
    }


def suggestions(model: str | None, algorithm: str) -> dict[str, Any]:
    """The model's own values for an algorithm, by path. Empty for a model that declares none.

    An algorithm that the model does not name takes the common settings (those within a block) of its family.
    """
    entry = known_models().get(model or "")
    if entry is None:
        return {}
    if algorithm in entry.suggestions or algorithm not in ALGORITHMS:
        return dict(entry.suggestions.get(algorithm, {}))
    family = entry.suggestions.get(ALGORITHMS[algorithm].family, {})
    return {path: value for path, value in family.items() if "." in path}


def suggested_blocks(model: str, algorithm: str) -> dict[str, Any]:
    """The model's own values for an algorithm, nested as in a run file."""
    blocks: dict[str, Any] = {}
    for path, value in suggestions(model, algorithm).items():
        *outer, last = path.split(".")
        inner = blocks
        for block in outer:
            inner = inner.setdefault(block, {})
        inner[last] = value
    return blocks


def resolve(spec: Train, model: str | None = None) -> Train:
    """The spec with learning rate and budget in place of `auto`.

    `model` is the name at the root of the chain where the run starts from another run.
    """
    optimizer = spec.optimizer.model_copy(update={"learning_rate": resolve_learning_rate(spec, model)})
    return spec.model_copy(update={"optimizer": optimizer, "budget": resolve_budget(spec, model)})


def resolve_learning_rate(spec: Train, model: str | None = None) -> float:
    """The learning rate, where it is `auto` the model's own for the algorithm."""
    if spec.optimizer.learning_rate != "auto":
        return spec.optimizer.learning_rate
    fallback = FALLBACK_LORA_LEARNING_RATE if isinstance(spec.model.adapter, Lora) else FALLBACK_LEARNING_RATE
    return float(suggestions(model or spec.model.name, spec.algorithm).get("optimizer.learning_rate", fallback))


def resolve_budget(spec: Train, model: str | None = None) -> Budget:
    """The budget, where it is `auto` the model's own for the algorithm."""
    if spec.budget != "auto":
        return spec.budget
    return Budget(steps=suggestions(model or spec.model.name, spec.algorithm).get("budget.steps", FALLBACK_STEPS))


def resolve_final_prompts(spec: Train, parameters: int, device: str) -> int:
    """How many prompts the run would report on at its end, where `auto` is by the time that they take.

    Of a judge, which is slow and may cost money, and of a large model on a CPU they are fewer.
    """
    if spec.evaluation.final_prompts != "auto":
        return spec.evaluation.final_prompts
    if any(isinstance(part, Judge) for part in spec.evaluation_reward):
        return FINAL_PROMPTS_JUDGED
    if device.startswith("cuda"):
        return FINAL_PROMPTS
    return min(FINAL_PROMPTS, max(FINAL_PROMPTS_AT_LEAST, FINAL_PROMPTS * SMALL_PARAMETERS // parameters))


def suggested(setting_path: str, declared: tuple[Any, ...], model: str | None, algorithm: str) -> tuple[Any, ...]:
    """The values offered beside a field: the model's own first, else those the setting declares."""
    own = suggestions(model, algorithm).get(setting_path)
    if own is None:
        return declared
    return (
        (own, own / 2, own * 2)
        if setting_path == "optimizer.learning_rate"
        else (own, *(v for v in declared if v != own))
    )
