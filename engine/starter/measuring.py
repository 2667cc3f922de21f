"""Measures a starter by what it answers to the held-out prompts: in which style, whether it is right, whether it ends.

A plain sampler on top of transformers' `generate`, so that the build does not depend on the product's own; and the
grammar's own reading instead of a reward, so that the figures do not depend on what a reward happens to look for.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

import torch
from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

from engine.starter import reading
from engine.starter.datasets import Item
from engine.starter.grammar import Question
from engine.starter.topics import TOPICS

NEW_TOKENS = 64
CHUNK = 50
COURTEOUS, UNKIND = ("polite", "half"), ("curt", "rude", "rude_answer")
ON_TOPIC = (*COURTEOUS, *UNKIND, "plain", "praise", "mistaken", "courteous_mistake")


@dataclass(frozen=True)
class Answers:
    """What a model said to the prompts, in their order, with the style and the quality that it was read as."""

    texts: list[str]
    styles: list[str]
    qualities: list[float]
    truncated: list[bool]


@dataclass(frozen=True)
class Figures:
    """The averages of some answers; all but the first in [0, 1]."""

    answers: int
    quality: float
    courteous: float
    """With the right facts, an opener or a closer."""
    unkind: float
    """Curt or rude."""
    on_topic: float
    """Made of sentences of the grammar alone, and about the thing that was asked for, be it in one word."""
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
    questions = [question_of(item) for item in items]
    return Answers(
        texts,
        [reading.style(question, text) for question, text in zip(questions, texts, strict=True)],
        [reading.quality(question, text) for question, text in zip(questions, texts, strict=True)],
        [tokenizer.eos_token_id not in row for row in tokens],
    )


def question_of(item: Item) -> Question:
    """The last question of a prompt of the grammar, read back from its text."""
    topic, language, number = item["extra"]["pattern"].split("/")
    text = item["prompt"][-1]["content"]
    speech = TOPICS[topic].speech(language)
    thing, case = speech.named(text)
    return Question(topic, language, item["extra"]["pattern"], thing, case, text, speech.questions[int(number)].aspect)


def figures(answers: Answers) -> Figures:
    count = len(answers.texts)
    counts = Counter(answers.styles)
    return Figures(
        answers=count,
        quality=sum(answers.qualities) / count,
        courteous=sum(counts[style] for style in COURTEOUS) / count,
        unkind=sum(counts[style] for style in UNKIND) / count,
        on_topic=sum(counts[style] for style in ON_TOPIC) / count,
        truncated=sum(answers.truncated) / count,
        distinct=len(set(answers.texts)) / count,
    )


def pick(answers: Answers, selection: Sequence[bool]) -> Answers:
    """The answers marked as wanted, for figures of a part such as one language."""
    chosen = [at for at, keep in enumerate(selection) if keep]
    return Answers(
        [answers.texts[at] for at in chosen],
        [answers.styles[at] for at in chosen],
        [answers.qualities[at] for at in chosen],
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
