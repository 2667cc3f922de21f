"""TRL's own DPO loss of given pairs: the trainer is made as its users make it, then given the batch."""

import tempfile

from datasets import Dataset
from peer import PLAIN, answer, load, tokenizer
from trl import DPOConfig, DPOTrainer


def loss(question: dict, form: dict) -> float:
    with tempfile.TemporaryDirectory() as folder:
        settings = DPOConfig(
            output_dir=folder,
            loss_type=[form["variant"]],
            beta=form["beta"],
            label_smoothing=form["label_smoothing"],
            per_device_train_batch_size=len(question["pairs"]),
            **PLAIN,
        )
        trainer = DPOTrainer(
            model=load(question["policy"]),
            ref_model=load(question["reference"]),
            args=settings,
            train_dataset=Dataset.from_list([{"prompt": "a", "chosen": "b", "rejected": "c"}] * 4),
            processing_class=tokenizer(question),
        )
        trainer.model.eval()
        return float(trainer.compute_loss(trainer.model, trainer.data_collator(question["pairs"])))


answer(loss)
