"""What every `auto` of a run came to: decided by its first attempt, kept on its row, obeyed by all others."""

from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal, Self

import torch

from engine.data import data_stats
from engine.models import catalogue, light_tokenizer, memory
from engine.models.model_folder import Location
from engine.runtime.run import ancestry, reward_context
from engine.spec import Train, resolve
from engine.spec.blocks import Budget
from storage.database import Database


@dataclass(frozen=True)
class Resolved:
    """Plain JSON on the row. Another number of threads may change the last bit of a sum, so it is kept too."""

    model: str  # at the root, where the run starts from another run
    ancestors: list[ancestry.Kept]  # the checkpoints it descends from, oldest first
    device: str
    precision: Literal["fp32", "bf16"]
    threads: int
    micro_batch: int
    learning_rate: float
    budget: dict[str, float]
    scorers: dict[str, dict[str, Any]] = field(default_factory=dict)  # reward models by the run they come from
    rests_on: list[str] = field(default_factory=list)  # the ancestors as run:ID@STEP, which keeps them
    reference_hash: str | None = None  # of the weights at step 0; known once they are loaded
    plain_template: str | None = None  # of a model that brings no chat template of its own

    @classmethod
    def of(cls, state: dict[str, Any]) -> Self:
        """From the run's row."""
        return cls(**state)

    def with_loaded(self, reference_hash: str, plain_template: str | None) -> Self:
        """With what only the loaded model could tell."""
        return replace(self, reference_hash=reference_hash, plain_template=plain_template)

    def state(self) -> dict[str, Any]:
        """For the run's row."""
        return asdict(self)

    def told(self) -> str:
        """For the log: what the run goes with."""
        budget = ", ".join(f"{amount:,} {unit}" for unit, amount in self.budget.items())
        origin = f" from {len(self.ancestors)} earlier run(s)" if self.ancestors else ""
        return (
            f"{self.model}{origin} on {self.device} in {self.precision}, {self.threads} thread(s), "
            f"micro-batches of {self.micro_batch}, learning rate {self.learning_rate:g}, budget {budget}"
        )

    @property
    def spending(self) -> Budget:
        """The budget as the spec has it."""
        return Budget.model_validate(self.budget)


def resolve_auto(db: Database, spec: Train) -> Resolved:
    """Decide on this machine, now."""
    line = ancestry.resolve_ancestry(db, spec.model)
    location = catalogue.locate(line.root, db.workspace)
    full = resolve(spec, line.root)
    assert isinstance(full.budget, Budget)
    device = _device(spec.resources.device)
    return Resolved(
        model=line.root,
        ancestors=ancestry.to_json(db.workspace, line.checkpoints),
        device=device,
        precision=_precision(spec.resources.precision, device),
        threads=torch.get_num_threads(),
        micro_batch=_micro_batch(db, spec, location),
        learning_rate=float(full.optimizer.learning_rate),
        budget=full.budget.model_dump(exclude_none=True),
        scorers=reward_context.origins(db, spec),
        rests_on=line.references,
    )


def _micro_batch(db: Database, spec: Train, location: Location) -> int:
    """What fits the memory with the examples there are."""
    if spec.optimizer.micro_batch != "auto":
        return spec.optimizer.micro_batch
    size = data_stats.measure(data_stats.read(db, spec), spec, light_tokenizer.template(location))
    return memory.micro_batch(spec, location, size.longest if size else None)


def _device(wanted: str) -> str:
    if wanted != "auto":
        return wanted
    return "cuda" if torch.cuda.is_available() else "cpu"


def _precision(wanted: Literal["auto", "fp32", "bf16"], device: str) -> Literal["fp32", "bf16"]:
    if wanted != "auto":
        return wanted
    return "bf16" if device.startswith("cuda") and torch.cuda.is_bf16_supported() else "fp32"
