"""What measuring gives: the score, its parts with their ingredients, defects with their rows, and figures to draw."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, Self

from words import Text, from_json

FORMAT = 2  # of the report; a stored one of another format is measured again


@dataclass(frozen=True)
class Ingredient:
    """One figure of a part, in [0, 1]; `low` and `high` where it has an interval, `n` is what it was measured on.

    `value` is None where it could not be measured; `note` then says what that needs, else what to know of the figure.
    """

    title: Text
    value: float | None
    n: int = 0
    low: float | None = None
    high: float | None = None
    note: Text | None = None


@dataclass(frozen=True)
class Part:
    """A third of the score: `value` in [0, 1], or None and then `needs` says what it takes to measure it.

    `weight` is its share of the score as it stands, 0 for a part that is not measured.
    """

    key: Literal["consistency", "diversity", "annotation"]
    value: float | None
    ingredients: tuple[Ingredient, ...]
    gaming: Text
    needs: Text | None = None
    weight: float = 0.0


@dataclass(frozen=True)
class Defect:
    """Items that have something wrong with them, by their ids; `lowers` says whether annotation quality counts it."""

    key: str
    title: Text
    items: tuple[str, ...]
    tone: Literal["bad", "warning"] = "warning"
    lowers: bool = True


@dataclass(frozen=True)
class Histogram:
    """Counts between `edges`, one more than counts; one list of counts a side."""

    edges: tuple[float, ...]
    counts: Mapping[str, tuple[int, ...]]


@dataclass(frozen=True)
class Score:
    """The score in [0, 1], and of how many of its parts it was `measured`: of one alone it says little."""

    value: float
    measured: int
    parts: int

    @property
    def is_partial(self) -> bool:
        """Whether a part is missing."""
        return self.measured < self.parts

    @property
    def is_thin(self) -> bool:
        """Whether fewer than two parts were measured."""
        return self.measured < 2


@dataclass(frozen=True)
class QualityReport:
    """`score` is None where no part could be measured; `kept` counts those of the `judged` items without a defect."""

    score: float | None
    parts: tuple[Part, ...]
    defects: tuple[Defect, ...]
    items: int
    judged: int
    kept: int
    languages: Mapping[str, int] = field(default_factory=dict)
    lengths: Histogram | None = None
    length_gaps: Histogram | None = None

    @property
    def measured_score(self) -> Score | None:
        """The score with what it rests on; None where no part could be measured."""
        measured = sum(part.value is not None for part in self.parts)
        return None if self.score is None else Score(self.score, measured, len(self.parts))

    def to_json(self) -> dict[str, Any]:
        """The report as plain JSON."""
        return {"format": FORMAT, **asdict(self)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """The report that `to_json` wrote. Raises KeyError or TypeError for anything else."""
        return cls(
            score=stored["score"],
            parts=tuple(_part(part) for part in stored["parts"]),
            defects=tuple(_defect(defect) for defect in stored["defects"]),
            items=stored["items"],
            judged=stored["judged"],
            kept=stored["kept"],
            languages=stored["languages"],
            lengths=_histogram(stored["lengths"]),
            length_gaps=_histogram(stored["length_gaps"]),
        )


def _part(stored: Mapping[str, Any]) -> Part:
    ingredients = tuple(
        Ingredient(**{**ingredient, "title": _text(ingredient["title"]), "note": from_json(ingredient["note"])})
        for ingredient in stored["ingredients"]
    )
    texts = {"gaming": _text(stored["gaming"]), "needs": from_json(stored["needs"])}
    return Part(**{**stored, **texts, "ingredients": ingredients})


def _defect(stored: Mapping[str, Any]) -> Defect:
    return Defect(**{**stored, "title": _text(stored["title"]), "items": tuple(stored["items"])})


def _histogram(stored: Mapping[str, Any] | None) -> Histogram | None:
    if stored is None:
        return None
    return Histogram(tuple(stored["edges"]), {side: tuple(counts) for side, counts in stored["counts"].items()})


def _text(stored: Any) -> Text:
    msgid, values = stored
    return msgid, values
