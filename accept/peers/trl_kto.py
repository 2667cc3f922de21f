"""TRL's own KTO loss of given labelled answers: the trainer is made as its users make it, then given the batch."""

import tempfile

from datasets import Dataset
from peer import PLAIN, answer, load, tokenizer
from trl import KTOConfig, KTOTrainer


def loss(question: dict, form: dict) -> float:
    with tempfile.TemporaryDirectory() as folder:
        settings = KTOConfig(
            output_dir=folder, per_device_train_batch_size=len(question["rows"]), max_length=None, **form, **PLAIN
        )
        example = {"prompt": "a", "completion": "b"}
        trainer = KTOTrainer(
            model=load(question["policy"]),
            ref_model=load(question["reference"]),
            args=settings,
            train_dataset=Dataset.from_list([{**example, "label": True}, {**example, "label": False}] * 2),
            processing_class=tokenizer(question),
        )
        trainer.model.eval()
        answers = [row["response"] for row in question["rows"]]
        rows = [
            {"prompt_ids": row["prompt"], "completion_ids": row["response"], "KL_completion_ids": other, "label": label}
            for row, other, label in zip(question["rows"], [answers[-1], *answers], question["labels"], strict=False)
        ]
        return float(trainer.compute_loss(trainer.model, trainer.data_collator(rows)))


answer(loss)
