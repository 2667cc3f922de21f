"""Trains the starter on dialogue lines: AdamW with a cosine schedule, loss on the answers only.

It is apart from the product's own loop on purpose: the build needs nothing but torch, and must not change when the
algorithms do.
"""

import math
import time
from collections.abc import Callable, Iterator, Sequence
from random import Random

import torch
from torch.nn import functional
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from engine.starter.corpus import Line
from engine.starter.tokenizer import POSITIONS

BATCH_SIZE = 64
PEAK_LEARNING_RATE = 3e-3
WARMUP_STEPS = 100
# Batches are cut from windows of this many lines, sorted by length, so that little of a batch is padding.
WINDOW_BATCHES = 40

Encoded = tuple[list[int], list[int]]


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
    """Prompt and answer tokens; the answer ends with the end-of-turn token."""
    prompt = tokenizer.apply_chat_template(list(line.prompt), add_generation_prompt=True, tokenize=False)
    answer = tokenizer(line.answer, add_special_tokens=False)["input_ids"]
    return tokenizer(prompt, add_special_tokens=False)["input_ids"], [*answer, tokenizer.eos_token_id]


def train(
    model: LlamaForCausalLM, lines: Sequence[Encoded], pad: int, random: Random, say: Callable[[str], None]
) -> float:
    """One pass over the lines; returns the mean loss of the last hundred batches."""
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
    """Mean cross-entropy of the answer tokens. The output head, the widest layer, sees those positions only."""
    length = max(len(prompt) + len(answer) for prompt, answer in batch)
    tokens = torch.full((len(batch), length), pad)  # (B, T)
    is_answer = torch.zeros((len(batch), length), dtype=torch.bool)  # (B, T)
    for row, (prompt, answer) in enumerate(batch):
        tokens[row, : len(prompt) + len(answer)] = torch.tensor(prompt + answer)
        is_answer[row, len(prompt) : len(prompt) + len(answer)] = True
    # Padding is on the right and attention is causal, so no mask is needed: no answer token can see a pad.
    hidden = model.model(input_ids=tokens[:, :-1]).last_hidden_state
    predicted = model.lm_head(hidden[is_answer[:, 1:]])
    return functional.cross_entropy(predicted, tokens[:, 1:][is_answer[:, 1:]])


def _batches(lines: Sequence[Encoded], random: Random) -> Iterator[list[Encoded]]:
    window = BATCH_SIZE * WINDOW_BATCHES
    for start in range(0, len(lines), window):
        ordered = sorted(lines[start : start + window], key=lambda line: len(line[0]) + len(line[1]))
        batches = [ordered[first : first + BATCH_SIZE] for first in range(0, len(ordered), BATCH_SIZE)]
        random.shuffle(batches)
        yield from batches
