"""What all algorithms have in common: the blocks of a train run in one frozen object. Each algorithm adds its own.

Left out: what runs of other kinds have too (`run`), and the blocks themselves (`blocks`, `rewards`).
"""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from engine.spec.blocks import Budget, Checkpoint, FrozenVersion, Model, Optimizer, Parent, Sampling
from engine.spec.fields import Settings, Whole, setting
from engine.spec.marks import Family, Shape
from engine.spec.problems import Problem, mistake
from engine.spec.rewards import Component, Polite, PoliteReader, ReadReward, Reward
from engine.spec.run import DatasetReference, RunSpec
from engine.spec.watch import Rules
from words import N_, Text

BatchKind = Literal["texts", "pairs", "groups", "trajectories"]
Need = Literal["reference", "reward", "value", "scalar_head", "kto_baseline"]
SAMPLED_ALONE = ("group_size", "epochs", "minibatches", "temperature", "top_p")  # evaluations do not read them
NOT_SAMPLED = N_("Training takes the answers of the dataset, and samples none.")


class Evaluation(Settings):
    """What is measured on held-out prompts, at step 0, on the way and at the end."""

    dataset: str | None = setting(
        None, N_("Evaluation set"), N_("Name of a dataset; null takes the held-out part of the training data.")
    )
    version: FrozenVersion = setting("latest", N_("Version"), N_("Hash of a frozen version of the evaluation set."))
    every: Whole = setting(50, N_("Evaluate every"), N_("Steps between two evaluations."), ge=1, unit=N_("steps"))
    prompts: Whole = setting(
        32,
        N_("Evaluation prompts"),
        N_(
            "The first of the held-out prompts, the same for every run and seed; the best checkpoint is chosen by them."
        ),
        ge=1,
        suggested=(16, 32, 64),
    )
    answers: Whole = setting(
        4,
        N_("Answers at the end"),
        N_("Answers to each prompt of the end evaluation, with luck of the run's own. On the way each prompt has one."),
        ge=1,
        le=64,
        suggested=(4, 8),
    )
    final_prompts: Literal["auto"] | Annotated[Whole, Field(ge=0)] = setting(
        "auto",
        N_("Prompts at the end"),
        N_(
            "The last of the held-out prompts, on which the run reports when it has spent its budget: others than "
            "those that choose its best checkpoint. auto takes up to 300, fewer of slow models; 0 reports on none."
        ),
    )
    reward: ReadReward | None = setting(
        None,
        N_("Evaluation reward"),
        N_("What scores the sampled answers; null takes the training reward."),
        min_length=1,
    )


class Train(RunSpec):
    """A train run. Subclasses set `algorithm`, and `defaults` and `suggested` where a common setting differs."""

    lane = "train"
    field_order = (
        "version",
        "kind",
        "name",
        "algorithm",
        "fork",
        "model",
        "data",
        "reward",
        "optimizer",
        "sampling",
        "budget",
        "evaluation",
        "checkpoint",
        "watch",
        "notify",
        "resources",
        "seed",
    )
    title: ClassVar[str]
    family: ClassVar[Family]  # the hue it is drawn with
    shape: ClassVar[Shape]  # and the shape beside it: colour is never alone
    dashed: ClassVar[bool] = False
    formula: ClassVar[str]  # the objective in one line, as the method cards show it
    sentence: ClassVar[str]
    source: ClassVar[str]  # paper
    data_kinds: ClassVar[tuple[str, ...]]
    batch: ClassVar[BatchKind]
    labelled: ClassVar[bool] = False  # texts are good and bad ones, not only what is worth imitating
    sources: ClassVar[tuple[str, ...]] = ("frozen",)
    metrics: ClassVar[tuple[str, ...]] = ()  # keys of METRICS that its loss reports
    rollout_metrics: ClassVar[tuple[str, ...]] = ()  # and those that its rollouts report beside the common ones
    suggested: ClassVar[dict[str, tuple[Any, ...]]] = {}  # path -> values offered, where they are not the common ones
    # settings and blocks that decide what a checkpoint holds, so that a fork has those of its parent
    fixed_in_forks: ClassVar[tuple[str, ...]] = ("algorithm", "model", "data.source")
    # settings that change while a run trains; a fork that sets one starts from its own value, not from the checkpoint's
    carried: ClassVar[tuple[str, ...]] = ()

    kind: Literal["train"] = setting("train", N_("Kind"), N_("What the engine does."), labels={"train": N_("train")})
    algorithm: str
    fork: Parent | None = setting(
        None,
        N_("Fork of"),
        N_(
            "A checkpoint of a run of the same model and algorithm, as run:ID@STEP. The run goes on from it with its "
            "optimizer, its place in the data and its spent budget; the reference stays that run's own."
        ),
    )
    model: Model = setting(Model(), N_("Model"), N_("What is trained."))
    reward: Reward | None = setting(
        None,
        N_("Reward"),
        N_(
            "Weighted sum of named parts that scores answers. null takes polite for sampled answers, and leaves scored "
            "groups of a dataset the scores they have."
        ),
        min_length=1,
    )
    optimizer: Optimizer = Optimizer()
    sampling: Sampling = Sampling()
    budget: Literal["auto"] | Budget = setting(
        "auto", N_("Budget"), N_("When the run ends; auto takes the model's suggestion for the algorithm.")
    )
    evaluation: Evaluation = Evaluation()
    checkpoint: Checkpoint = Checkpoint()
    watch: Rules | None = setting(
        None,
        N_("Watch rules"),
        N_("What stops or pauses the run by its metrics: NaN, KL, answers that are cut, no more progress."),
        min_length=1,
        exclude_if=lambda rules: rules is None,
    )

    @model_validator(mode="after")
    def _answers_are_compared(self) -> Self:
        if self.data.source == "sampled" and self.sampling.group_size < 2 and "value" not in self.needs:
            raise mistake(
                N_("{algorithm} compares the answers to one prompt: set sampling.group_size to 2 or more."),
                algorithm=self.algorithm,
            )
        return self

    def mistakes(self) -> list[Problem]:
        if self.data.source in self.sources:
            return []
        values = {"path": "data.source", "expected": ", ".join(self.sources), "value": self.data.source}
        return [Problem("data.source", (N_("{path} must be {expected}, not {value}."), values))]

    @property
    def default_name(self) -> str:
        return f"{self.algorithm} on {self.data.dataset}"

    @property
    def identity(self) -> dict[str, str]:
        return {"algorithm": self.algorithm}

    @property
    def algorithm_name(self) -> str:
        return self.algorithm

    @property
    def dataset_references(self) -> Iterator[DatasetReference]:
        yield from super().dataset_references
        if self.evaluation.dataset is not None:
            yield DatasetReference("evaluation", self.evaluation.dataset, self.evaluation.version)

    @property
    def reward_parts(self) -> Iterator[tuple[str, Component]]:
        for path, parts in (("reward", self.reward), ("evaluation.reward", self.evaluation.reward)):
            yield from ((f"{path}.{number}", part) for number, part in enumerate(parts or [], 1))

    def inert(self, data_kind: str | None) -> Iterator[tuple[str, Text]]:
        """Settings that change nothing beside the others, by path, each with why.

        `data_kind` is what the dataset holds; None where that is not known.
        """
        if self.data.source == "frozen":
            yield from ((f"sampling.{name}", (NOT_SAMPLED, {})) for name in SAMPLED_ALONE)
        if self.evaluation.dataset is None:
            yield "evaluation.version", (N_("It takes the held-out part of the data that it trains on."), {})
        if self.evaluation.final_prompts == 0:
            yield "evaluation.answers", (N_("No prompts are reported on at the end."), {})
        elif "scalar_head" in self.needs:
            yield "evaluation.answers", (N_("A reward model gives no answers."), {})
        if self.budget != "auto" and self.budget.steps and 0 < self.optimizer.warmup_ratio < 0.5 / self.budget.steps:
            text = N_("So small a share of {steps} steps ends before the first update.")
            yield "optimizer.warmup_ratio", (text, {"steps": self.budget.steps})
        for path, part in self.reward_parts:
            yield from ((f"{path}.{name}", text) for name, text in part.inert())

    def trains_on_stored_pairs(self, data_kind: str | None) -> bool:
        """Whether its groups are the pairs of the dataset as they are, where the dataset holds this."""
        return data_kind == "pairs" and self.data.source == "frozen" and self.reward is None

    @property
    def reuses_rollouts(self) -> bool:
        """Whether a rollout is used for more than one update, so that the policy moves away from what sampled it."""
        return self.sampling.epochs * self.sampling.minibatches > 1

    @property
    def listed_blocks(self) -> Iterator[tuple[str, Settings]]:
        yield from super().listed_blocks
        yield from ((f"watch.{number}", rule) for number, rule in enumerate(self.watch or [], 1))

    @property
    def needs(self) -> frozenset[Need]:
        """What is computed for it beside the policy's own log-probs. It may depend on the settings."""
        return frozenset()

    @property
    def whole_groups(self) -> bool:
        """Whether a group of scored answers is trained on whole, and not as its best against its worst."""
        return self.batch in ("groups", "trajectories")

    @property
    def undecided_loss(self) -> float | None:
        """The loss of a model that tells no chosen from a rejected answer; None where the loss has no such value."""
        return None

    @property
    def least_difference(self) -> float:
        """Answers whose scores differ by no more than this are not compared."""
        return 0.0

    @property
    def passes(self) -> int:
        """How often the updates of one batch of the source are done. Stored answers come again by themselves."""
        return self.sampling.epochs if self.data.source == "sampled" else 1

    @property
    def rollout_prompts(self) -> int:
        """Prompts of one rollout: those of all updates that a pass over it is cut into. 0 of stored answers."""
        return self.optimizer.batch_size * self.sampling.minibatches if self.data.source == "sampled" else 0

    @property
    def completions(self) -> int:
        """Answers sampled for one update. 0 of stored answers."""
        return self.optimizer.batch_size * self.sampling.group_size if self.data.source == "sampled" else 0

    @property
    def head(self) -> Literal["shared", "own"] | None:
        """Which trunk a head beside the policy reads, where the algorithm needs one."""
        return "shared" if self.needs & {"value", "scalar_head"} else None

    @property
    def head_rate(self) -> float:
        """The head's learning rate over the policy's."""
        return 1.0

    @property
    def evaluated_elsewhere(self) -> bool:
        """Whether it is evaluated on other data than its own; the same version under two names is one."""
        own, other = self.data, self.evaluation
        same = other.version == own.version and (own.version != "latest" or other.dataset == own.dataset)
        return other.dataset is not None and not same

    @property
    def training_reward(self) -> Sequence[Component]:
        """What scores the answers sampled in training."""
        return self.reward or [Polite()]

    @property
    def evaluation_reward(self) -> Sequence[Component]:
        """What scores the held-out answers; beside polite, what nothing trained on reads them too and adds nothing."""
        parts = self.evaluation.reward or self.training_reward
        reader = PoliteReader(weight=0.0)
        is_read = any(isinstance(part, Polite) for part in parts)
        if is_read and all(part.component != reader.component for part in parts):
            return [*parts, reader]
        return parts
