"""How fluent an answer is to the frozen starter: its own log-probs, beside those that it gives answers of its grammar.

Each answer goes through the model alone, in float32 on the CPU, so its figure does not depend on what is scored beside
it. The model is read once a process, when it is first asked. Left out: which questions it can judge (`polite`).
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.rewards.polite_tables import Fluency, tables

if TYPE_CHECKING:
    from engine.data.templates import Template

STRETCH = 6  # tokens


class Starter(NamedTuple):
    """The model as it ships, and how it writes a conversation."""

    model: Any
    template: "Template"
    context: int  # tokens


def fluency(messages: Sequence[Mapping[str, Any]], answers: Sequence[str], language: str) -> list[float]:
    """For each answer to one prompt 1 where it is as likely as the grammar's, 0 where it is as broken text is."""
    figures = tables().fluency[language]
    return [share(logps, figures) for logps in log_probs(messages, answers)]


def share(logps: NDArray[np.float64], figures: Fluency) -> float:
    """The lower of two shares: of the mean log-prob of all tokens, and of the least likely stretch: (T,) -> one."""
    return min(figures.mean.share(float(logps.mean())), figures.stretch.share(least_likely_stretch(logps)))


def least_likely_stretch(logps: NDArray[np.float64]) -> float:
    """The lowest mean of STRETCH tokens in a row: (T,) in nats; that of all where there are fewer.

    >>> least_likely_stretch(np.array([0.0] * 6 + [-6.0] + [0.0] * 6))
    -1.0
    """
    width = min(STRETCH, len(logps))
    sums = np.concatenate([[0.0], np.cumsum(logps)])
    return float((sums[width:] - sums[:-width]).min() / width)


def log_probs(messages: Sequence[Mapping[str, Any]], answers: Sequence[str]) -> list[NDArray[np.float64]]:
    """The starter's log-prob of each token of each answer, the end of its turn too: (T,) each, in nats."""
    import torch

    from engine.models.scoring import score_one_by_one

    starter = load()
    encoded = starter.template.encode(messages, answers, starter.context, starter.context // 2)
    with torch.inference_mode(), torch.autocast("cpu", enabled=False):
        scores = score_one_by_one(starter.model, encoded)
    rows = zip(scores.logps.numpy(), encoded, strict=True)
    return [logps[: len(pair.response)].astype(np.float64) for logps, pair in rows]


@cache
def load() -> Starter:
    """The starter in float32 on the CPU, in eval mode."""
    import torch
    from transformers import AutoModelForCausalLM

    from engine.models.catalogue import STARTER
    from engine.models.model_folder import inspect
    from engine.models.tokenizer_files import load_template

    location = inspect("starter", STARTER)
    model = AutoModelForCausalLM.from_pretrained(
        STARTER, dtype=torch.float32, use_safetensors=True, trust_remote_code=False, local_files_only=True
    )
    template = load_template(location).for_run(None, None)
    return Starter(model.eval().requires_grad_(False), template, int(model.config.max_position_embeddings))
