"""A model of two layers with random weights and a few pairs: what a whole run can be tried on in seconds."""

import json
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from engine.spec import dump, parse
from storage import dataset_writes, run_writes
from storage.database import Database
from storage.item_content import to_json
from storage.records import Item, Preference, Response, Run

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
SKIES = ("rain", "sun", "snow", "wind")


def write_model(folder: Path, seed: int = 0) -> Path:
    """Save the model and a byte-level tokenizer of about 280 tokens."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast
    from transformers.utils import logging

    logging.disable_progress_bar()
    torch.manual_seed(seed)
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=280, special_tokens=["<|end|>"], initial_alphabet=alphabet, show_progress=False
    )
    tokenizer.train_from_iterator(["the rain on Monday, thank you"] * 9, trainer)
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<|end|>", pad_token="<|end|>")
    fast.save_pretrained(folder)
    config = LlamaConfig(
        vocab_size=len(fast),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=256,
        tie_word_embeddings=True,
        bos_token_id=None,
        eos_token_id=fast.eos_token_id,
        pad_token_id=fast.eos_token_id,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    return folder


def pair(number: int) -> Item:
    """A pair of a long and a short response; every number another prompt."""
    sky, day = SKIES[number % len(SKIES)], DAYS[number % len(DAYS)]
    return Item(
        f"{number:05d}",
        ({"role": "user", "content": f"Question {number}: {sky} on {day}?"},),
        (Response("a", f"Thank you, {sky} is likely on {day}."), Response("b", f"No idea, {number}.")),
        (Preference("a", "b"),),
        topic=sky,
    )


def write_pairs(db: Database, name: str, count: int) -> None:
    """A dataset of `count` pairs, written in one transaction; item numbers start at 1, as those of added items do."""
    rows = [{**to_json(pair(number)), "id": f"{number + 1:05d}"} for number in range(count)]
    with TemporaryDirectory() as folder:
        file = Path(folder) / "pairs.jsonl"
        file.write_text("\n".join(map(json.dumps, rows)))
        dataset_writes.import_file(db, file, name=name, now=time.time())


def settings(model: Path, dataset: str, **blocks: Any) -> dict[str, Any]:
    """A dpo run file that ends within seconds. A block replaces the one here key by key."""
    short: dict[str, Any] = {
        "algorithm": "dpo",
        "model": {"name": str(model)},
        "data": {"dataset": dataset, "max_tokens": 96, "max_prompt_tokens": 64},
        "optimizer": {"learning_rate": 1e-3, "batch_size": 4, "micro_batch": 3},
        "sampling": {"max_new_tokens": 8},
        "budget": {"steps": 12},
        "evaluation": {"every": 4, "prompts": 4, "final_prompts": 0},
        "checkpoint": {"every": 3},
    }
    for name, block in blocks.items():
        merged = isinstance(block, dict) and name != "budget"
        short[name] = {**short.get(name, {}), **block} if merged else block
    return short


def submit(db: Database, run_file: dict[str, Any]) -> Run:
    """Freeze the data and put the run into the line."""
    settings = dump(parse(run_file))
    settings["data"]["version"] = dataset_writes.freeze(db, settings["data"]["dataset"], time.time()).hash
    return run_writes.create(
        db, spec=settings, kind="train", algorithm=settings["algorithm"], lane="train", name="tiny", now=time.time()
    )
