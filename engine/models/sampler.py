"""Sampling answers: a plain batched decoder on the model's own key-value cache.

Axes: B rows that have not ended, V vocabulary. Each row draws from a stream of its own, keyed by whole numbers: one
uniform a token, turned into a token by inverse CDF. So a draw does not depend on the other rows of the batch, and
nothing has to be stored to repeat it. Prompts are padded on the left, equal prompts are read once, rows that have
ended leave the batch. Left out: rewards.
"""

import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor
from transformers import DynamicCache

from engine.models.scoring import head_logits, unwrapped

ROWS = 64  # at once


class Sampled(NamedTuple):
    """One answer. `logps` are at the temperature it was sampled with (1 for the likeliest tokens), before top_p."""

    tokens: tuple[int, ...]  # with the one that ended it
    logps: tuple[float, ...]
    finished: bool  # false where the limit cut it

    @property
    def empty(self) -> bool:
        """Whether it ended before it said anything."""
        return self.finished and len(self.tokens) == 1


def uniforms(stream: Sequence[int], count: int) -> np.ndarray:
    """The first `count` numbers in [0, 1) of a stream. Counter-based (Philox), keyed by a hash of the whole key."""
    digest = hashlib.sha256(",".join(map(str, stream)).encode()).digest()
    return np.random.Generator(np.random.Philox(key=int.from_bytes(digest[:16], "little"))).random(count)


def sample(
    model: Any,
    prompts: Sequence[Sequence[int]],
    streams: Sequence[Sequence[int]],
    *,
    stops: Collection[int],
    max_new_tokens: int,
    temperature: float = 1.0,
    top_p: float = 1.0,
    heartbeat: Callable[[], None] = lambda: None,
) -> list[Sampled]:
    """An answer to each prompt, in their order. Temperature 0 is greedy decoding. `heartbeat` is called per token."""
    order = sorted(range(len(prompts)), key=lambda row: (-len(prompts[row]), row))
    answers: dict[int, Sampled] = {}
    for start in range(0, len(order), ROWS):
        part = order[start : start + ROWS]
        draws = np.stack([uniforms(streams[row], max_new_tokens) for row in part])
        rows = _Rows.begin(model, [prompts[row] for row in part])
        with torch.no_grad():
            for step in range(max_new_tokens):
                logits = rows.first() if step == 0 else rows.read()
                uniform = torch.from_numpy(draws[rows.active.tolist(), step]).to(logits.device)
                rows.append(choose(logits, uniform, temperature, top_p), logits / (temperature or 1.0), stops)
                heartbeat()
                if not len(rows.active):
                    break
        answers |= dict(zip(part, rows.answers(), strict=True))
    return [answers[row] for row in range(len(prompts))]


def choose(logits: Tensor, uniform: Tensor, temperature: float, top_p: float) -> Tensor:
    """The token whose share of the cumulative distribution holds the row's uniform: (B, V), (B,) -> (B,).

    >>> logits = torch.tensor([[0.5, 0.25, 0.25]]).log().repeat(3, 1)
    >>> choose(logits, torch.tensor([0.49, 0.51, 0.99], dtype=torch.float64), 1.0, 1.0).tolist()
    [0, 1, 2]
    """
    if temperature == 0:
        return logits.argmax(-1)
    probabilities = (logits.double() / temperature).softmax(-1)
    if top_p < 1:
        probabilities = nucleus(probabilities, top_p)
    cumulative = probabilities.cumsum(-1)
    tokens = torch.searchsorted(cumulative, (uniform * cumulative[:, -1])[:, None], right=True)[:, 0]
    return tokens.clamp(max=logits.shape[-1] - 1)


def nucleus(probabilities: Tensor, top_p: float) -> Tensor:
    """Zero all but the likeliest tokens that together hold at least `top_p` (arXiv:1904.09751): (B, V) -> (B, V).

    >>> nucleus(torch.tensor([[0.2, 0.5, 0.3]]), 0.6).tolist()
    [[0.0, 0.5, 0.30000001192092896]]
    """
    ranked, index = probabilities.sort(dim=-1, descending=True, stable=True)
    before = ranked.cumsum(-1) - ranked
    return probabilities.masked_fill((before >= top_p).gather(-1, index.argsort(-1)), 0.0)


@dataclass
class _Rows:
    """The rows of one batch while they are sampled; those that have ended are no longer in the cache."""

    causal: Any
    cache: DynamicCache
    ids: Tensor  # (B, L) what the model reads next
    attention: Tensor  # (B, S) 1 where the cache and `ids` hold a token, 0 on the left padding
    active: Tensor  # (B,) indices in `tokens` of the rows that have not ended
    tokens: list[list[int]]
    logps: list[list[float]]
    finished: list[bool] = field(default_factory=list)
    copy_of: list[int] = field(default_factory=list)  # which of the distinct prompts in `ids` a row starts from

    @classmethod
    def begin(cls, model: Any, prompts: Sequence[Sequence[int]]) -> "_Rows":
        causal = unwrapped(model)
        device = next(model.parameters()).device
        distinct = list(dict.fromkeys(map(tuple, prompts)))
        indices = {prompt: index for index, prompt in enumerate(distinct)}
        copy_of = [indices[tuple(prompt)] for prompt in prompts]
        longest = max(len(prompt) for prompt in distinct)
        ids = torch.tensor([[0] * (longest - len(prompt)) + list(prompt) for prompt in distinct], device=device)
        lengths = torch.tensor([len(prompt) for prompt in distinct], device=device)
        attention = (torch.arange(longest, device=device) >= longest - lengths[:, None]).long()
        count = len(prompts)
        cache = DynamicCache(config=causal.config.get_text_config())
        rows = torch.arange(count, device=device)
        empty: list[list[Any]] = [[] for _ in range(2 * count)]
        return cls(causal, cache, ids, attention, rows, empty[:count], empty[count:], [False] * count, copy_of)

    def first(self) -> Tensor:
        """As `read`, for the prompts: each distinct one goes through the model once, then every row has its copy."""
        logits = self.read()
        rows = torch.tensor(self.copy_of, device=logits.device)
        self.cache.batch_select_indices(rows)
        self.attention = self.attention[rows]
        return logits[rows]

    def read(self) -> Tensor:
        """Logits of the next token of each active row: (B, V). The new keys and values join the cache."""
        positions = (self.attention.cumsum(-1) - 1).clamp(min=0)[:, -self.ids.shape[1] :]
        states = self.causal.base_model(
            input_ids=self.ids,
            attention_mask=self.attention,
            position_ids=positions,
            cache=self.cache,
            use_cache=True,
        ).last_hidden_state
        return head_logits(self.causal, states[:, -1])

    def append(self, chosen: Tensor, logits: Tensor, stops: Collection[int]) -> None:
        """Append the chosen tokens, and let rows that have ended leave."""
        logps = logits.log_softmax(-1).gather(-1, chosen[:, None])[:, 0]
        ended = []
        for row, token, logp in zip(self.active.tolist(), chosen.tolist(), logps.tolist(), strict=True):
            self.tokens[row].append(token)
            self.logps[row].append(logp)
            self.finished[row] = token in stops
            ended.append(self.finished[row])
        self.ids = chosen[:, None]
        self.attention = torch.nn.functional.pad(self.attention, (0, 1), value=1)
        if any(ended):
            stay = torch.tensor([row for row, over in enumerate(ended) if not over], device=chosen.device).long()
            self.active, self.ids, self.attention = self.active[stay], self.ids[stay], self.attention[stay]
            self.cache.batch_select_indices(stay)

    def answers(self) -> list[Sampled]:
        return [
            Sampled(tuple(tokens), tuple(logps), finished)
            for tokens, logps, finished in zip(self.tokens, self.logps, self.finished, strict=True)
        ]
