"""How varied answers are: different texts, and distinct-2 of those whose perplexity is neither very low nor very high.

Nonsense is varied: so texts outside the 1st to 99th percentile of the set's own perplexity do not count for distinct-2,
and the median stands beside it, since a set that is broken as a whole would pass. Left out: perplexity itself, which
needs a model.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.analysis.quality import distinct_bigrams

PERCENTILES = (1, 99)
FEW = 0.5  # of the answers


@dataclass(frozen=True)
class Variety:
    """`distinct_2` was measured on so many `words`, without the texts `left_out`; `perplexity` is the median.

    Without perplexities that is None, and no text is left out.
    """

    answers: int
    different: int
    distinct_2: float
    words: int
    left_out: int
    perplexity: float | None

    @property
    def is_low(self) -> bool:
        """Whether less than half of the answers are different texts."""
        return self.different < FEW * self.answers


def measure(texts: Sequence[str], perplexities: Sequence[float] | None = None) -> Variety:
    """The variety of the texts, with the perplexity of each where it is known.

    >>> measure(["it rains", "it rains", "it snows"], [2.0, 2.0, 4.0])
    Variety(answers=3, different=2, distinct_2=0.5, words=4, left_out=1, perplexity=2.0)
    """
    kept = list(texts)
    if perplexities is not None and texts:
        low, high = np.percentile(perplexities, PERCENTILES)
        pairs = zip(texts, perplexities, strict=True)
        kept = [text for text, perplexity in pairs if low <= perplexity <= high]
    distinct_2, words = distinct_bigrams.absolute(kept)
    return Variety(
        answers=len(texts),
        different=len({text.strip() for text in texts}),
        distinct_2=distinct_2,
        words=words,
        left_out=len(texts) - len(kept),
        perplexity=None if not perplexities else float(np.median(perplexities)),
    )
