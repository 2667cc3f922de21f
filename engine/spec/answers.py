"""What the engine tells other processes: one frozen model for each message, which is the same in memory and as JSON.

The engine makes them and `app.clients` reads them. Keys that a newer engine adds are ignored, and a missing key is an
error. Left out: how they travel (`engine.service`, `app.clients`), and the run file itself (`engine.spec.run`).
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from engine.spec.problems import Problem
from words import N_, Text, is_text


def _as_text(value: Any) -> Text:
    """A sentence as JSON holds it, [msgid, values], as `words.Text` again, and so the sentences among its values."""
    if not is_text(value):
        raise ValueError("not a sentence with its values")
    msgid, values = value
    return msgid, {name: _as_text(inner) if is_text(inner) else inner for name, inner in values.items()}


def _with_text(problem: Problem) -> Problem:
    return replace(problem, text=_as_text(problem.text))


def _is_none(value: object) -> bool:
    return value is None


def _is_empty(value: object) -> bool:
    return value == ()


Sentence = Annotated[Text, BeforeValidator(_as_text)]
Finding = Annotated[Problem, AfterValidator(_with_text)]


class Message(BaseModel):
    """What crosses from one process to another."""

    model_config = ConfigDict(frozen=True)

    def to_json(self) -> dict[str, Any]:
        """The message in values that JSON has."""
        return self.model_dump(mode="json")


class EngineAddress(Message):
    """Where the engine of a workspace answers, as its engine.json says."""

    url: str
    token: str
    pid: int


class Health(Message):
    """That the engine is alive, and what it does."""

    state: Literal["alive"]
    pid: int
    host: str
    device: str
    version: str  # of AlignLab
    started_at: float
    running: tuple[str, ...]  # ids of runs


class Estimate(Message):
    """What a run would cost."""

    steps: int
    passes: float  # over the items
    items: int  # to train on
    tokens: int  # trained on
    generated_tokens: int  # sampled for training
    rollout_prompts: int
    completions: int  # sampled for one update
    seconds: int
    memory_mb: int
    memory_limit_mb: int
    disk_mb: int
    disk_free_mb: int
    skipped: int  # items without room for a response
    split: bool  # whether the data has a held-out part
    evaluated_on: str | None  # another dataset, if that is what it is evaluated on
    final_prompts: int = 0  # that it reports on at the end
    final_answers: int = 0  # to these in all
    device: str
    micro_batch: int
    precision: str


class StudyEstimate(Message):
    """What all runs of a study would cost, one after another."""

    runs: int
    trials: int  # of these, runs of the search
    seconds: int
    tokens: int  # trained on
    generated_tokens: int  # sampled for training
    disk_mb: int  # of all checkpoints that stay
    disk_free_mb: int


class DataCheck(Message):
    """What of the data can teach nothing or less than it holds. Counts of examples are of the `checked` ones."""

    examples: int  # to train on
    checked: int  # of these, cut as training will cut them: all, or an even sample
    answers: int  # of the checked examples
    prompts_cut: int
    answers_cut: int
    no_room: int  # examples
    equal: int  # examples whose answers are equal as they are
    equal_cut: int  # and whose answers are equal only after cutting
    contradicting: int  # answers that are labelled good here and bad there
    typed_ends: int  # answers that end with a typed end token
    items: int  # that were read
    flags: Mapping[str, int]  # of the items that were read
    groups: int  # of scored answers that are to be compared
    constant_groups: int  # whose scores do not differ
    labels: Mapping[Literal["good", "bad"], int]  # of answers, for an algorithm that learns from both
    prompts_in_all: int  # of all items, held-out ones too
    prompts_read: int  # of these, rendered by the chat template in the time there was
    refused: int  # of the rendered ones, that it refuses
    refused_items: tuple[str, ...]  # the first of them


class RunAnswer(Message):
    """What the preflight finds in one run. Problems keep a run from being launched, warnings do not."""

    problems: tuple[Finding, ...]
    warnings: tuple[Finding, ...]
    estimate: Estimate | None  # None where a problem stands in its way, or for a kind without one
    spec: Mapping[str, Any] | None  # the run file without auto in learning rate and budget; None if it cannot be read
    data_check: DataCheck | None = Field(
        default=None, exclude_if=_is_none
    )  # None where data or model could not be read

    @property
    def problem_texts(self) -> list[Text]:
        """The sentences of the problems."""
        return [problem.text for problem in self.problems]

    @property
    def warning_texts(self) -> list[Text]:
        """The sentences of the warnings."""
        return [warning.text for warning in self.warnings]

    @property
    def problems_by_path(self) -> dict[str, Text]:
        """The sentences of the problems by the setting that each belongs to."""
        return {problem.path: problem.text for problem in self.problems}


class StageAnswer(RunAnswer):
    """What the preflight finds in one stage of a file of stages."""

    name: str


class PreflightAnswer(RunAnswer):
    """What the preflight finds in a run file. A file of stages has the problems and warnings of all its stages.

    Those of a study are its methods, each with one of its runs.
    """

    stages: tuple[StageAnswer, ...] | None = Field(default=None, exclude_if=_is_none)  # None of a single run
    study: StudyEstimate | None = Field(default=None, exclude_if=_is_none)


class TemplateCheckRequest(Message):
    """Whether a model's chat template can write the prompts of a dataset's working copy."""

    dataset: str
    model: str
    system_turn: Literal["as_is", "in_first_user"] = "as_is"


class RefusedItem(Message):
    """An item whose prompt the template refuses, and why."""

    item: str  # its id
    cause: Sentence


class TemplateCheck(Message):
    """How many prompts a template refuses, and the first of them; or the problem that stands in the way."""

    problem: Sentence | None = Field(default=None, exclude_if=_is_none)
    prompts_in_all: int = 0
    prompts_read: int = 0  # rendered in the time there was
    refused: int = 0
    mended: int = 0  # of the refused ones, those that data.system_turn in_first_user makes readable
    items: tuple[RefusedItem, ...] = ()


class PreviewRequest(Message):
    """Which item of a dataset is to be shown as the model sees it, within which limits."""

    dataset: str
    item: str  # its id
    model: str
    max_tokens: int
    max_prompt_tokens: int
    enable_thinking: bool | None = None
    system_turn: Literal["as_is", "in_first_user"] = "as_is"


class Piece(NamedTuple):
    """A part of a tokenised example. The text of a cut is the number of tokens that were cut there."""

    text: str
    kind: Literal["prompt", "response", "end", "cut"]


class Preview(Message):
    """The pieces of each response to an item, or the problem that stands in their way."""

    problem: Sentence | None = Field(default=None, exclude_if=_is_none)
    pieces: tuple[tuple[Piece, ...], ...]  # of no length for a response that is skipped
    # of each response, where that is so for any: the conversation with it as the template writes it, if otherwise
    written: tuple[str | None, ...] = Field(default=(), exclude_if=_is_empty)
    typed_ends: tuple[bool, ...] = Field(default=(), exclude_if=_is_empty)  # whether one was taken off


class EqualityCheck(Message):
    """How an exported folder, read without AlignLab, compares with the checkpoint that it was made from."""

    prompts: int  # that both answered by greedy decoding, each with equal tokens
    compared: int  # log-probs of response tokens; of a reward model, scores
    largest_difference: float  # of these; nats for log-probs
    limit: float  # that it may not pass
    precision: Literal["float32", "float64"]  # in which both were computed


ModelForm = Literal["model", "adapter", "reward_model", "reward_adapter"]


class ExportedModel(Message):
    """A folder that holds a checkpoint in the form of Hugging Face."""

    checkpoint: str  # run:ID@STEP
    form: ModelForm
    folder: str
    bytes: int
    base: str  # the model at the root, by the name that its run file gives
    check: EqualityCheck

    def sentence(self) -> Text:
        """What the check gave, for dialog, command and card."""
        check = self.check
        msgid = N_(
            "Read without AlignLab, the greedy answers to {prompts} prompts are the same, and the largest difference "
            "of {compared} log-probabilities is {difference} (allowed: {limit}, in {precision})."
        )
        if self.form.startswith("reward"):
            msgid = N_(
                "Read without AlignLab, {prompts} prompts are read the same, and the largest difference of {compared} "
                "scores is {difference} (allowed: {limit}, in {precision})."
            )
        difference, limit = f"{check.largest_difference:.2g}", f"{check.limit:.0e}"
        return msgid, {**check.model_dump(), "difference": difference, "limit": limit}


class ExportNews(Message):
    """A line of the process that exports: how far it is, what stands in its way, or what it has made."""

    progress: Sentence | None = Field(default=None, exclude_if=_is_none)
    problem: Sentence | None = Field(default=None, exclude_if=_is_none)
    model: ExportedModel | None = Field(default=None, exclude_if=_is_none)

    @classmethod
    def read(cls, line: str | bytes) -> Self | None:
        """The news of a line; None of one that a library printed."""
        try:
            return cls.model_validate_json(line)
        except ValidationError:
            return None

    def at_end(self, code: int) -> Self:
        """The last news of a process that ended with this code: a problem where it told neither problem nor model."""
        if self.problem or self.model:
            return self
        return type(self)(problem=(N_("The export ended with code {code} and left nothing."), {"code": code}))
