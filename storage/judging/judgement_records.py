"""What leaves storage of judging: rounds, questions, verdicts, receipts. Frozen records, no table and no SQL."""

from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal, Self

from storage.item_filter import ItemFilter
from storage.records import Item
from words import Text

Verdict = Literal["a", "b", "tie", "both_bad", "skip", "ranking", "withdrawn"]
"""`a` and `b` are responses of the question in the item's order, never left and right; `ranking` has a ranking, and
`withdrawn` takes back what it supersedes."""
Source = Literal["human", "adjudicator", "judge", "reward"]
QuestionKind = Literal["plain", "norming", "gold"]
Phase = Literal["blind", "reveal"]
Shown = tuple[str, ...]
"""Ids of responses in the order in which a person sees them: left first."""
BETTER, MUCH_BETTER = 1, 2  # the strengths of a verdict
MOST_PEOPLE = 10  # whom a round asks each question
LONGEST_NAME = 80  # characters of a round's name
EVERYBODY = 1000
"""`wanted` of a question that each person answers."""


@dataclass(frozen=True)
class Selection(ItemFilter):
    """The items that a round asks about: all that the filter leaves, or those of them that are named."""

    item_ids: tuple[str, ...] = ()
    unjudged_only: bool = False


@dataclass(frozen=True)
class RoundSettings:
    """How a round is judged.

    overlap: people a question. adaptive: two people, and a third where they disagree. criteria: names of what else is
    compared. ask_quality: each response is called good, ok or bad, too. repeats: share of questions that the same
    person gets again with sides swapped. norming: the first so many questions are answered by all, then revealed.
    order: given, random, or uncertain (closest scores first, with a `random_share` of others). seed: of shuffles.
    """

    overlap: int = 1
    adaptive: bool = False
    mode: Literal["pairs", "ranking"] = "pairs"
    criteria: tuple[str, ...] = ()
    ask_quality: bool = False
    repeats: float = 0.0
    norming: int = 0
    lease_seconds: float = 600.0
    selection: Selection = field(default_factory=Selection)
    order: Literal["given", "random", "uncertain"] = "given"
    random_share: float = 0.2
    seed: str = ""

    @property
    def people(self) -> int:
        """How many people a question wants at first."""
        return 2 if self.adaptive else self.overlap

    @property
    def most_people(self) -> int:
        """How many people a question may come to want."""
        return 3 if self.adaptive else self.overlap

    def to_json(self) -> dict[str, Any]:
        """The settings as their row keeps them."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """What `to_json` wrote; what another version wrote beside is left out."""
        values = {key: stored[key] for key in (known.name for known in fields(cls)) if key in stored}
        chosen = dict(values.pop("selection", {}))
        chosen["item_ids"] = tuple(chosen.get("item_ids", ()))
        criteria = tuple(values.pop("criteria", ()))
        return cls(**values, criteria=criteria, selection=Selection(**chosen))


@dataclass(frozen=True)
class Round:
    """One pass of people over items of a dataset; numbers count from 1 within the dataset."""

    dataset: str
    dataset_id: int
    number: int
    name: str
    settings: RoundSettings
    created_by: str | None
    created_at: float
    closed_at: float | None


@dataclass(frozen=True)
class Question:
    """What a round asks about one item: which of two responses is better, or how several rank.

    `wanted` people shall answer, `answers` have. `expected` is the verdict that a gold question should get. `margin`
    is the distance of the scores, where `chosen_by` is uncertain.
    """

    id: str
    item_id: str
    position: int
    kind: QuestionKind
    responses: tuple[str, ...]
    wanted: int
    answers: int = 0
    expected: str | None = None
    margin: float | None = None
    chosen_by: str = "given"


@dataclass(frozen=True)
class Ask:
    """A question that lies before a person; `turn` 1 repeats it with sides swapped.

    In the phase reveal `verdicts` holds what everybody said; else it is empty.
    """

    question: Question
    item: Item
    turn: int
    shown: Shown
    phase: Phase = "blind"
    verdicts: tuple["Judgement", ...] = ()


@dataclass(frozen=True)
class NewJudgement:
    """A verdict that a person gives. The client makes the id, so that sending it again does nothing."""

    id: str
    question_id: str
    turn: int
    verdict: Verdict
    strength: int | None = None
    ranking: tuple[tuple[str, ...], ...] | None = None
    criteria: dict[str, str] = field(default_factory=dict)
    quality: dict[str, str] = field(default_factory=dict)
    edits: dict[str, str] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()
    comment: str | None = None
    flag: str | None = None
    seconds: float | None = None
    guideline_version: int | None = None
    supersedes: str | None = None


@dataclass(frozen=True)
class Adjudication:
    """What a researcher decides of two responses of an item, in place of what people said; `withdrawn`
    takes the decision back."""

    item_id: str
    response_a: str
    response_b: str
    verdict: Literal["a", "b", "tie", "both_bad", "withdrawn"]
    strength: int | None = None
    criteria: dict[str, str] = field(default_factory=dict)
    quality: dict[str, str] = field(default_factory=dict)
    comment: str | None = None


@dataclass(frozen=True)
class MachineVerdict:
    """What a judge or a reward model says of two responses of an item."""

    item_id: str
    response_a: str
    response_b: str
    verdict: Literal["a", "b", "tie"]
    source: Literal["judge", "reward"]
    machine: str
    shown: Shown = ()
    comment: str | None = None


@dataclass(frozen=True)
class Judgement:
    """A stored verdict, of a person, an adjudicator, or a machine; `storage.tables.Judgement` explains the fields."""

    id: str
    question_id: str | None
    dataset_id: int
    item_id: str
    round: int | None
    response_a: str | None
    response_b: str | None
    shown: Shown
    turn: int
    verdict: Verdict
    strength: int | None
    criteria: dict[str, str]
    ranking: tuple[tuple[str, ...], ...] | None
    quality: dict[str, str]
    edits: dict[str, str]
    reasons: tuple[str, ...]
    comment: str | None
    flag: str | None
    source: Source
    account: str | None
    machine: str | None
    seconds: float | None
    guideline_version: int | None
    late: bool
    supersedes: str | None
    created_at: float


@dataclass(frozen=True)
class Receipt:
    """What became of a verdict: stored; again (it was stored before); late (kept, and counts for nothing as long as
    its question has enough others); refused.

    standing: the id of the person's own verdict that stands where this one was refused, if there is one.
    """

    id: str
    stored: Literal["stored", "again", "late", "refused"]
    error: Text | None = None
    standing: str | None = None


@dataclass(frozen=True)
class OwnProgress:
    """How far one person is in a round; a repeat counts among the answers and in the total once it is given.

    Skips are among the answers, and counted apart as well.
    """

    answered_by_me: int = 0
    total_for_me: int = 0
    median_seconds: float | None = None
    skipped_by_me: int = 0


@dataclass(frozen=True)
class Progress:
    """How far a round is. The last four are one person's: 0 and None where nobody is named.

    `done_questions`, `wanted` and `answered` leave out the questions that everybody answers; the last two count
    verdicts. `people` have judged. `skipped` counts the skips that stand on questions that still want a verdict.
    """

    total: int
    done_questions: int
    wanted: int
    answered: int
    people: int
    skipped: int = 0
    answered_by_me: int = 0
    total_for_me: int = 0
    median_seconds: float | None = None
    skipped_by_me: int = 0


@dataclass(frozen=True)
class Guideline:
    """One version of what annotators of a dataset are told."""

    version: int
    text: str
    created_by: str | None
    created_at: float
