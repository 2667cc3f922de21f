"""The blocks that every run file shares: model, data, optimizer, sampling, budget, evaluation, checkpoint, resources.

Left out: the algorithms' own settings (`algorithms`), rewards (`rewards`), and what `auto` becomes (`models`).
"""

import re
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, field_validator, model_validator

from engine.spec.fields import Real, Settings, Whole, setting
from engine.spec.problems import mistake
from words import N_

LEAST_OF_A_HASH = 6  # characters that name a version, where no other version of the dataset begins so


def _names_a_run(value: str) -> str:
    if not re.fullmatch(r"run:[A-Za-z0-9]+(@\d+)?", value):
        raise mistake(N_("{path} must be written run:ID or run:ID@STEP, not {value}."), value=value)
    return value


Parent = Annotated[str, AfterValidator(_names_a_run)]
"""A checkpoint of another run: run:ID is its newest."""


def _is_a_hash(value: str) -> str:
    if not re.fullmatch(rf"latest|[0-9a-f]{{{LEAST_OF_A_HASH},64}}", value):
        text = N_(
            "{path} must be latest, or the hash of a frozen version or at least {least} characters of its beginning, "
            "not {value}."
        )
        raise mistake(text, value=value, least=LEAST_OF_A_HASH)
    return value


FrozenVersion = Annotated[str, AfterValidator(_is_a_hash)]
"""A version of a dataset; `latest` is made when the run is launched."""


class Lora(Settings):
    """Low-rank adapters (arXiv:2106.09685): the base stays as it is and is the reference with the adapter off."""

    kind: Literal["lora"] = setting("lora", N_("Adapter"), N_("Which small weights are trained beside the model."))
    rank: Whole = setting(
        16, N_("Rank"), N_("Width of the adapter: more learns more and costs more memory."), ge=1, le=512
    )
    alpha: Real = setting(
        32.0, N_("Alpha"), N_("The adapter's output is scaled by alpha / rank."), gt=0, suggested=(16.0, 32.0, 64.0)
    )
    targets: Literal["auto"] | list[str] = setting(
        "auto",
        N_("Target layers"),
        N_("Names of the linear layers that get an adapter; auto takes every linear layer but the head."),
    )


class Model(Settings):
    """What is trained: a model by name, or the checkpoint of another run."""

    name: str | None = setting(
        "starter",
        N_("Model"),
        N_("starter, smollm2-135m, a Hugging Face id such as Qwen/Qwen2.5-0.5B, or a folder with safetensors."),
    )
    from_: Parent | None = setting(
        None,
        N_("Start from"),
        N_("A checkpoint of another run, as run:ID or run:ID@STEP. The reference is the model as it starts here."),
        alias="from",
    )
    adapter: Literal["none"] | Lora = setting(
        "none", N_("Fine-tuning"), N_("none trains all weights; LoRA trains a small adapter and needs far less memory.")
    )

    @model_validator(mode="before")
    @classmethod
    def _one_origin(cls, data: Any) -> Any:
        if isinstance(data, dict) and data.get("from") is not None and "name" not in data:
            return {**data, "name": None}
        return data

    @model_validator(mode="after")
    def _name_or_parent(self) -> Self:
        if (self.name is None) == (self.from_ is None):
            raise mistake(N_("{path} needs either a name or a run to start from, not both."))
        return self


def model_block(text: str) -> dict[str, Any]:
    """The block of a run file for a model as a person names it in one word: run:ID[@STEP], or a name."""
    return {"from": text} if text.startswith("run:") else {"name": text}


SystemTurn = Literal["as_is", "in_first_user"]


class Data(Settings):
    """What it is trained on."""

    dataset: str = setting(..., N_("Dataset"), N_("Name of a dataset of this workspace."), min_length=1)
    version: FrozenVersion = setting(
        "latest",
        N_("Version"),
        N_("Hash of a frozen version, or its beginning. latest freezes the working copy when the run is launched."),
    )
    filter: str | None = setting(None, N_("Filter"), N_("Only items that have this tag or topic are used."))
    fraction: Real = setting(
        1.0,
        N_("Fraction"),
        N_("Share of the prompts that is trained on, by their hash: a smaller share is part of every larger one."),
        gt=0,
        le=1,
        suggested=(0.1, 0.25, 0.5, 1.0),
        exclude_if=lambda share: share == 1,
    )
    source: Literal["frozen", "sampled"] = setting(
        "frozen",
        N_("Source"),
        N_("frozen trains on the answers of the dataset; sampled lets the model answer its prompts and scores that."),
        labels={"frozen": N_("from the dataset"), "sampled": N_("sampled from the model")},
    )
    system_turn: SystemTurn = setting(
        "as_is",
        N_("System turn"),
        N_("as_is gives it to the model's chat template; in_first_user puts its text before the first question."),
        labels={"as_is": N_("as it is"), "in_first_user": N_("in the first question")},
    )
    max_tokens: Whole = setting(
        1024, N_("Longest example"), N_("Prompt and answer together; longer ones are cut."), ge=8, unit=N_("tokens")
    )
    max_prompt_tokens: Whole = setting(
        512, N_("Longest prompt"), N_("Longer prompts lose their beginning."), ge=4, unit=N_("tokens")
    )
    enable_thinking: bool | None = setting(
        None,
        N_("Thinking"),
        N_(
            "What a chat template is told that knows thinking: false to answer at once, true to think first. null "
            "tells it nothing."
        ),
        labels={"true": N_("think first"), "false": N_("answer at once")},
    )

    @field_validator("dataset")
    @classmethod
    def _a_name(cls, value: str) -> str:
        if "/" in value or "\\" in value:
            raise mistake(
                N_("{path} must be the name of a dataset, not the path {value}: import the file first."), value=value
            )
        return value

    @model_validator(mode="after")
    def _room_for_an_answer(self) -> Self:
        if self.max_prompt_tokens >= self.max_tokens:
            sentence = N_(
                "{path}.max_prompt_tokens ({value}) must be below max_tokens ({limit}), or no room is left for an "
                "answer."
            )
            raise mistake(sentence, value=self.max_prompt_tokens, limit=self.max_tokens)
        return self


class Optimizer(Settings):
    """AdamW (arXiv:1711.05101)."""

    learning_rate: Literal["auto"] | Annotated[Real, Field(gt=0, le=1)] = setting(
        "auto",
        N_("Learning rate"),
        N_("Size of a step at its peak. auto takes the model's own suggestion for the algorithm."),
        suggested=(1e-6, 5e-6, 1e-5),
    )
    schedule: Literal["cosine", "linear", "constant"] = setting(
        "cosine",
        N_("Schedule"),
        N_("How the learning rate falls over the budget after the warm-up."),
        labels={"cosine": N_("cosine"), "linear": N_("linear"), "constant": N_("constant")},
    )
    warmup_ratio: Real = setting(
        0.1, N_("Warm-up"), N_("Share of the budget over which the learning rate rises from zero."), ge=0, lt=1
    )
    weight_decay: Real = setting(0.0, N_("Weight decay"), N_("Pulls all weights towards zero."), ge=0, le=1)
    max_grad_norm: Real = setting(
        1.0, N_("Gradient clip"), N_("Longer gradients are shortened to this norm."), gt=0, suggested=(0.5, 1.0, 2.0)
    )
    batch_size: Whole = setting(
        16, N_("Batch size"), N_("Pairs, groups, prompts or texts of one update."), ge=1, suggested=(8, 16, 32)
    )
    micro_batch: Literal["auto"] | Annotated[Whole, Field(ge=1)] = setting(
        "auto",
        N_("Micro-batch"),
        N_("How many of them are computed at once. It changes memory and speed, not the result; auto fits the memory."),
    )


class Sampling(Settings):
    """How the policy answers when it is sampled, in training and in evaluations."""

    group_size: Whole = setting(8, N_("Group size"), N_("Answers sampled for each prompt."), ge=1, suggested=(4, 8, 16))
    epochs: Whole = setting(1, N_("Epochs"), N_("Passes over one rollout."), ge=1, le=64)
    minibatches: Whole = setting(1, N_("Minibatches"), N_("Updates each pass is cut into."), ge=1, le=64)
    temperature: Real = setting(
        1.0,
        N_("Temperature"),
        N_("Below 1 sharpens, above 1 flattens the policy in training. Evaluations are always at 1."),
        gt=0,
        le=10,
    )
    top_p: Real = setting(1.0, N_("Top p"), N_("Samples from the likeliest tokens that hold this mass."), gt=0, le=1)
    max_new_tokens: Whole = setting(
        64, N_("Longest answer"), N_("Answers are cut here."), ge=1, suggested=(32, 64, 128), unit=N_("tokens")
    )


class Budget(Settings):
    """When the run ends: exactly one of the four."""

    steps: Annotated[Whole, Field(ge=1)] | None = setting(None, N_("Steps"), N_("Optimizer updates."))
    samples: Annotated[Whole, Field(ge=1)] | None = setting(
        None, N_("Samples"), N_("Responses that passed through an update, repeats counted.")
    )
    tokens: Annotated[Whole, Field(ge=1)] | None = setting(
        None, N_("Tokens"), N_("Prompt and response tokens that passed through an update, repeats counted.")
    )
    seconds: Annotated[Real, Field(gt=0)] | None = setting(
        None,
        N_("Seconds"),
        N_("Time of rollouts and updates. Such a run is not reproducible bit for bit."),
        unit=N_("seconds"),
    )

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if sum(amount is not None for amount in (self.steps, self.samples, self.tokens, self.seconds)) != 1:
            raise mistake(N_("{path} must name exactly one of steps, samples, tokens and seconds."))
        return self

    @property
    def unit(self) -> Literal["steps", "samples", "tokens", "seconds"]:
        """The one that is set."""
        return next(k for k in ("steps", "samples", "tokens", "seconds") if getattr(self, k) is not None)

    @property
    def amount(self) -> float:
        """How much of it."""
        return float(getattr(self, self.unit))


class Checkpoint(Settings):
    """What is kept to resume from, chat with and export."""

    every: Whole = setting(50, N_("Checkpoint every"), N_("Steps between two checkpoints."), ge=1, unit=N_("steps"))
    keep_last: Whole = setting(2, N_("Keep the last"), N_("Older ones are deleted, but for the best."), ge=1, le=100)
    keep_best: str | None = setting(
        "eval/reward", N_("Keep the best by"), N_("Metric whose best evaluation keeps its checkpoint; null keeps none.")
    )


class Resources(Settings):
    """Where it runs. Every auto is resolved once, by the first attempt, and stored with the run."""

    device: str = setting(
        "auto",
        N_("Device"),
        N_("cpu, cuda or cuda:1; auto takes the first GPU, else the CPU."),
    )
    precision: Literal["auto", "fp32", "bf16"] = setting(
        "auto",
        N_("Precision"),
        N_("auto is fp32 on a CPU and bf16 on a GPU that has it."),
        labels={"auto": N_("auto"), "fp32": "fp32", "bf16": "bf16"},
    )
    workers: Whole = setting(1, N_("Workers"), N_("Processes that share the batch."), ge=1, le=1)

    @field_validator("device")
    @classmethod
    def _known_device(cls, value: str) -> str:
        if not re.fullmatch(r"auto|cpu|cuda(:\d+)?", value):
            raise mistake(N_("{path} must be auto, cpu, cuda or cuda:N, not {value}."), value=value)
        return value


def _names_a_webhook(value: str | None) -> str | None:
    if value is not None and not re.fullmatch(r"env:[A-Za-z0-9_]*WEBHOOK[A-Za-z0-9_]*|file:[A-Za-z0-9][\w.-]*", value):
        text = N_(
            "{path} must say where the address is, as env:NAME with WEBHOOK in the name, or as file:NAME, never the "
            "address itself."
        )
        raise mistake(text)
    return value


class Notify(Settings):
    """Who is told when the run ends, or needs a person."""

    webhook: Annotated[str | None, AfterValidator(_names_a_webhook)] = setting(
        None,
        N_("Webhook"),
        N_(
            "Where the address is, never the address itself: env:NAME for an environment variable of the engine with "
            "WEBHOOK in its name, file:NAME for a file in the workspace's folder secrets that only its owner can read."
        ),
    )
