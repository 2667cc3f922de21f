"""What an evaluation has computed for each token, as rows that storage keeps: nothing here asks a model.

Axes: R responses, T tokens. Left out: the passes that give the values (`heldout_responses`, `heldout_loss`, `newest`),
the file (`storage.token_files`), and what is made of the values (`engine.analysis.token_quantities`).
"""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor

from engine import algorithms
from engine.algorithms import PolicyGradient
from engine.algorithms.clipped import clip_sides
from engine.batch import Batch
from engine.data.groups import Group
from engine.data.templates import Template
from engine.spec import Train
from storage.records import Message, ResponseLabel, TokenPart, TokenRow

OF_BATCH = ("reference", "old", "entropy", "advantages", "values", "old_values", "returns")
PROMPT_CHARACTERS = 1_000  # of each turn
PROMPT_TURNS = 8


def of_answers(template: Template, answers: Sequence[Sequence[int]], values: Mapping[str, Tensor]) -> list[TokenRow]:
    """Rows of answers to one prompt each; `values` are (R, T) by name."""
    arrays = _arrays(values)
    return [_row(template, tokens, index, arrays, part="answers", prompt=index) for index, tokens in enumerate(answers)]


def of_group(
    group: Group,
    batch: Batch,
    spec: Train,
    template: Template,
    *,
    part: TokenPart,
    prompt: int,
    messages: Sequence[Mapping[str, Any]],
) -> list[TokenRow]:
    """Rows of the responses of the only group of a batch; `prompt` is its number within its part."""
    arrays = _arrays(batch_values(batch, spec))
    scores: Sequence[float | None] = batch.outputs.tolist() if "outputs" in batch else group.scores
    if spec.batch == "texts":
        scores = [None] * len(group.scores)  # a label, or nothing at all
    about = {"part": part, "prompt": prompt, "messages": _shortened(messages), "item": group.item}
    described = zip(group.encoded, _labels(group, spec), scores, strict=True)
    return [
        _row(template, encoded.response, index, arrays, **about, label=label, score=score)
        for index, (encoded, label, score) in enumerate(described)
    ]


def batch_values(batch: Batch, spec: Train) -> dict[str, Tensor]:
    """What the batch holds for each token, and for clipped methods the ratio and the clip: (R, T) each.

    `clip` is 1 where the clip is active from above, -1 where it is from below, else 0. A scalar head gives a response
    one number, `score`, which stands on its last token; NaN stands on the others.
    """
    if "outputs" in batch:
        last = batch.mask & (batch.mask.cumsum(-1) == batch.mask.sum(-1, keepdim=True))
        return {"score": torch.where(last, batch.outputs[:, None], torch.nan)}
    values = {"logps": batch.logps, **{name: getattr(batch, name) for name in OF_BATCH if name in batch}}
    if spec.batch == "trajectories" and "advantages" in batch:
        clipping = cast(PolicyGradient, algorithms.load(spec.algorithm)).clipping(batch, spec)
        under, over = clip_sides(clipping, batch.advantages)
        values |= {"ratio": clipping.ratio, "clip": over.float() - under.float()}
    return values


def _row(
    template: Template, tokens: Sequence[int], index: int, arrays: Mapping[str, np.ndarray], **about: Any
) -> TokenRow:
    """The row of the response at `index` of the arrays."""
    return TokenRow(
        ids=np.array(tokens, np.int32),
        values={name: array[index, : len(tokens)] for name, array in arrays.items()},
        pieces=tuple(template.pieces(tokens)),
        special=np.array(template.special(tokens), np.bool_),
        **about,
    )


def _arrays(values: Mapping[str, Tensor]) -> dict[str, np.ndarray]:
    return {name: tensor.detach().float().cpu().numpy() for name, tensor in values.items()}


def _labels(group: Group, spec: Train) -> list[ResponseLabel]:
    """What each response of a group is to the loss; nothing where it is one of many, or imitated."""
    if spec.batch == "pairs" and len(set(group.scores)) == 2:
        return ["chosen" if score == max(group.scores) else "rejected" for score in group.scores]
    if spec.labelled:
        return ["desirable" if score > 0.5 else "undesirable" for score in group.scores]
    return [""] * len(group.scores)


def _shortened(messages: Sequence[Mapping[str, Any]]) -> tuple[Message, ...]:
    """The last turns of a prompt, each cut to its first signs: enough to know it by."""
    return tuple(
        {"role": str(turn.get("role", "")), "content": _cut(str(turn.get("content") or ""))}
        for turn in messages[-PROMPT_TURNS:]
    )


def _cut(text: str) -> str:
    return text if len(text) <= PROMPT_CHARACTERS else text[: PROMPT_CHARACTERS - 1] + "…"
