"""The figures of sampled answers to held-out prompts: means with their intervals, by metric.

Answers of one prompt are alike, so intervals are over prompts. Left out: sampling and scoring (`heldout_responses`,
`end_evaluation`), and the arithmetic of an interval (`engine.analysis.intervals`).
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean
from typing import NamedTuple

from engine.analysis import thinking
from engine.analysis.intervals import ClusteredMean, clustered_mean
from engine.analysis.quality import distinct_bigrams
from engine.data.templates import Template
from storage.records import Interval, Item, Sample


class Answer(NamedTuple):
    """One sampled answer to a held-out prompt."""

    item: Item
    prompt_index: int
    number: int  # of the answers to this prompt
    tokens: tuple[int, ...]
    text: str
    finished: bool
    reward: float
    scores: Mapping[str, float]  # by part of the reward
    kl: float  # KL(pi || ref) along it, summed over its tokens, in nats
    log_ratio: float  # log pi - log ref, summed likewise
    reference: float  # log ref, summed

    def sample(self, step: int) -> Sample:
        """The row that storage keeps of it; the lease that stores it knows run and attempt."""
        return Sample(
            run_id="",
            attempt=0,
            step=step,
            prompt_index=self.prompt_index,
            sample_index=self.number,
            messages=self.item.messages,
            text=self.text,
            scores=dict(self.scores),
            tokens=len(self.tokens),
            finished=self.finished,
            reward=self.reward,
            kl=self.log_ratio,
        )


@dataclass
class Figures:
    """Metrics by key, and the interval of each that is a mean over two prompts or more."""

    metrics: dict[str, float] = field(default_factory=dict)
    intervals: dict[str, Interval] = field(default_factory=dict)

    def add(self, key: str, mean: ClusteredMean, scale: Callable[[float], float] = lambda value: value) -> None:
        """Take in a mean; `scale` is what its metric makes of it, a function that grows."""
        self.metrics[key] = scale(mean.mean)
        if mean.low is not None and mean.high is not None:
            low, high = scale(mean.low), scale(mean.high)
            if math.isfinite(high - low):
                self.intervals[key] = Interval(low, high, mean.clusters, mean.values)

    def __or__(self, other: "Figures") -> "Figures":
        return Figures(self.metrics | other.metrics, self.intervals | other.intervals)


def figures(answers: Sequence[Answer], template: Template, prefix: str) -> Figures:
    """What answers say of the policy that gave them; `prefix` is that of the keys: eval or final."""
    found, prompts = Figures(), [answer.prompt_index for answer in answers]

    def mean(name: str, values: Sequence[float], *, share: bool = False) -> None:
        found.add(f"{prefix}/{name}", clustered_mean(values, prompts, share=share))

    mean("reward", [answer.reward for answer in answers])
    for part in answers[0].scores:
        mean(f"rewards/{part}", [answer.scores[part] for answer in answers])
    mean("length", [len(answer.tokens) for answer in answers])
    lengths = answer_lengths([answer.text for answer in answers], template)
    closed = [(length, prompt) for length, prompt in zip(lengths, prompts, strict=True) if length is not None]
    if closed:
        found.add(f"{prefix}/answer_length", clustered_mean(*zip(*closed, strict=True)))
    variety = distinct_bigrams.fixed([answer.text for answer in answers])
    if variety is not None:
        found.metrics[f"{prefix}/distinct_2"] = variety
    mean("clipped_ratio", [float(not answer.finished) for answer in answers], share=True)
    mean("kl", [answer.kl for answer in answers])
    mean("kl_sampled", [answer.log_ratio for answer in answers])
    tokens = [len(answer.tokens) for answer in answers]
    surprise = [-answer.reference / len(answer.tokens) for answer in answers]
    found.add(f"{prefix}/reference_perplexity", clustered_mean(surprise, prompts, weights=tokens), _perplexity)
    return found


def answer_lengths(texts: Sequence[str], template: Template) -> list[int | None]:
    """Tokens, the end of the turn too, of answers after their thinking; None where no block is closed."""
    thoughts = map(thinking.split, texts)
    return [None if thought.thinking is None else len(template.encode_response(thought.answer)) for thought in thoughts]


def mean_answer_length(key: str, texts: Sequence[str], template: Template) -> dict[str, float]:
    """The mean of these lengths as a metric; nothing where no block is closed."""
    lengths = [length for length in answer_lengths(texts, template) if length is not None]
    return {key: fmean(lengths)} if lengths else {}


def _perplexity(surprise: float) -> float:
    try:
        return math.exp(surprise)
    except OverflowError:
        return math.inf
