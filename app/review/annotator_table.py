"""What is peculiar to each person who judged, and how machines compare with people, as tables.

Left out: the figures themselves (`engine.analysis.annotators`, `engine.analysis.machine_agreement`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from app import judging_words
from app.markup import tables, texts
from app.review import estimates
from app.translations import N_, _
from engine.analysis.annotators import Annotator
from engine.analysis.machine_agreement import MachineAgreement
from storage.judging.judgement_records import OwnProgress

KAPPA = N_("Cohen's kappa with what most people said or was decided: 1 is full agreement, 0 is chance.")
SIDES = {"left": N_("leans left"), "right": N_("leans right")}


@dataclass(frozen=True)
class Column:
    """A figure of each person."""

    title: str
    help: str
    of: Callable[[Annotator], Markup]


def _left(row: Annotator) -> Markup:
    figure = estimates.figure(row.left)
    if row.leans is None:
        return figure
    return figure + Markup("<br>") + texts.tone(_(SIDES[row.leans]), "warning", "▲")


def _planted(row: Annotator) -> Markup:
    return estimates.figure(row.gold)


COLUMNS = (
    Column(
        N_("Left side"),
        N_("How often the answer on the left is preferred. Sides are shuffled, so it should be a half."),
        _left,
    ),
    Column(
        N_("Longer answer"),
        N_("How often the longer of the two answers is preferred. Longer is not always worse."),
        lambda row: estimates.figure(row.longer),
    ),
    Column(
        N_("With oneself"),
        N_("Agreement with oneself on pairs that were asked again with sides swapped: kappa, 1 is full."),
        lambda row: estimates.figure(row.itself),
    ),
    Column(
        N_("With the others"),
        N_("The share of the others who said the same of a pair."),
        lambda row: estimates.figure(row.others),
    ),
    Column(
        N_("Planted"),
        N_("The share of planted pairs, whose answer is known, that were judged as expected."),
        _planted,
    ),
    Column(N_("Seconds"), N_("The median time for a verdict."), lambda row: estimates.figure(row.seconds, digits=1)),
)


def people(rows: Sequence[Annotator], names: Mapping[str, str], progress: Mapping[str, OwnProgress]) -> Markup:
    """One row a person; `progress` where a round is shown. Without planted pairs there is no column of them."""
    columns = [column for column in COLUMNS if column.of is not _planted or any(row.gold.n for row in rows)]
    heads = [_("Person"), _("Verdicts"), *(_head(column.title, column.help) for column in columns)]
    cells = [
        [
            texts.name(names.get(row.account, row.account)),
            _given(row, progress.get(row.account)),
            *(column.of(row) for column in columns),
        ]
        for row in rows
    ]
    return tables.table(heads, cells, ["al-first", *["al-num"] * (len(columns) + 1)], name="al-annotators")


def machines(rows: Sequence[MachineAgreement]) -> Markup:
    """One row a machine."""
    heads = [_("Machine"), _head(N_("Kappa with people"), KAPPA), _("Says the same"), _("Differs on")]
    cells = [
        [texts.name(row.machine), estimates.figure(row.kappa), estimates.figure(row.raw), f"{len(row.differing):,}"]
        for row in rows
    ]
    return tables.table(heads, cells, ["al-first", *["al-num"] * 3], name="al-annotators")


def _head(title: str, help: str) -> Markup:
    return Markup("{}{}").format(_(title), texts.help_mark(_(help)))


def _given(row: Annotator, progress: OwnProgress | None) -> str:
    return f"{row.verdicts:,}" if progress is None else judging_words.own(progress)
