"""What every `auto` of a run became: decided by its first attempt, kept as JSON on its row, used by later attempts.

The engine writes these models, and everybody reads the row through them. Left out: how the values are decided
(`engine.runtime.run.resolve`, `engine.runtime.training.resolve_train`).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_serializer

from engine.spec.blocks import Budget, Lora
from engine.spec.fields import in_order

Precision = Literal["fp32", "bf16"]


def _is_none(value: object) -> bool:
    return value is None


def resolved_path(path: str) -> str:
    """Where a row's `resolved` says what `auto` in the setting at this path became.

    >>> resolved_path("optimizer.learning_rate"), resolved_path("budget.steps")
    ('learning_rate', 'budget.steps')
    """
    block, _dot, key = path.partition(".")
    return key if block in ("optimizer", "resources") else path


class Ancestor(NamedTuple):
    """A checkpoint that a model descends from, as JSON a list of two."""

    adapter: Lora | None
    weights: str  # path within the workspace


class Recorded(BaseModel):
    """A record of a decision. Keys that another version added are passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class RewardOrigin(Recorded):
    """Where a reward model comes from, and how much of a conversation it reads."""

    model: str  # at the root, as of a run
    ancestors: list[Ancestor]  # oldest first; the last is the reward model's own checkpoint
    max_tokens: int
    max_prompt_tokens: int
    system_turn: Literal["as_is", "in_first_user"] = Field(default="as_is", exclude_if=lambda value: value == "as_is")
    rests_on: list[str] = []  # the ancestors as run:ID@STEP
    enable_thinking: bool | None = Field(default=None, exclude_if=_is_none)  # as its own run told the template


class Machine(Recorded):
    """The machine of a run's first attempt, for who reads its figures; nothing is computed from it."""

    host: str
    processor: str
    instructions: str  # the widest vectors that torch uses: AVX2, AVX512, DEFAULT ...
    cores: int
    memory_mb: int
    gpu: str | None = None


class Resolved(Recorded):
    """What runs of every kind decide. Another number of threads may change the last bit of a sum, so it is kept too."""

    row_order: ClassVar[tuple[str, ...]] = ()  # of the keys on the row, where a subclass adds some

    model: str  # at the root, where the run starts from another run
    ancestors: list[Ancestor]  # the checkpoints it descends from, oldest first
    device: str
    precision: Precision
    threads: int
    scorers: dict[str, RewardOrigin] = {}  # reward models by the run they come from
    rests_on: list[str] = []  # the ancestors as run:ID@STEP, which keeps their checkpoints from being deleted
    reference_hash: str | None = None  # of the weights at step 0; known once they are loaded
    plain_template: str | None = None  # of a model without a chat template; a record that no code reads
    # The date and local time that a chat template may write, so that no later attempt has other prompts.
    written_at: datetime | None = Field(default=None, exclude_if=_is_none)
    machine: Machine | None = Field(default=None, exclude_if=_is_none)

    @classmethod
    def read(cls, state: Mapping[str, Any] | None) -> Self | None:
        """From a run's row; None where nothing is decided yet, or another program decided it."""
        try:
            return cls.model_validate(state)
        except ValidationError:
            return None

    def state(self) -> dict[str, Any]:
        """Plain JSON for the run's row."""
        return in_order(self.model_dump(mode="json"), self.row_order)

    def with_loaded(self, reference_hash: str, plain_template: str | None) -> Self:
        """With what is known once the model is loaded."""
        return self.model_copy(update={"reference_hash": reference_hash, "plain_template": plain_template})

    def summary(self) -> str:
        """One line for the log."""
        origin = f" from {len(self.ancestors)} earlier run(s)" if self.ancestors else ""
        return f"{self.model}{origin} on {self.device} in {self.precision}, {self.threads} thread(s)"


class SecondModel(Recorded):
    """The model that answers beside that of the run."""

    model: str  # at the root
    ancestors: list[Ancestor]  # oldest first
    rests_on: list[str] = []  # the ancestors as run:ID@STEP


class ResolvedGenerate(Resolved):
    """What a generate run decides too."""

    against: SecondModel | None = None
    against_hash: str | None = None  # of the second model's weights; known once they are loaded


class ResolvedTrain(Resolved):
    """What a train run decides too."""

    row_order = ("model", "ancestors", "device", "precision", "threads", "micro_batch", "learning_rate", "budget")

    micro_batch: int
    learning_rate: float
    budget: Budget

    @field_serializer("budget")
    def _one_unit(self, budget: Budget) -> dict[str, Any]:
        return budget.model_dump(exclude_none=True)

    def summary(self) -> str:
        budget = ", ".join(f"{amount:,} {unit}" for unit, amount in self._one_unit(self.budget).items())
        batches = f"micro-batches of {self.micro_batch}, learning rate {self.learning_rate:g}"
        return f"{super().summary()}, {batches}, budget {budget}"
