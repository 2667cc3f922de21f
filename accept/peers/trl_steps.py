"""TRL's own trainers, one step for each line that comes in, started as their users start them.

One JSON question on the first line of stdin: method, folder of the model, rows, batch, group, lengths, TRL's settings,
and the steps of the warm-up. Each step answers with its seconds, the tokens that passed through the update, those
sampled, and the most memory so far. Evaluation, saving and reports are off; logging is on, as it is on our side.
"""

import json
import resource
import sys
import tempfile
import time
from typing import Any

from datasets import Dataset
from peer import PLAIN, load
from transformers import AutoTokenizer, TrainerCallback, TrainerControl, TrainerState, TrainingArguments
from trl import DPOConfig, DPOTrainer, GRPOConfig, GRPOTrainer

Question = dict[str, Any]
ANSWERS, sys.stdout = sys.stdout, sys.stderr  # what the trainers print is no answer


class OneStepALine(TrainerCallback):
    """Holds the trainer back after each step until the next line comes in."""

    def __init__(self, warm_up: int) -> None:
        self.warm_up = warm_up
        self.began = 0.0
        self.tokens = 0.0

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: dict[str, float] | None = None,
        **_: Any,
    ) -> None:
        logs = logs or {}
        now = time.perf_counter()
        tokens, self.tokens = logs.get("num_tokens", 0.0) - self.tokens, logs.get("num_tokens", 0.0)
        if state.global_step < self.warm_up or "loss" not in logs:
            return
        if state.global_step == self.warm_up:
            say({"ready": "trl"})
        else:
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            length = logs.get("completions/mean_length", 0.0)
            say({"seconds": now - self.began, "peak_mb": peak, "tokens": tokens, "mean_length": length})
        if not sys.stdin.readline():
            control.should_training_stop = True
        self.began = time.perf_counter()


def say(answer: dict[str, Any]) -> None:
    ANSWERS.write(json.dumps(answer) + "\n")
    ANSWERS.flush()


def lengths(batch: list[list[int]], **_: Any) -> list[float]:
    """A reward that costs nothing: how long the answer is."""
    return [float(len(answer)) for answer in batch]


def trainer(question: Question, folder: str) -> DPOTrainer | GRPOTrainer:
    common = {
        "output_dir": folder,
        "learning_rate": question["learning_rate"],
        "logging_steps": 1,
        "save_strategy": "no",
        "disable_tqdm": True,
        "max_steps": 10_000,
        "dataloader_num_workers": 0,
        **PLAIN,
        **question["settings"],
    }
    parts = {
        "model": load(question["model"]),
        "train_dataset": Dataset.from_list(question["rows"]),
        "processing_class": AutoTokenizer.from_pretrained(question["model"]),
        "callbacks": [OneStepALine(question["warm_up"])],
    }
    if question["method"] == "dpo":
        settings = DPOConfig(per_device_train_batch_size=question["batch"], beta=0.1, max_length=1024, **common)
        return DPOTrainer(args=settings, **parts)
    sampled = GRPOConfig(
        per_device_train_batch_size=question["batch"] * question["group"],
        num_generations=question["group"],
        max_completion_length=question["new_tokens"],
        temperature=1.0,
        beta=0.0,
        **common,
    )
    return GRPOTrainer(
        args=sampled,
        reward_funcs=lambda completion_ids, **_: lengths(completion_ids),
        **parts,
    )


if __name__ == "__main__":
    asked = json.loads(sys.stdin.readline())
    with tempfile.TemporaryDirectory() as scratch:
        trainer(asked, scratch).train()
