"""Measures a dataset: quality = 0.4 consistency + 0.3 diversity + 0.3 annotation quality.

A part that cannot be measured leaves its weight to the others. Left out: how each part is measured.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from engine.analysis.quality import near_duplicates
from engine.analysis.quality.consistency import consistency
from engine.analysis.quality.defects import annotation, beside, lowering
from engine.analysis.quality.diversity import diversity
from engine.analysis.quality.quality_items import QualityInput
from engine.analysis.quality.quality_report import Histogram, Part, QualityReport

WEIGHTS = {"consistency": 0.4, "diversity": 0.3, "annotation": 0.3}
LENGTH_EDGES = (0, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000)  # characters; the last takes what is longer
GAP_EDGES = (-5000, -1000, -100, -10, 0, 10, 100, 1000, 5000)
PART_OF_SET = 400  # characters of each text that rows are compared by


def _ignore(fraction: float) -> None:
    """Nobody watches."""


def measure(data: QualityInput, progress: Callable[[float], None] = _ignore) -> QualityReport:
    """The report of a dataset. `progress` is called with the share of the work that is done."""
    prompt_clusters = near_duplicates.clusters([item.prompt for item in data.items])
    progress(0.2)
    text_clusters = near_duplicates.clusters([_row_text(data, index) for index in range(len(data.items))])
    progress(0.4)
    defects, languages = lowering(data)
    progress(0.7)
    defects += beside(data, prompt_clusters, text_clusters)
    annotated, kept = annotation(data, defects)
    varied = diversity(data, dict(zip((item.id for item in data.items), prompt_clusters, strict=True)))
    progress(0.9)
    parts = _weighted([consistency(data), varied, annotated])
    score = sum(part.weight * part.value for part in parts if part.value is not None)
    progress(1.0)
    return QualityReport(
        score=score if any(part.value is not None for part in parts) else None,
        parts=parts,
        defects=tuple(defects),
        items=len(data.items),
        judged=len(data.judged_items),
        kept=kept,
        languages=languages,
        lengths=_lengths(data),
        length_gaps=_gaps(data),
    )


def _row_text(data: QualityInput, index: int) -> str:
    """What makes a row alike to another: question and answers, those that are preferred first."""
    item = data.items[index]
    answers = sorted({answer.text for answer in item.answers})
    return "\n".join(text[:PART_OF_SET] for text in (item.question, *answers))


def _weighted(parts: Sequence[Part]) -> tuple[Part, ...]:
    """The parts with the weights they have once those not measured leave theirs to the others."""
    total = sum(WEIGHTS[part.key] for part in parts if part.value is not None)
    return tuple(
        replace(part, weight=0.0 if part.value is None else round(WEIGHTS[part.key] / total, 6)) for part in parts
    )


def _lengths(data: QualityInput) -> Histogram | None:
    sides = {
        "chosen": [len(answer.text) for item in data.items for answer in item.chosen],
        "rejected": [len(answer.text) for item in data.items for answer in item.rejected],
    }
    return _histogram(LENGTH_EDGES, sides)


def _gaps(data: QualityInput) -> Histogram | None:
    """How many characters longer the chosen answer is."""
    gaps = [len(chosen.text) - len(rejected.text) for item in data.items for chosen, rejected in item.pairs]
    return _histogram(GAP_EDGES, {"gap": gaps})


def _histogram(edges: Sequence[int], sides: dict[str, list[int]]) -> Histogram | None:
    counts = {
        side: tuple(np.histogram(np.clip(values, edges[0], edges[-1]), edges)[0].tolist())
        for side, values in sides.items()
        if values
    }
    return Histogram(tuple(map(float, edges)), counts) if counts else None
