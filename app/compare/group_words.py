"""What a page and a report say of groups: their names with their size, what bands show, where a mean ends early, and
what to know before believing their figures. Left out: which is better (`group_verdicts`)."""

from collections.abc import Sequence

from app.compare.compared_groups import Comparison, RunGroup
from app.translations import _, ngettext
from engine.analysis import comparison as analysis
from engine.analysis.group_curves import BandKind
from storage.records import Run
from words import Text


def caveats(comparison: Comparison) -> list[Text]:
    """What keeps the figures from being compared as they stand. None of one run, which is compared with nothing."""
    return analysis.comparability_warnings(comparison.compared) if len(comparison.runs) > 1 else []


def counted(group: RunGroup) -> str:
    """A group's name and how many seeds, or runs, it has; a single run's name."""
    if group.is_single:
        return group.label
    if group.seeds == len(group.runs):
        return _("{group} · {count} seeds").format(group=group.label, count=group.seeds)
    return _("{group} · {count} runs").format(group=group.label, count=len(group.runs))


def counted_runs(runs: Sequence[Run]) -> str:
    """How many runs there are, in words."""
    return ngettext("{count} run", "{count} runs", len(runs))


def band(kind: BandKind) -> str:
    """What the bands show."""
    if kind == "range":
        return _("Lines are means over the runs of a group; bands reach from its lowest run to its highest.")
    return _("Lines are means over the runs of a group; bands are one standard deviation of its runs on each side.")


def means() -> str:
    """What lines are where no band is drawn: along an axis that falls and rises its edges would lie elsewhere."""
    return _("Lines are means over the runs of a group, at the same steps.")


def averaged(stretch: int) -> str:
    """That the points of long runs are averages; empty where they are all there."""
    if stretch == 1:
        return ""
    return _("Each point is the average of {count} steps; a closer look at a range shows more.").format(count=stretch)


def shortened(groups: Sequence[RunGroup]) -> list[str]:
    """A sentence for each group whose mean ends before its longest run does."""
    sentences = []
    for group in groups:
        shortest = min(group.runs, key=lambda run: run.step)
        if shortest.step < max(run.step for run in group.runs):
            sentence = _("{group}: the mean ends at step {step}, as {run} does.")
            sentences.append(sentence.format(group=group.label, step=f"{shortest.step:,}", run=shortest.name))
    return sentences
