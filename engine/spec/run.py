"""What a run has, whatever its kind: its name, model, data, resources and seed, and the lane in which it waits.

Left out: the kinds themselves (`train`), and how a run file is read (`parse`).
"""

from collections.abc import Iterator
from typing import Any, ClassVar, Literal, NamedTuple

from pydantic import Field

from engine.spec.blocks import Data, Model, Notify, Resources
from engine.spec.fields import Settings, Whole, setting
from engine.spec.problems import Problem
from engine.spec.rewards import Component
from words import N_

Lane = Literal["train", "light"]


class DatasetReference(NamedTuple):
    """A dataset that a block of the run file names, and which version of it."""

    block: str
    dataset: str
    version: str  # a hash, or latest


class RunSpec(Settings):
    """The settings of a run. A kind of runs is a subclass with `kind` and `lane`, and a line in three tables.

    The tables are `engine.spec.parse.KINDS`, `engine.runtime.run.activities.ACTIVITIES` and
    `engine.runtime.preflight.check.CHECKS`.
    """

    lane: ClassVar[Lane]  # runs of one lane are carried out one after another
    defaults: ClassVar[dict[str, Any]] = {}  # path -> default, where it is not the common one

    version: Literal[1] = setting(1, N_("Version"), N_("Version of the run file's form."))
    kind: str
    name: str | None = setting(None, N_("Name"), N_("How the run is listed; null makes one."), max_length=80)
    model: Model = Model()
    data: Data
    resources: Resources = Resources()
    seed: Whole = setting(
        0, N_("Seed"), N_("Of the order of the data and of all sampling in training."), ge=0, le=2**31 - 1
    )
    notify: Notify = Field(Notify(), exclude_if=lambda notify: notify == Notify())

    def mistakes(self) -> list[Problem]:
        """Contradictions between settings of different blocks, each at the path of one of them."""
        return []

    @property
    def default_name(self) -> str:
        """The name of a run that was given none."""
        return f"{self.kind} on {self.data.dataset}"

    @property
    def identity(self) -> dict[str, str]:
        """What a run file needs beside its data to be one of its kind."""
        return {"kind": self.kind}

    @property
    def algorithm_name(self) -> str | None:
        """The algorithm that its row and the lists show; None of a kind that has none."""
        return None

    @property
    def dataset_references(self) -> Iterator[DatasetReference]:
        """The datasets that the run file names. `latest` is frozen for each when the run is launched."""
        yield DatasetReference("data", self.data.dataset, self.data.version)

    @property
    def listed_blocks(self) -> Iterator[tuple[str, Settings]]:
        """The entries of all lists of blocks, with their paths."""
        yield from self.reward_parts

    @property
    def reward_parts(self) -> Iterator[tuple[str, Component]]:
        """The parts of all rewards that the run file names, with their paths."""
        yield from ()
