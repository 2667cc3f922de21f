"""Measures a starter by what it answers to the held-out prompts: politeness, length and whether it ends at all.

A plain sampler on top of transformers' `generate`, so that the build does not depend on the product's own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

import torch
from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

from engine.rewards import polite
from engine.starter.datasets import Item

NEW_TOKENS = 64
CHUNK = 50


@dataclass(frozen=True)
class Answers:
    """What a model said to the prompts, in their order; `None` for top_p means greedy."""

    texts: list[str]
    scores: list[float]
    truncated: list[bool]


@dataclass(frozen=True)
class Figures:
    """The averages of some answers."""

    answers: int
    mean: float
    share_over_half: float
    truncated: float
    distinct: float

    def rounded(self) -> dict[str, float]:
        return {key: round(value, 3) for key, value in asdict(self).items()}


def answer_all(
    model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast, items: Sequence[Item], top_p: float | None, seed: int
) -> Answers:
    """One answer to every item, sampled at temperature 1, or greedy where `top_p` is None."""
    torch.manual_seed(seed)
    tokens = [row for chunk in _chunks(items) for row in _generate(model, tokenizer, chunk, top_p)]
    texts = tokenizer.batch_decode(tokens, skip_special_tokens=True)
    scores = [
        polite.score(item["prompt"], [text], [{"topic": item["topic"]}])["polite"][0]
        for item, text in zip(items, texts, strict=True)
    ]
    return Answers(texts, scores, [tokenizer.eos_token_id not in row for row in tokens])


def figures(answers: Answers) -> Figures:
    count = len(answers.texts)
    return Figures(
        answers=count,
        mean=sum(answers.scores) / count,
        share_over_half=sum(score > 0.5 for score in answers.scores) / count,
        truncated=sum(answers.truncated) / count,
        distinct=len(set(answers.texts)) / count,
    )


def pick(answers: Answers, selection: Sequence[bool]) -> Answers:
    """The answers marked as wanted, for figures of a part such as one language."""
    chosen = [at for at, keep in enumerate(selection) if keep]
    return Answers(
        [answers.texts[at] for at in chosen],
        [answers.scores[at] for at in chosen],
        [answers.truncated[at] for at in chosen],
    )


def _chunks(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]


def _generate(
    model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast, items: Sequence[Item], top_p: float | None
) -> list[list[int]]:
    chats = [item["prompt"] for item in items]
    prompts = tokenizer.apply_chat_template(chats, add_generation_prompt=True, tokenize=False)
    batch = tokenizer(prompts, add_special_tokens=False, padding=True, padding_side="left", return_tensors="pt")
    sampling = {"do_sample": True, "temperature": 1.0, "top_k": 0, "top_p": top_p} if top_p else {"do_sample": False}
    with torch.inference_mode():
        rows = model.generate(
            input_ids=batch["input_ids"], attention_mask=batch["attention_mask"], max_new_tokens=NEW_TOKENS, **sampling
        )
    return rows[:, batch["input_ids"].shape[1] :].tolist()
