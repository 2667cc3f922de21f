"""What is peculiar to each person who judged, and how machines compare with people, as tables.

Left out: the figures themselves (`engine.analysis.annotators`, `engine.analysis.machine_agreement`).
"""

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from app.markup import tables, texts
from app.review import estimates
from app.translations import N_, _
from engine.analysis.annotators import Annotator
from engine.analysis.machine_agreement import MachineAgreement
from storage.judgement_records import OwnProgress

COLUMNS = (
    (N_("Left side"), N_("How often the answer on the left is preferred. Sides are shuffled, so it should be a half.")),
    (N_("Longer answer"), N_("How often the longer of the two answers is preferred. Longer is not always worse.")),
    (
        N_("With oneself"),
        N_("Agreement with oneself on pairs that were asked again with sides swapped: kappa, 1 is full."),
    ),
    (N_("With the others"), N_("The share of the others who said the same of a pair.")),
    (N_("Planted"), N_("The share of planted pairs, whose answer is known, that were judged as expected.")),
    (N_("Seconds"), N_("The median time for a verdict.")),
)
KAPPA = N_("Cohen's kappa with what most people said or was decided: 1 is full agreement, 0 is chance.")
SIDES = {"left": N_("leans left"), "right": N_("leans right")}


def people(rows: Sequence[Annotator], names: Mapping[str, str], progress: Mapping[str, OwnProgress]) -> Markup:
    """One row a person; `progress` where a round is shown."""
    heads = [_("Person"), _("Verdicts"), *(_head(title, help) for title, help in COLUMNS)]
    cells = [_row(row, names, progress.get(row.account)) for row in rows]
    return tables.table(heads, cells, ["al-first", "al-num", *["al-num"] * len(COLUMNS)], name="al-annotators")


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


def _row(row: Annotator, names: Mapping[str, str], progress: OwnProgress | None) -> list[tables.Cell]:
    given = f"{row.verdicts:,}"
    if progress is not None:
        given = _("{done} of {total}").format(done=f"{progress.answered_by_me:,}", total=f"{progress.total_for_me:,}")
    left = estimates.figure(row.left)
    if row.leans is not None:
        left += Markup("<br>") + texts.tone(_(SIDES[row.leans]), "warning", "▲")
    figures = [estimates.figure(own) for own in (row.longer, row.itself, row.others, row.gold)]
    seconds = estimates.figure(row.seconds, digits=1)
    return [texts.name(names.get(row.account, row.account)), given, left, *figures, seconds]
