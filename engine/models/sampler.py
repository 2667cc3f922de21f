"""Sampling answers: a plain batched decoder on the model's own key-value cache.

Axes: B rows that have not ended, V vocabulary. Each row draws from a stream of its own, keyed by whole numbers: one
uniform a token, turned into a token by inverse CDF. So a draw does not depend on the other rows of the batch, and
nothing has to be stored to repeat it. Prompts are padded on the left, equal prompts are read once, rows that have
ended leave the batch; where a model's cache bears none of that, rows are read alone or anew (`Decoding`). Left out:
rewards, and which decoding a model bears (`load_checks`).
"""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import numpy as np
import torch
from torch import Tensor
from transformers import DynamicCache

from engine.models.scoring import head_logits, trunk, unwrapped

ROWS = 64  # at once
Decoding = Literal["batched", "alone", "uncached"]
"""Rows padded on the left and dropped as they end; one row after another; or without a cache, each row read anew."""


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
    decoding: Decoding = "batched",
    heartbeat: Callable[[], None] = lambda: None,
) -> list[Sampled]:
    """An answer to each prompt, in their order. Temperature 0 is greedy decoding. `heartbeat` is called per token.

    `decoding` is what the model bears (`load_checks`).
    """
    size = 1 if decoding == "alone" else ROWS
    order = sorted(range(len(prompts)), key=lambda row: (-len(prompts[row]), row))
    answers: dict[int, Sampled] = {}
    for start in range(0, len(order), size):
        part = order[start : start + size]
        draws = np.stack([uniforms(streams[row], max_new_tokens) for row in part])
        rows = KINDS[decoding](unwrapped(model), [prompts[row] for row in part], next(model.parameters()).device)
        with torch.no_grad():
            for step in range(max_new_tokens):
                logits = rows.read()
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
class _Rows(ABC):
    """The rows of one batch while they are sampled; those that have ended are no longer read."""

    causal: Any
    prompts: Sequence[Sequence[int]]
    device: torch.device
    active: Tensor = field(init=False)  # (B,) indices of the rows that have not ended
    tokens: list[list[int]] = field(init=False)
    logps: list[list[float]] = field(init=False)
    finished: list[bool] = field(init=False)

    def __post_init__(self) -> None:
        self.active = torch.arange(len(self.prompts), device=self.device)
        self.tokens, self.logps = [[] for _ in self.prompts], [[] for _ in self.prompts]
        self.finished = [False] * len(self.prompts)

    @abstractmethod
    def read(self) -> Tensor:
        """Logits of the next token of each active row: (B, V)."""

    def append(self, chosen: Tensor, logits: Tensor, stops: Collection[int]) -> None:
        """Append the chosen tokens, and let rows that have ended leave."""
        logps = logits.log_softmax(-1).gather(-1, chosen[:, None])[:, 0]
        ended = []
        for row, token, logp in zip(self.active.tolist(), chosen.tolist(), logps.tolist(), strict=True):
            self.tokens[row].append(token)
            self.logps[row].append(logp)
            self.finished[row] = token in stops
            ended.append(self.finished[row])
        stay = torch.tensor([row for row, over in enumerate(ended) if not over], device=chosen.device).long()
        self.active = self.active[stay]
        self._advance(chosen[stay], stay if any(ended) else None)

    @abstractmethod
    def _advance(self, chosen: Tensor, stay: Tensor | None) -> None:
        """The tokens that the active rows go on with; `stay`: which of the rows they are, where some have left."""

    def answers(self) -> list[Sampled]:
        return [
            Sampled(tuple(tokens), tuple(logps), finished)
            for tokens, logps, finished in zip(self.tokens, self.logps, self.finished, strict=True)
        ]


class _Cached(_Rows):
    """Rows whose keys, values and states are kept: only what is new of them is read."""

    padded = True  # there may be several rows, and padding on the left of them

    def __post_init__(self) -> None:
        super().__post_init__()
        distinct = list(dict.fromkeys(map(tuple, self.prompts)))
        indices = {prompt: index for index, prompt in enumerate(distinct)}
        self.copy_of = [indices[tuple(prompt)] for prompt in self.prompts]  # which of the distinct prompts a row has
        longest = max(len(prompt) for prompt in distinct)
        lengths = torch.tensor([len(prompt) for prompt in distinct], device=self.device)
        padded = [[0] * (longest - len(prompt)) + list(prompt) for prompt in distinct]
        self.ids = torch.tensor(padded, device=self.device)  # (B, L) what the model reads next
        # (B, S) 1 where the cache and `ids` hold a token, 0 on the left padding
        self.attention = (torch.arange(longest, device=self.device) >= longest - lengths[:, None]).long()
        self.cache = DynamicCache(config=self.causal.config.get_text_config())
        self.begun = False

    def read(self) -> Tensor:
        """Each distinct prompt goes through the model once, then every row has its copy."""
        logits = self._forward()
        if self.begun:
            return logits
        self.begun = True
        rows = torch.tensor(self.copy_of, device=self.device)
        self._keep(rows)
        return logits[rows]

    def _forward(self) -> Tensor:
        options: dict[str, Tensor] = {}
        if self.padded:
            options["attention_mask"] = self.attention
            options["position_ids"] = (self.attention.cumsum(-1) - 1).clamp(min=0)[:, -self.ids.shape[1] :]
        below = trunk(self.causal)
        states = below(input_ids=self.ids, cache=self.cache, use_cache=True, **options).last_hidden_state
        return head_logits(self.causal, states[:, -1])

    def _advance(self, chosen: Tensor, stay: Tensor | None) -> None:
        self.ids = chosen[:, None]
        self.attention = torch.nn.functional.pad(self.attention, (0, 1), value=1)
        if stay is not None and len(stay):
            self._keep(stay)

    def _keep(self, rows: Tensor) -> None:
        self.attention = self.attention[rows]
        if self.padded:
            self.cache.reorder_cache(rows)


class _Alone(_Cached):
    """One row: a mask, positions of ours or a cache that is cut would mislead some models with states."""

    padded = False


class _Uncached(_Rows):
    """Rows that are read anew for every token, as `score` reads them: for models whose cache cannot be used."""

    def read(self) -> Tensor:
        rows = [torch.tensor([*self.prompts[row], *self.tokens[row]]) for row in self.active.tolist()]
        ids = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True).to(self.device)
        ends = torch.tensor([len(row) - 1 for row in rows], device=self.device)
        states = trunk(self.causal)(input_ids=ids, use_cache=False).last_hidden_state
        return head_logits(self.causal, states[torch.arange(len(rows), device=self.device), ends])

    def _advance(self, chosen: Tensor, stay: Tensor | None) -> None:
        """Nothing is kept beside the tokens."""


KINDS: dict[Decoding, type[_Rows]] = {"batched": _Cached, "alone": _Alone, "uncached": _Uncached}
