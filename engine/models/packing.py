"""Answers to one prompt in one row: [prompt, answer, answer, ...], so that the prompt goes through the model once.

Axes: B rows, L positions. Positions start again after the prompt for every answer, and an answer sees the prompt and
itself only: to the model each looks as it would alone. The mask is float (0 or the least number), which every attention
kernel of transformers reads alike; some misread a boolean one silently. This mask replaces the model's own, so answers
are not packed for models with a window. Left out: the arithmetic (`scoring`).
"""

from collections.abc import Sequence
from itertools import groupby
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from engine.data.templates import Encoded

PROMPT, PADDING = 0, -1


class Packed(NamedTuple):
    """The rows of one pass, padded on the right, and where in them response tokens are predicted: (N,) each.

    `options` is what the model needs beside the ids: nothing where every row holds a single answer, since attention is
    causal and padding stands at the end.
    """

    ids: Tensor  # (B, L)
    options: dict[str, Tensor]
    row: Tensor
    position: Tensor  # one before the token stands; a response's first token is predicted by the prompt's last
    response: Tensor  # index of the response
    token: Tensor  # its place in the response
    target: Tensor  # its id

    def to(self, device: torch.device) -> "Packed":
        options = {name: value.to(device) for name, value in self.options.items()}
        return Packed(self.ids.to(device), options, *(values.to(device) for values in self[2:]))


def shared(encoded: Sequence[Encoded]) -> list[list[int]]:
    """Neighbours that answer the same prompt, as lists of their indices.

    >>> shared([Encoded((1, 2), (3,)), Encoded((1, 2), (4,)), Encoded((5,), (6,))])
    [[0, 1], [2]]
    """
    runs = groupby(range(len(encoded)), key=lambda index: encoded[index].prompt)
    return [list(run) for _, run in runs]


def pack(encoded: Sequence[Encoded], rows: Sequence[Sequence[int]]) -> Packed:
    """Lay out the responses, a row for each list of indices, all of whose responses answer the same prompt."""
    ids, positions, segments, targets = [], [], [], []
    for number, members in enumerate(rows):
        prompt = encoded[members[0]].prompt
        row, position, segment = list(prompt), list(range(len(prompt))), [PROMPT] * len(prompt)
        for index, member in enumerate(members, start=1):
            response, begin = encoded[member].response, len(row)
            row += response
            position += range(len(prompt), len(prompt) + len(response))
            segment += [index] * len(response)
            for token, target in enumerate(response):
                targets.append((number, begin + token - 1 if token else len(prompt) - 1, member, token, target))
        ids.append(torch.tensor(row))
        positions.append(torch.tensor(position))
        segments.append(torch.tensor(segment))
    options = {}
    if any(len(members) > 1 for members in rows):
        options["position_ids"] = pad_sequence(positions, batch_first=True)
        options["attention_mask"] = visible(pad_sequence(segments, batch_first=True, padding_value=PADDING))
    return Packed(pad_sequence(ids, batch_first=True), options, *torch.tensor(targets).unbind(1))


def visible(segments: Tensor) -> Tensor:
    """What each position may look at, as numbers to add to attention scores: (B, L) -> (B, 1, L, L).

    >>> visible(torch.tensor([[PROMPT, 1, 2, PADDING]]))[0, 0].isfinite().long().sum().item()
    16
    >>> (visible(torch.tensor([[PROMPT, 1, 2, PADDING]]))[0, 0] == 0).long().tolist()
    [[1, 0, 0, 0], [1, 1, 0, 0], [1, 0, 1, 0], [1, 0, 0, 1]]
    """
    query, key = segments[:, :, None], segments[:, None, :]
    length = segments.shape[1]
    earlier = torch.ones(length, length, dtype=torch.bool).tril()
    allowed = earlier & ((key == PROMPT) | (key == query))
    return torch.zeros(allowed.shape).masked_fill(~allowed, torch.finfo(torch.float32).min)[:, None]


def has_window(model: Any) -> bool:
    """Whether some layer looks back only so far: the mask of a packed row would take its window away."""
    config = model.config.get_text_config().to_dict()
    layers = config.get("layer_types") or config.get("attention_layers") or []
    return config.get("sliding_window") is not None or any(kind not in ("full_attention", "global") for kind in layers)
