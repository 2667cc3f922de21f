"""Data files as items: read row by row, never held whole; what is wrong with it, and what was not read of it.

Left out: where rows lie in a file (`storage.containers`), what a row means (`storage.formats`), and storing the items.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any

from storage import column_mapping, containers, formats, mapping_proposals, unread_fields
from storage.column_mapping import Columns
from storage.containers import Broken, Unit
from storage.errors import ImportFailed, Invalid, Unmapped
from storage.import_problems import Fold, Problems, with_short_values
from storage.item_content import check, kind_of, likeness, quality_flags
from storage.records import Dataset, Item
from words import N_, Text

PREVIEWED = 5
MOST_FIELDS = 1000
"""Names of fields not read that are counted: a hostile file has others in each row."""
KINDS_BY_RANK = ("pairs", "groups", "unpaired", "demonstrations", "prompts")
LACKING = ("prompts", "demonstrations", "unpaired")
"""Kinds of which an item may lack an answer."""
PLACES = {"line": N_("line {number}"), "row": N_("row {number}")}


@dataclass(frozen=True)
class DataFiles:
    """What becomes a dataset: one file, or several that are read as one; `name` is what sentences call it.

    `origin` is the id of a dataset of the hub at a commit, and `split` the part of it; both are empty for other files.
    """

    name: str
    paths: tuple[Path, ...]
    origin: str = ""
    split: str = ""

    @classmethod
    def of(cls, files: "Path | DataFiles") -> "DataFiles":
        """A file of its own, by its name."""
        return files if isinstance(files, DataFiles) else cls(files.name, (files,))


@dataclass(frozen=True)
class ImportReport:
    """What an import found: `flagged` counts the items by flag, `preview` holds the first few.

    `unread` counts the rows by the fields that no form understood; `unread_answers` are those of them that hold answers
    which the items lack, and `proposal` is the mapping that would read them. `ties` counts items of pairs without a
    preference. `bad` rows could not be read; `problems` the first of them as (number, sentence), `folds` counts equal
    sentences. The numbers count what `unit` says.
    """

    name: str
    kind: str
    format: str
    imported: int
    flagged: dict[str, int]
    preview: tuple[Item, ...]
    dataset: Dataset | None = None
    container: str = ""
    encoding: str | None = None
    unit: Unit = "line"
    unread: dict[str, int] = field(default_factory=dict)
    unread_answers: tuple[str, ...] = ()
    proposal: dict[str, str] = field(default_factory=dict)
    ties: int = 0
    bad: int = 0
    problems: tuple[tuple[int, Text], ...] = ()
    folds: tuple[Fold, ...] = ()

    @property
    def suspicious(self) -> tuple[str, ...]:
        """The fields not read whose names sound like an answer, a score or a label."""
        return tuple(unread_fields.suspicious(self.unread, self.kind))


def free_id(number: int, ids: set[str]) -> str:
    """The first id from this number on that is none of `ids`."""
    while f"{number:05d}" in ids:
        number += 1
    return f"{number:05d}"


class Numbering:
    """Ids for items without one: numbers in order, so that the same file always gives the same ids."""

    def __init__(self, ids: set[str], first: int = 1) -> None:
        self._ids, self._next = set(ids), first

    def name(self, item_id: str) -> str:
        """The id itself, or the first free number that is not smaller than the item's place."""
        number, self._next = self._next, self._next + 1
        if item_id:
            return item_id
        free = free_id(number, self._ids)
        if self._ids:
            self._ids.add(free)
        return free


class ItemReader:
    """One pass over the rows of a file, or of files that are read as one; afterwards `report` says what was in it.

    Raises NotFound for the file or the form, Invalid for a file or a mapping that makes no sense, ImportFailed where
    no row can be read.
    """

    def __init__(self, files: Path | DataFiles, format: str = "auto", columns: Columns | None = None) -> None:
        self.files, self._columns = DataFiles.of(files), columns or {}
        column_mapping.check_targets(self._columns)
        self._source = containers.open_all(self.files.paths)
        self.problems, self.ids = Problems(), dict[str, int]()
        self._good, self._without_preference, self._rank = 0, 0, len(KINDS_BY_RANK) - 1
        self._flags, self._unread = Counter[str](), Counter[str]()
        self._unread_texts: set[str] = set()
        self._likenesses: set[bytes] = set()
        self._preview: list[Item] = []
        self._form = self._detected(format)

    def items(self) -> Iterator[Item]:
        """The items that can be read, with their flags; those whose rows name no id have none."""
        for number, row in self._source.read():
            try:
                item = self._item(number, row)
            except Invalid as error:
                self.problems.add(number, error.text)
                continue
            self._count(item)
            yield item

    def report(self, name: str, *, skip_bad: bool) -> ImportReport:
        """What the pass found. Raises ImportFailed where rows cannot be read, unless those are to be skipped."""
        if not self._good or (self.problems.count and not skip_bad):
            raise self._failed()
        numbering = Numbering(set(self.ids))
        kind = self._form.kind or KINDS_BY_RANK[self._rank]
        return ImportReport(
            name,
            kind,
            self._form.name,
            self._good,
            dict(sorted(self._flags.items())),
            tuple(replace(item, id=numbering.name(item.id)) for item in self._preview),
            container=self._source.container,
            encoding=self._source.encoding,
            unit=self._source.unit,
            unread=dict(self._unread.most_common()),
            unread_answers=tuple(self._unread_answers(kind)),
            proposal=self._proposal,
            ties=self._without_preference if kind == "pairs" else 0,
            bad=self.problems.count,
            problems=tuple(self.problems.listed),
            folds=tuple(self.problems.folds),
        )

    def _detected(self, format: str) -> formats.Format:
        first_rows = first_objects(self._source)
        if not first_rows:
            for number, row in self._source.read():
                self.problems.add(number, _row_problem(row))
            if not self.problems.count:
                self.problems.add(0, (N_("The file holds no rows."), {}))
            raise self._failed()
        column_mapping.check_sources(self._columns, first_rows)
        self._proposal = mapping_proposals.proposal(first_values(first_rows))
        rows = [column_mapping.apply(self._columns, row) for row in first_rows]
        if format != "auto":
            return formats.named(format)
        try:
            return formats.detect(rows)
        except Unmapped as error:  # it may name all the fields of a hostile row
            sentence, values = with_short_values(error.text)
            raise Unmapped(sentence, **values) from error

    def _item(self, number: int, row: Any) -> Item:
        """The item of a row. Raises Invalid."""
        if not isinstance(row, dict):
            sentence, values = _row_problem(row)
            raise Invalid(sentence, **values)
        mapped = column_mapping.apply(self._columns, row)
        item = check(self._form.read(mapped))
        if item.id in self.ids:
            place = (PLACES[self._source.unit], {"number": self.ids[item.id]})
            raise Invalid(N_("The id {id} is that of {place} already."), id=item.id, place=place)
        if item.id:
            self.ids[item.id] = number
        self._note_unread(unread_fields.of_row(mapped, item), mapped)
        digest = hashlib.blake2b(likeness(item).encode(), digest_size=12).digest()
        marks = ("duplicate",) if digest in self._likenesses else ()
        self._likenesses.add(digest)
        return replace(item, flags=(*marks, *quality_flags(item)))

    def _note_unread(self, names: list[str], row: Mapping[str, Any]) -> None:
        for name in names:
            if name in self._unread or len(self._unread) < MOST_FIELDS:
                self._unread[name] += 1
                if name not in self._unread_texts and unread_fields.holds_words(row[name]):
                    self._unread_texts.add(name)

    def _unread_answers(self, kind: str) -> list[str]:
        """Fields not read that hold an answer: any beside prompts, the other one of a pair beside single answers."""
        if kind not in LACKING:
            return []
        paired = self._proposal.values() if "rejected" in self._proposal else ()
        tops = {column.partition(".")[0] for column in paired} | set(paired)
        texts = [name for name in self._unread if name in self._unread_texts]
        return [n for n in texts if n in tops or (kind == "prompts" and unread_fields.is_named_answer(n))]

    def _count(self, item: Item) -> None:
        self._good += 1
        self._without_preference += not item.preferences
        self._rank = min(self._rank, KINDS_BY_RANK.index(kind_of([item])))
        self._flags.update(item.flags)
        if len(self._preview) < PREVIEWED:
            self._preview.append(item)

    def _failed(self) -> ImportFailed:
        whole = all(number == 0 for number, _ in self.problems.listed)
        sentence = (
            N_("Nothing was imported from {name}.")
            if whole
            else N_("Nothing was imported from {name}: {good} good, {bad} bad.")
        )
        return ImportFailed(
            self.problems.listed,
            sentence,
            unit=self._source.unit,
            folds=tuple(self.problems.folds),
            good=self._good,
            name=self.files.name,
            bad=self.problems.count,
        )


def first_objects(source: containers.RowSource) -> list[dict[str, Any]]:
    """The first rows of a file, of those that are objects."""
    return list(islice((row for _, row in source.read() if isinstance(row, dict)), formats.LOOKED_AT))


def columns(files: Path | DataFiles) -> dict[str, Any]:
    """The columns that a person can map, each with the first value that it has. Raises NotFound, Invalid."""
    return first_values(first_objects(containers.open_all(DataFiles.of(files).paths)))


def first_values(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The columns of rows, also those inside objects, each with the first value that it has."""
    return {name: _first_value(rows, name) for name in column_mapping.named_columns(rows)}


def _first_value(rows: list[dict[str, Any]], name: str) -> Any:
    values = (column_mapping.look(row, name) for row in rows)
    return next((value for value in values if value not in (None, "", column_mapping.MISSING)), None)


def _row_problem(row: Any) -> Text:
    return row.text if isinstance(row, Broken) else (N_("The row must be an object."), {})
