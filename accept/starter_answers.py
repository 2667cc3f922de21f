"""A hundred answers of the starter before any training, to be read: half of them English, sampled and greedy.

The first held-out prompts of each language are asked. The answers go into `starter_answers.txt` with the style that the
grammar reads them as; what leaves the grammar stands first, because those are the ones that a person has to judge.
"""

import sys
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from accept.report import conclude
from engine.starter import measuring
from engine.starter.build import FOLDER
from engine.starter.datasets import Item, read
from engine.starter.reading import names_what_was_asked

EACH = 50
LISTING = Path(__file__).with_suffix(".txt")
# Answers that leave the grammar and that a person read: those that nobody could call readable and on topic.
UNREADABLE_IN_PERCENT = 5


def main() -> int:
    """Ask, list, count."""
    torch.set_num_threads(2)
    tokenizer = AutoTokenizer.from_pretrained(FOLDER)
    model = AutoModelForCausalLM.from_pretrained(
        FOLDER, use_safetensors=True, dtype=torch.float32, trust_remote_code=False
    )
    items = [item for language in ("en", "zh") for item in _of(language)]
    figures: dict[str, Any] = {}
    listing = []
    for name, top_p in (("sampled", 1.0), ("greedy", None)):
        answers = measuring.answer_all(model, tokenizer, items, top_p, seed=1)
        figures[name] = measuring.figures(answers).rounded() | {
            "broken": answers.styles.count("broken"),
            "names_what_was_asked": _share_that_names(items, answers),
        }
        listing += _listed(name, items, answers)
    LISTING.write_text("\n".join(listing) + "\n", encoding="utf-8")
    sampled = figures["sampled"]
    wanted = {
        "three in ten curt or rude, give or take a tenth": 0.2 <= sampled["unkind"] <= 0.4,
        "none runs on without an end": sampled["truncated"] == 0,
        "few leave the grammar": sampled["broken"] <= UNREADABLE_IN_PERCENT,
    }
    return conclude("starter_answers", figures, wanted)


def _of(language: str) -> list[Item]:
    return [item for item in read("polite-weather-heldout") if item["extra"]["language"] == language][:EACH]


def _share_that_names(items: list[Item], answers: measuring.Answers) -> float:
    """Of the answers that tell something; curt and rude ones need not repeat what they dismiss."""
    named = [
        names_what_was_asked(measuring.question_of(item), text)
        for item, text, style in zip(items, answers.texts, answers.styles, strict=True)
        if style not in ("curt", "rude", "praise")
    ]
    return round(sum(named) / max(1, len(named)), 3)


def _listed(name: str, items: list[Item], answers: measuring.Answers) -> list[str]:
    rows = sorted(zip(answers.styles, items, answers.texts, strict=True), key=lambda row: row[0] != "broken")
    return [f"{name} | {style} | {item['prompt'][-1]['content']} | {text}" for style, item, text in rows]


if __name__ == "__main__":
    sys.exit(main())
