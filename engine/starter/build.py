"""Builds the starter: data sets, tokenizer, model, its start figures and its card.

    python -P -m engine.starter.build             everything, into engine/starter
    python -P -m engine.starter.build --data      the data sets only

The same machine and number of threads give the same bytes again; another machine gives a model as good.
"""

import argparse
import json
import sys
import time
from pathlib import Path
from random import Random

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaForCausalLM, PreTrainedTokenizerFast

from engine.starter import card, datasets, measuring, polite_reading, polite_tables, training
from engine.starter.corpus import fragments, normalised, training_lines
from engine.starter.tokenizer import train_tokenizer

FOLDER = Path(__file__).parent / "model"
STEPS = 3200
THREADS = 2


def main() -> None:
    parser = argparse.ArgumentParser(description="Build the starter model and its data sets.")
    parser.add_argument("--data", action="store_true", help="write the data sets only")
    parser.add_argument("--steps", type=int, default=STEPS, help="training steps (default: %(default)s)")
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder of the model (default: %(default)s)")
    arguments = parser.parse_args()
    datasets.write()
    if not arguments.data:
        build_model(arguments.out, arguments.steps)


def build_model(folder: Path, steps: int) -> None:
    torch.set_num_threads(THREADS)
    torch.use_deterministic_algorithms(True)
    started = time.monotonic()
    tokenizer = train_tokenizer(fragments())
    say(f"tokenizer of {len(tokenizer)} tokens")
    model = training.new_model(tokenizer, seed=0)
    loss = training.train(model, encoded_lines(tokenizer, steps), tokenizer.pad_token_id, Random("order"), say)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    seconds = time.monotonic() - started
    if folder == FOLDER:  # the model that `polite` asks
        polite_tables.write()
        polite_reading.write()
    start = measure(folder)
    parameters = sum(parameter.numel() for parameter in model.parameters())
    facts = card.Facts(parameters, len(tokenizer), steps, training.BATCH_SIZE, loss, seconds)
    (folder / "README.md").write_text(card.text(facts, start), encoding="utf-8")
    say(json.dumps(start["figures"], indent=1))


def encoded_lines(tokenizer: PreTrainedTokenizerFast, steps: int) -> list[training.Encoded]:
    reserved = {normalised(dialogue.messages) for dialogue in datasets.reserved_dialogues()}
    lines = training_lines(steps * training.BATCH_SIZE, reserved, Random("text"))
    return [training.encode(line, tokenizer) for line in lines]


def measure(folder: Path) -> card.Start:
    """Figures on the held-out prompts of the files as they were saved, with a few answers to look at."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model: LlamaForCausalLM = AutoModelForCausalLM.from_pretrained(
        folder, use_safetensors=True, dtype=torch.float32, trust_remote_code=False
    )
    items = list(datasets.read("polite-weather-heldout"))
    start: card.Start = {"figures": {}, "samples": []}
    for name, top_p in (("greedy", None), ("sampled", 1.0), ("top_p 0.95", 0.95)):
        answers = measuring.answer_all(model, tokenizer, items, top_p, seed=0)
        start["figures"][name] = measuring.figures(answers).rounded()
        for language in ("en", "zh"):
            part = measuring.pick(answers, [item["extra"]["language"] == language for item in items])
            start["figures"][f"{name}, {language}"] = measuring.figures(part).rounded()
    sample = range(0, len(items), card.SAMPLE_STRIDE)
    start["samples"] = [(items[at]["prompt"][-1]["content"], answers.texts[at], answers.styles[at]) for at in sample]
    return start


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
