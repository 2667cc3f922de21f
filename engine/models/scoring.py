"""Log-probabilities of responses under a causal language model: the only way from tokens to what algorithms see.

Axes: R responses, T tokens of the longest, N response tokens of one pass, H width, V vocabulary. Only positions that
predict a response token reach the language-model head, in chunks. Rows are padded on the right and tracked by length,
never by a pad id. Rows of unlike length go through the model apart.
Models stay in eval mode, also in training: with dropout, policy and reference would differ at step 0.
Left out: sampling (`sampler`), and what the reference's values are kept in (`reference`).
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.utils.checkpoint import checkpoint

from engine.data.templates import Encoded
from engine.maths import logprobs
from engine.models.packing import Packed, pack, shared

PADDING_SHARE = 0.25  # of the real tokens of a pass
PASS_TOKENS = 2**14  # with padding
CHUNK = 512  # positions
CAPS = ("final_logit_softcapping", "logits_soft_cap", "output_logit_soft_cap")  # of Gemma, RecurrentGemma, xLSTM
KEPT_LOGITS = 2**26  # numbers of a pass (256 MB); beyond, logits are computed again in the backward pass


class Scores(NamedTuple):
    """What a model says about each response token; 0 or False off the mask."""

    logps: Tensor  # (R, T), with grad where the model has it
    mask: Tensor  # (R, T) bool
    entropy: Tensor | None = None  # (R, T) detached, nats
    hits: Tensor | None = None  # (R, T) bool, the token was the most likely one
    values: Tensor | None = None  # (R, T), what a value head makes of the state before the token, with grad


def score(
    model: Any,
    encoded: Sequence[Encoded],
    *,
    details: bool = False,
    share: bool = False,
    temperature: float = 1.0,
    value_head: Any = None,
) -> Scores:
    """Log-probs of the responses given their prompts, in the order given; `details` adds entropy and hits.

    `temperature`: what logits are divided by, as in the sampler. `share`: neighbours that answer the same prompt go
    through the model in one row (`packing`). `value_head` adds what it makes of the states that responses are predicted
    from.
    """
    device = _device(model)
    mask = response_mask(encoded).to(device)
    logps = torch.zeros(mask.shape, device=device)
    entropy = torch.zeros(mask.shape, device=device) if details else None
    hits = torch.zeros(mask.shape, dtype=torch.bool, device=device) if details else None
    values = torch.zeros(mask.shape, device=device) if value_head is not None else None
    for packed in packed_passes(encoded, share, device):
        part = _read(model, packed, details, temperature, value_head)  # (N,) each
        index = (packed.response, packed.token)
        logps = logps.index_put(index, part.logps)
        if entropy is not None and hits is not None:
            entropy[index], hits[index] = part.entropy, part.hits
        if values is not None:
            values = values.index_put(index, part.values)
    return Scores(logps, mask, entropy, hits, values)


def head_values(model: Any, head: Any, encoded: Sequence[Encoded], *, share: bool = False) -> Tensor:
    """What a value head says of each response token, as in `score`; no log-prob is computed: (R, T), 0 off the mask."""
    device = _device(model)
    values = torch.zeros(response_mask(encoded).shape, device=device)
    for packed in packed_passes(encoded, share, device):
        below = trunk(unwrapped(model)) if head.trunk is None else head.trunk
        values = values.index_put((packed.response, packed.token), head(response_states(below, packed)))
    return values


def last_outputs(model: Any, head: Any, encoded: Sequence[Encoded]) -> Tensor:
    """What a scalar head makes of the last token of each response: (R,), with grad."""
    device = _device(model)
    outputs = torch.zeros(len(encoded), device=device)
    for rows in passes([len(pair.prompt) + len(pair.response) for pair in encoded]):
        ids = [torch.tensor(encoded[row].prompt + encoded[row].response) for row in rows]
        padded = torch.nn.utils.rnn.pad_sequence(ids, batch_first=True).to(device)
        states = trunk(unwrapped(model))(input_ids=padded, use_cache=False).last_hidden_state  # (B, L, H)
        ends = torch.tensor([len(row) - 1 for row in ids], device=device)
        last = states[torch.arange(len(rows), device=device), ends]
        outputs = outputs.index_put((torch.tensor(rows, device=device),), head(last))
    return outputs


def score_one_by_one(
    model: Any, encoded: Sequence[Encoded], *, details: bool = False, value_head: Any = None
) -> Scores:
    """As `score`, each response in a pass of its own: its values then do not depend on what is scored beside it.

    So equal models give equal numbers, bit for bit, and a difference of 0 is a true tie.
    """
    scores = [score(model, [pair], details=details, value_head=value_head) for pair in encoded]
    columns = [None if column[0] is None else _stacked(column) for column in zip(*scores, strict=True)]
    return Scores(*columns)


def _stacked(rows: Sequence[Tensor]) -> Tensor:
    """(1, t) tensors of unlike t as one (R, T), padded with zeros."""
    return torch.nn.utils.rnn.pad_sequence([row[0] for row in rows], batch_first=True)


def response_mask(encoded: Sequence[Encoded]) -> Tensor:
    """(R, T) bool: where the padded responses have a token."""
    lengths = torch.tensor([len(pair.response) for pair in encoded])
    return torch.arange(int(lengths.max())) < lengths[:, None]


def passes(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Rows that go through the model together: the longest first, while little of a pass is padding.

    >>> list(passes([10, 3, 9, 3]))
    [[0, 2], [1, 3]]
    """
    order = sorted(range(len(lengths)), key=lambda row: (-lengths[row], row))
    while order:
        longest, real, count = lengths[order[0]], 0, 0
        for row in order:
            size, filled = (count + 1) * longest, real + lengths[row]
            if count and (size > PASS_TOKENS or size - filled > PADDING_SHARE * filled):
                break
            real, count = filled, count + 1
        yield order[:count]
        order = order[count:]


def head_logits(causal: Any, hidden: Tensor) -> Tensor:
    """Logits from the last hidden states, as the model's own forward computes them: (N, H) -> (N, V), float32.

    `load` compares this with the model's own logits once, so an unknown kind of head is refused and never misread.
    """
    logits = causal.get_output_embeddings()(hidden).float()
    config = causal.config.get_text_config()
    if hasattr(config, "logits_scaling"):  # Granite
        logits = logits / config.logits_scaling
    if getattr(config, "logit_scale", None) is not None:  # Cohere
        logits = logits * config.logit_scale
    cap = next((getattr(config, name) for name in CAPS if hasattr(config, name)), None)
    return logits if cap is None else torch.tanh(logits / cap) * cap


def unwrapped(model: Any) -> Any:
    """The causal language model inside a LoRA wrapper; its layers keep their adapters."""
    return model.get_base_model() if hasattr(model, "get_base_model") else model


def trunk(causal: Any) -> Any:
    """The model below the language-model head."""
    below = causal.base_model
    return below if below is not causal else causal.model  # Llama 4 names its trunk as it is called elsewhere


class _TokenScores(NamedTuple):
    """Of each response token of a pass: (N,) each."""

    logps: Tensor
    entropy: Tensor | None
    hits: Tensor | None
    values: Tensor | None


def _device(model: Any) -> torch.device:
    return next(model.parameters()).device


def packed_passes(encoded: Sequence[Encoded], share: bool, device: torch.device) -> Iterator[Packed]:
    """The passes that all responses together take."""
    rows = shared(encoded) if share else [[index] for index in range(len(encoded))]
    lengths = [len(encoded[row[0]].prompt) + sum(len(encoded[index].response) for index in row) for row in rows]
    for numbers in passes(lengths):
        yield pack(encoded, [rows[number] for number in numbers]).to(device)


def response_states(below: Any, packed: Packed) -> Tensor:
    """The last hidden states that response tokens are predicted from: (N, H)."""
    states = below(input_ids=packed.ids, use_cache=False, **packed.options).last_hidden_state  # (B, L, H)
    # Answers to one prompt begin from one state. Plain indexing adds their gradients in whatever order threads come to
    # them, and a run would not repeat bit for bit; a lookup adds them in the order of the answers.
    return torch.nn.functional.embedding(packed.row * states.shape[1] + packed.position, states.flatten(0, 1))


def _read(model: Any, packed: Packed, details: bool, temperature: float, value_head: Any) -> _TokenScores:
    causal = unwrapped(model)
    hidden = response_states(trunk(causal), packed)
    recompute = torch.is_grad_enabled() and len(hidden) * causal.config.get_text_config().vocab_size > KEPT_LOGITS
    chunks = []
    for chunk, target in zip(hidden.split(CHUNK), packed.target.split(CHUNK), strict=True):
        if recompute:
            chunks.append(checkpoint(_chunk, causal, chunk, target, details, temperature, use_reentrant=False))
        else:
            chunks.append(_chunk(causal, chunk, target, details, temperature))
    logps, entropy, hits = zip(*chunks, strict=True)
    if value_head is not None and value_head.trunk is not None:
        hidden = response_states(value_head.trunk, packed)
    return _TokenScores(
        torch.cat(logps),
        torch.cat(entropy) if details else None,
        torch.cat(hits) if details else None,
        None if value_head is None else value_head(hidden),
    )


def _chunk(
    causal: Any, hidden: Tensor, target: Tensor, details: bool, temperature: float
) -> tuple[Tensor, Tensor | None, Tensor | None]:
    logits = head_logits(causal, hidden) / temperature
    logps = logprobs.token_logps(logits, target)
    if not details:
        return logps, None, None
    with torch.no_grad():
        return logps, logprobs.entropy(logits), logits.argmax(-1) == target
