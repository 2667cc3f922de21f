"""What is wrong with the rows of a file: the first of them listed, all of them counted, equal sentences folded."""

from dataclasses import dataclass, field

from words import Text, english
from words.names import shortened

MOST_LISTED = 1000
MOST_FOLDS = 100
MOST_CHARACTERS = 200
"""A value in a sentence is cut there: it may be a whole answer."""


@dataclass(frozen=True)
class Fold:
    """One sentence about `count` rows, the first of which has the number `first`."""

    count: int
    first: int
    text: Text


@dataclass
class Problems:
    """(number, sentence) of the rows that cannot be read; the number 0 stands for the whole file."""

    count: int = 0
    listed: list[tuple[int, Text]] = field(default_factory=list)
    _folds: dict[str, Fold] = field(default_factory=dict)

    def add(self, number: int, text: Text) -> None:
        """Note what is wrong with a row."""
        text = with_short_values(text)
        self.count += 1
        if len(self.listed) < MOST_LISTED:
            self.listed.append((number, text))
        key = english(text)
        fold = self._folds.get(key, Fold(0, number, text))
        if fold.count or len(self._folds) < MOST_FOLDS:
            self._folds[key] = Fold(fold.count + 1, fold.first, text)

    @property
    def folds(self) -> list[Fold]:
        """One for each sentence, in the order of their first rows."""
        return sorted(self._folds.values(), key=lambda fold: fold.first)


def with_short_values(text: Text) -> Text:
    """The sentence with the beginnings of values that are long."""
    msgid, values = text
    short = {name: shortened(value, MOST_CHARACTERS) for name, value in values.items() if isinstance(value, str)}
    return msgid, {**values, **short}
