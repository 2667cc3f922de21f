"""What leaves storage: frozen records, no table and no SQL. Times are seconds since the epoch and end in `_at`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np
import numpy.typing as npt

from words import Text

State = Literal["waiting", "queued", "running", "paused", "succeeded", "failed", "stopped"]
ENDED: tuple[State, ...] = ("succeeded", "failed", "stopped")
ACTIVE: tuple[State, ...] = ("waiting", "queued", "running")
"""In these a run changes by itself."""
EndedBy = Literal["person", "engine", "parent"]
"""`engine`: it came to its end or failed; `parent`: the run that it waited for did not succeed."""
StudyRole = Literal["trial", "final"]
"""`trial`: one of a search, scored on the selection prompts; `final`: reported."""
StudyState = Literal["running", "paused", "stopped", "succeeded", "failed"]
Role = Literal["weights", "fork", "reward", "turn", "ancestor"]
"""`fork`: it goes on from a checkpoint; `turn`: it only waits; `ancestor`: a checkpoint that it rests on without naming
it in its settings."""
LONGEST_DATASET_NAME = 64
"""Characters of a dataset's name."""
NOTE = "note"
MEASUREMENT = "finding"  # as databases have it
"""The kind of an event that says something about the run as a whole."""
Message = dict[str, Any]
"""One chat turn: {"role", "content"}, and whatever else the imported row said (name, tool_calls ...)."""


@dataclass(frozen=True)
class RunSummary:
    """What lists and the engine need of a run; `reason` says why it ended as it did.

    `dataset` and `model` are the names in its settings; `model` is None where it starts from another run.
    """

    id: str
    name: str
    kind: str
    algorithm: str | None
    dataset: str | None
    model: str | None
    lane: str
    state: State
    request: Literal["pause", "stop"] | None
    reason: Text | None
    ended_by: EndedBy | None
    slot: str | None
    priority: int
    position: int
    attempt: int
    pid: int | None
    waits_for: str | None
    study_id: str | None
    requested_by: str | None
    origin: str
    step: int
    fraction: float
    eta_seconds: float | None
    created_at: float
    started_at: float | None
    finished_at: float | None
    lease_until: float | None
    archived_at: float | None


@dataclass(frozen=True)
class Run(RunSummary):
    """A run with its settings, and with what `auto` in them came to."""

    spec: dict[str, Any]
    resolved: dict[str, Any] | None
    queued_at: float  # for the file of a study (`study_archive`)
    note: str | None  # of a person
    study_role: StudyRole | None = None
    study_trial: int | None = None
    study_seed: int | None = None
    study_changes: dict[str, Any] | None = None
    """Its place in the plan of its study: which setting of its method, tried or reported, with which seed. The changes
    are those to what the study's runs have in common, by path."""


@dataclass(frozen=True)
class RunName:
    """What a field needs of a run to offer it as an option."""

    id: str
    name: str


@dataclass(frozen=True)
class SavedView:
    """A named view of the table of runs: the query of its address."""

    name: str
    query: dict[str, str]
    created_by: str | None
    created_at: float


@dataclass(frozen=True)
class RunLink:
    """What `child` takes of `parent`; `step` where it names a checkpoint."""

    parent: str
    child: str
    role: Role
    step: int | None = None


@dataclass(frozen=True)
class Study:
    """A group of runs; `spec` is the file from which they are made, with the data frozen when it was launched.

    `running`: runs of it are to come or have not ended; `succeeded`: none are, and one that it reports succeeded.
    """

    id: str
    name: str
    spec: dict[str, Any]
    requested_by: str | None
    created_at: float
    state: StudyState = "succeeded"
    reason: Text | None = None
    finished_at: float | None = None


@dataclass(frozen=True)
class Lease:
    """The right of one attempt to write to its run; `slot` is host/device/lane."""

    run_id: str
    attempt: int
    slot: str


@dataclass(frozen=True)
class Event:
    """Something that happened to a run: kind is state, attempt, checkpoint, rewind, evaluation, note ..."""

    id: int
    run_id: str
    attempt: int
    step: int | None
    kind: str
    text: Text | None
    at: float


@dataclass(frozen=True)
class Checkpoint:
    """A folder that a run can be resumed from."""

    run_id: str
    step: int
    attempt: int
    path: Path
    best: bool
    bytes: int
    at: float


@dataclass(frozen=True)
class CheckpointReference:
    """What settings write as `run:ID@STEP`, or as `run:ID` for the run's newest checkpoint."""

    run: str
    step: int | None = None

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """The reference that the text is; None where it is none."""
        match = re.fullmatch(r"run:([A-Za-z0-9]+)(?:@(\d+))?", text)
        return None if match is None else cls(match[1], None if match[2] is None else int(match[2]))

    def __str__(self) -> str:
        return f"run:{self.run}" if self.step is None else f"run:{self.run}@{self.step}"


@dataclass(frozen=True)
class Interval:
    """The 95 % interval of a point that is a mean, and what it rests on."""

    low: float
    high: float
    prompts: int
    answers: int  # in all


@dataclass(frozen=True)
class Series:
    """One metric of one run, and what a table needs to know of it without reading its points.

    `first` and `last` may be NaN or infinite; minimum and maximum are of the finite values, None where there is none.
    Which of the two is the best one is for the metric's declared direction to say.
    """

    id: int
    run_id: str
    key: str
    count: int
    first: float
    last: float
    last_step: int
    minimum: float | None
    minimum_step: int | None
    maximum: float | None
    maximum_step: int | None
    first_interval: Interval | None = None  # None: no interval is kept with the point
    last_interval: Interval | None = None


@dataclass(frozen=True)
class Curve:
    """Points in step order, NaN and infinities as they were logged."""

    steps: npt.NDArray[np.int64]
    values: npt.NDArray[np.float64]


@dataclass(frozen=True)
class Update:
    """What came since a cursor. Send (attempt, step) back as the next cursor.

    `points` repeats the cursor's own step: an evaluation may be logged later than the loss of the same step.
    Where `rewound_to` is set, everything after that step was deleted and must be dropped first.
    """

    attempt: int
    step: int
    rewound_to: int | None
    state: State
    points: dict[str, tuple[list[int], list[float]]]


@dataclass(frozen=True)
class Sample:
    """One response of the model to a prompt; `scores` holds the reward's components, `reward` their weighted sum.

    `kl` is log pi - log ref summed over its tokens, in nats. Samples of older versions may have neither.
    """

    run_id: str
    step: int
    attempt: int
    prompt_index: int
    sample_index: int
    messages: tuple[Message, ...]
    text: str
    scores: dict[str, float]
    tokens: int
    finished: bool
    extra: dict[str, Any] = field(default_factory=dict)
    reward: float | None = None
    kl: float | None = None


@dataclass(frozen=True)
class RolloutSample(Sample):
    """One response of a group that a rollout sampled to train on; `prompt_index` counts the groups that are kept.

    `advantage` is the mean over its tokens, None where the method has none; `trained` is false where the loss leaves
    the response out.
    """

    advantage: float | None = None
    trained: bool = True


TokenPart = Literal["answers", "pairs", "rollout"]
"""Answers that were sampled in an evaluation, in the order of the samples; held-out responses of the dataset; sampled
answers that were trained on last.
"""
ResponseLabel = Literal["", "chosen", "rejected", "desirable", "undesirable"]


@dataclass(frozen=True)
class TokenRow:
    """One response of an evaluation, token by token. Responses of one part and prompt are shown beside each other.

    `pieces` are the texts of the tokens: joined, they are the text of the response. A token that does not end a
    character has none, and the one that ends it has the whole character. Rows of files without ids have no pieces.
    """

    part: TokenPart
    prompt: int  # the number of the prompt within its part
    ids: npt.NDArray[np.int32]  # (T,); -1 where a file of an earlier version has none
    values: Mapping[str, npt.NDArray[np.float32]]  # (T,) by name: logps, reference, old, advantages, values, ...
    pieces: tuple[str, ...] = ()
    special: npt.NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, np.bool_))  # (T,) the end of a turn, say
    messages: tuple[Message, ...] = ()  # the prompt, cut; () for answers, whose samples have it
    item: str = ""
    label: ResponseLabel = ""
    score: float | None = None  # stored, or given by the reward


@dataclass(frozen=True)
class Dataset:
    """A working copy and its frozen versions, by name; `items` and `versions` are counts."""

    id: int
    name: str
    kind: str
    items: int
    versions: int
    edited_at: float
    created_at: float


@dataclass(frozen=True)
class Version:
    """A dataset's content as it was at one time; `held_out` items are never trained on."""

    hash: str
    dataset_id: int
    items: int
    kind: str
    created_at: float
    held_out: int
    path: Path
    created_by: str | None = None  # the account of who froze it; None for a command
    note: str | None = None


@dataclass(frozen=True)
class JudgementCount:
    """What a frozen version rests on: verdicts of people, and decisions over them."""

    verdicts: int = 0
    decisions: int = 0

    @property
    def total(self) -> int:
        """Both together."""
        return self.verdicts + self.decisions


@dataclass(frozen=True)
class Response:
    """One response to an item's prompt; `id` is unique within the item."""

    id: str
    text: str
    score: float | None = None
    label: bool | None = None
    origin: str = ""


@dataclass(frozen=True)
class Preference:
    """That one response is better than another; both are ids of the item's responses.

    `strength` in [0, 1] says how much better, 1 being the most that its source can say; None where it says nothing.
    """

    chosen: str
    rejected: str
    strength: float | None = None
    source: str = "import"
    judgements: tuple[str, ...] = ()


@dataclass(frozen=True)
class ImportedVerdict:
    """What an annotator said of an item's responses in the file that it came with: of two, or as a `ranking`."""

    annotator: str
    verdict: Literal["a", "b", "tie", "both_bad", "ranking"]
    ranking: tuple[tuple[str, ...], ...] = ()
    strength: int | None = None
    comment: str | None = None
    seconds: float | None = None


@dataclass(frozen=True)
class Item:
    """A prompt and its responses; `extra` holds the fields of the imported row that mean nothing to us."""

    id: str
    messages: tuple[Message, ...]
    responses: tuple[Response, ...] = ()
    preferences: tuple[Preference, ...] = ()
    topic: str | None = None
    tags: tuple[str, ...] = ()
    extra: dict[str, Any] = field(default_factory=dict)
    flags: tuple[str, ...] = ()
    split: Literal["train", "held_out"] | None = None
    edited_at: float | None = field(default=None, compare=False)  # of the working copy's row; no part of the content
    verdicts: tuple[ImportedVerdict, ...] = ()  # on their way from a file to rows of their own; no part of the content
