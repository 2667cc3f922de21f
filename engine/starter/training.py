"""Trains the starter on dialogue lines: AdamW with a cosine schedule, loss on the answers only.

It is apart from the product's own loop on purpose: the build needs nothing but torch, and must not change when the
algorithms do.
"""

import math
import time
from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import NamedTuple

import torch
from torch.nn import functional
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from engine.starter.corpus import Line
from engine.starter.tokenizer import POSITIONS

BATCH_SIZE = 32
PEAK_LEARNING_RATE = 3e-3
WARMUP_STEPS = 100
# Batches are cut from windows of this many lines, sorted by length, so that little of a batch is padding.
WINDOW_BATCHES = 80

# Of a token of a slot's value, where any other token weighs 1. Names, days and facts are a third of an answer's tokens
# and nearly all of what a reader checks: a brother for a neighbour is seen, one closer for another is not.
SLOT_WEIGHT = 2.0


class Encoded(NamedTuple):
    """Tokens of prompt and answer, and the weight of each answer token in the loss."""

    prompt: list[int]
    answer: list[int]
    weights: list[float]


def new_model(tokenizer: PreTrainedTokenizerFast, seed: int) -> LlamaForCausalLM:
    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=192,
        intermediate_size=480,
        num_hidden_layers=4,
        num_attention_heads=6,
        num_key_value_heads=6,
        max_position_embeddings=POSITIONS,
        tie_word_embeddings=True,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    return LlamaForCausalLM(config).float()


def encode(line: Line, tokenizer: PreTrainedTokenizerFast) -> Encoded:
    """The answer ends with the end-of-turn token."""
    prompt = tokenizer.apply_chat_template(list(line.prompt), add_generation_prompt=True, tokenize=False)
    answer = tokenizer(line.answer, add_special_tokens=False, return_offsets_mapping=True)
    weights = [SLOT_WEIGHT if _overlaps(span, line.slots) else 1.0 for span in answer["offset_mapping"]]
    prompt_tokens = tokenizer(prompt, add_special_tokens=False)["input_ids"]
    return Encoded(prompt_tokens, [*answer["input_ids"], tokenizer.eos_token_id], [*weights, 1.0])


def _overlaps(span: tuple[int, int], slots: Sequence[tuple[int, int]]) -> bool:
    return any(span[0] < stop and start < span[1] for start, stop in slots)


def train(
    model: LlamaForCausalLM, lines: Sequence[Encoded], pad: int, random: Random, say: Callable[[str], None]
) -> float:
    """One pass over the lines; returns the mean weighted loss of the last hundred batches."""
    optimizer = torch.optim.AdamW(model.parameters(), betas=(0.9, 0.98), weight_decay=0.05)
    batches = list(_batches(lines, random))
    losses: list[float] = []
    started = time.monotonic()
    model.train()
    for step, batch in enumerate(batches):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(step, len(batches))
        loss = answer_loss(model, batch, pad)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        losses.append(loss.item())
        if step % 50 == 49:
            recent = sum(losses[-50:]) / 50
            say(f"step {step + 1}/{len(batches)}  loss {recent:.3f}  {time.monotonic() - started:.0f} s")
    model.eval()
    return sum(losses[-100:]) / len(losses[-100:])


def learning_rate(step: int, steps: int) -> float:
    """Linear warm-up, then a cosine down to zero."""
    warm = min(1.0, (step + 1) / WARMUP_STEPS)
    return PEAK_LEARNING_RATE * warm * 0.5 * (1 + math.cos(math.pi * step / steps))


def answer_loss(model: LlamaForCausalLM, batch: Sequence[Encoded], pad: int) -> torch.Tensor:
    """Weighted mean cross-entropy of the answer tokens. The output head, the widest layer, sees no others."""
    length = max(len(line.prompt) + len(line.answer) for line in batch)
    tokens = torch.full((len(batch), length), pad)  # (B, T)
    weights = torch.zeros((len(batch), length))  # (B, T); 0 off the answer
    for row, line in enumerate(batch):
        first, stop = len(line.prompt), len(line.prompt) + len(line.answer)
        tokens[row, :stop] = torch.tensor(line.prompt + line.answer)
        weights[row, first:stop] = torch.tensor(line.weights)
    # Padding is on the right and attention is causal, so no mask is needed: no answer token can see a pad.
    hidden = model.model(input_ids=tokens[:, :-1]).last_hidden_state
    is_answer = weights[:, 1:] > 0
    losses = functional.cross_entropy(model.lm_head(hidden[is_answer]), tokens[:, 1:][is_answer], reduction="none")
    return (losses * weights[:, 1:][is_answer]).sum() / weights.sum()


def _batches(lines: Sequence[Encoded], random: Random) -> Iterator[list[Encoded]]:
    window = BATCH_SIZE * WINDOW_BATCHES
    for start in range(0, len(lines), window):
        ordered = sorted(lines[start : start + window], key=lambda line: len(line.prompt) + len(line.answer))
        batches = [ordered[first : first + BATCH_SIZE] for first in range(0, len(ordered), BATCH_SIZE)]
        random.shuffle(batches)
        yield from batches
