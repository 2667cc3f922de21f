"""The score of a dataset in words: a figure that was measured of few of its parts says so."""

from app.translations import _
from engine.analysis.quality.quality_report import Score


def words(score: Score) -> str:
    """The figure alone where every part was measured, else also of how many it was."""
    figure = f"{score.value:.2f}"
    if not score.is_partial:
        return figure
    return _("{score}, {measured} of {parts} parts").format(score=figure, measured=score.measured, parts=score.parts)
