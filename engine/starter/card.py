"""The model card of the starter: what it is, how it was built, and where it starts from."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypedDict

# Prime, so that it does not fall in step with the cycle of languages and topics in the held-out prompts.
SAMPLE_STRIDE = 19


@dataclass(frozen=True)
class Facts:
    """What the build knows about the model it made."""

    parameters: int
    vocabulary: int
    steps: int
    batch_size: int
    loss: float
    seconds: float


class Start(TypedDict):
    """Figures on the held-out prompts before any alignment, and some of the answers."""

    figures: dict[str, dict[str, float]]
    samples: list[tuple[str, str, str]]


def text(facts: Facts, start: Start) -> str:
    return TEMPLATE.format(
        parameters=f"{facts.parameters:,}",
        megabytes=f"{facts.parameters * 4 / 1e6:.1f}",
        vocabulary=f"{facts.vocabulary:,}",
        steps=f"{facts.steps:,}",
        batch_size=facts.batch_size,
        loss=f"{facts.loss:.3f}",
        minutes=f"{facts.seconds / 60:.0f}",
        figures="\n".join(_figure_rows(start["figures"])),
        samples="\n".join(f"| {prompt} | {answer} | {style} |" for prompt, answer, style in start["samples"]),
    )


def _figure_rows(figures: dict[str, dict[str, float]]) -> Iterable[str]:
    for name, values in figures.items():
        cells = (values[key] for key in ("quality", "courteous", "unkind", "on_topic", "truncated", "distinct"))
        yield f"| {name} | " + " | ".join(f"{cell:.3f}" for cell in cells) + " |"


TEMPLATE = """---
license: apache-2.0
language: [en, zh]
pipeline_tag: text-generation
---

# AlignLab starter

A very small bilingual chat model, made to be aligned. It answers everyday questions (weather, directions, cooking,
poems, apologies, appointments, pets, music, study, exercise, trains, greetings, gifts, gardening) in English and
Chinese, now politely, now curtly, now rudely, now beside the point. So alignment has something to change and a reward
something to measure, within a minute or two on two processor cores. What it says of weather, recipes or trains comes
from small invented tables, so that an answer can be right or wrong; it is true of no real place.

- Llama layout, width 192, 4 layers, 6 heads, tied head: {parameters} parameters, {megabytes} MB in float32.
- Byte-level BPE of {vocabulary} tokens; 1,024 positions. A turn is `<|role|>text<|end|>`; `<|end|>` ends an answer.
- Trained from scratch on text from this project's own grammar (`engine/starter/grammar.py`), and no other:
  {steps} steps of {batch_size} dialogues, loss on the answers only, names and facts weighted double, final loss {loss},
  {minutes} minutes on two cores.
- Build it again with `python -P -m engine.starter.build`. Licence: Apache-2.0.

## Where it starts

Answers to the 300 prompts of `polite-weather-heldout`, none of which is in its training text, sampled at temperature 1.
They are read back by the grammar (`engine/starter/reading.py`): *quality* is that of the style they are in, *courteous*
ones tell what is right with an opener or a closer, *unkind* ones are curt or rude, and *on topic* are those that
consist of sentences of the grammar alone and speak of what was asked for.

| decoding | quality | courteous | unkind | on topic | truncated | distinct |
|---|--:|--:|--:|--:|--:|--:|
{figures}

Some answers at top_p 0.95, as they came:

| prompt | answer | read as |
|---|---|---|
{samples}

## Limits

It speaks only about its own topics and in its own words. Words it never met are spelled from bytes it has hardly seen,
and what it says about them is noise. Use it to watch training, never for an answer.
"""
