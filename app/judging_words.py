"""How many verdicts were given of those wanted, in the same words on Annotate, Review and the page of a dataset."""

from app.translations import _, ngettext
from storage.judging.judgement_records import OwnProgress
from storage.records import JudgementCount


def given(answered: int, wanted: int, skipped: int) -> str:
    """The verdicts, without skips, of those that are wanted; skips are named where there are any."""
    share = _("{done} of {total}").format(done=f"{answered:,}", total=f"{wanted:,}")
    return f"{share} · {skips(skipped)}" if skipped else share


def own(progress: OwnProgress) -> str:
    """The same of one person, whose skips are among the answers."""
    skipped = progress.skipped_by_me
    return given(progress.answered_by_me - skipped, progress.total_for_me, skipped)


def skips(skipped: int) -> str:
    """So many were skipped."""
    return _("{count} skipped").format(count=f"{skipped:,}")


def rests_on(count: JudgementCount) -> str:
    """The number of verdicts of a frozen version, and its decisions where there are any."""
    return " · ".join(filter(None, [f"{count.verdicts:,}", decisions(count)]))


def decisions(count: JudgementCount) -> str:
    """So many pairs were decided; empty where none was."""
    return ngettext("{count} decision", "{count} decisions", count.decisions) if count.decisions else ""
