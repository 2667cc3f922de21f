"""TRL's own DPO loss of given tokens: reads a question as JSON on stdin and prints the losses.

It runs where TRL is installed and this project is not. The trainer is made as its users make it, then given the batch:
its collator, its forward pass, its loss.
"""

import json
import os
import sys
import tempfile

os.environ |= {"HF_HUB_OFFLINE": "1", "CUDA_VISIBLE_DEVICES": ""}

import torch
from datasets import Dataset
from transformers import AutoModelForCausalLM, AutoTokenizer
from trl import DPOConfig, DPOTrainer


def load(folder: str) -> torch.nn.Module:
    return AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)


def loss(question: dict, variant: dict) -> float:
    tokenizer = AutoTokenizer.from_pretrained(question["reference"])
    with tempfile.TemporaryDirectory() as folder:
        settings = DPOConfig(
            output_dir=folder,
            loss_type=[variant["variant"]],
            beta=variant["beta"],
            label_smoothing=variant["label_smoothing"],
            bf16=False,
            use_cpu=True,
            gradient_checkpointing=False,
            report_to=[],
            per_device_train_batch_size=len(question["pairs"]),
        )
        trainer = DPOTrainer(
            model=load(question["policy"]),
            ref_model=load(question["reference"]),
            args=settings,
            train_dataset=Dataset.from_list([{"prompt": "a", "chosen": "b", "rejected": "c"}] * 4),
            processing_class=tokenizer,
        )
        trainer.model.eval()  # as ours: no dropout
        return float(trainer.compute_loss(trainer.model, trainer.data_collator(question["pairs"])))


question = json.load(sys.stdin)
losses = [loss(question, variant) for variant in question["variants"]]
sys.stdout.write("\nlosses: " + json.dumps(losses) + "\n")
