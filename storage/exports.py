"""Items into a file of one form: which of them it can hold, which it cannot and why, and the rows of the others.

Left out: which items a dataset holds (`storage.datasets`), what the forms are (`storage.formats`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from storage import containers, formats
from storage.errors import Invalid
from storage.formats import fitting
from storage.import_problems import with_short_values
from storage.records import Item
from words import N_, Text


@dataclass(frozen=True)
class LeftOut:
    """An item of which a file holds nothing, its place in the dataset from 1 on, and why.

    `unfit`: the form cannot hold it; else it has nothing of what the form is of, as a tie has no pair.
    """

    place: int
    item: str
    reason: Text
    unfit: bool


@dataclass(frozen=True)
class ExportReport:
    """How many rows were written, and the items that have none."""

    rows: int
    left_out: tuple[LeftOut, ...] = ()


@dataclass(frozen=True)
class ExportCheck:
    """How many items a file would have rows of, and those of which it would not."""

    held: int
    left_out: tuple[LeftOut, ...]

    @property
    def unfit(self) -> list[LeftOut]:
        """The items that the form cannot hold."""
        return [each for each in self.left_out if each.unfit]

    def can_write(self, *, skip_unfit: bool) -> bool:
        """Whether a file may be written: never without what the form cannot hold, unless that is left out."""
        return not self.unfit or (skip_unfit and self.held > 0)


def check(form: formats.Format, items: Sequence[Item]) -> ExportCheck:
    """What a file of this form would hold; each row is made and read back for it."""
    held, left_out = _divided(form, items)
    return ExportCheck(len(held), left_out)


def _divided(form: formats.Format, items: Sequence[Item]) -> tuple[list[Item], tuple[LeftOut, ...]]:
    held, left_out = [], []
    for place, item in enumerate(items, 1):
        reason, unfit = _why_not(form, item)
        if reason is None:
            held.append(item)
        else:
            left_out.append(LeftOut(place, item.id, reason, unfit))
    return held, tuple(left_out)


def write(out: Path, form: formats.Format, items: Sequence[Item], *, skip_unfit: bool = False) -> ExportReport:
    """Write those items that the form can hold. Raises Invalid where it cannot hold some, unless those are left out."""
    containers.check_writable(out)
    held, left_out = _divided(form, items)
    checked = ExportCheck(len(held), left_out)
    if not checked.can_write(skip_unfit=skip_unfit):
        sentence = N_(
            "The form {form} cannot hold {bad} of {all} items, so nothing was written. The first is in row {place}: "
            "{problem} Choose another form, or leave such items out (--skip-unfit)."
        )
        first = checked.unfit[0]
        raise Invalid(
            sentence, form=form.name, bad=len(checked.unfit), all=len(items), place=first.place, problem=first.reason
        )
    return ExportReport(containers.write(out, form.write(held)), left_out)


def _why_not(form: formats.Format, item: Item) -> tuple[Text | None, bool]:
    """Why the form has no row for the item, None where it has one; and whether it is that it cannot hold it."""
    try:
        return (None, False) if form.fits(item) else (fitting.no_row(form.kind), False)
    except Invalid as error:
        return with_short_values(error.text), True
