"""TRL's own DPO training, started as its users start it, with the callback that `alignlab callback` prints.

One JSON question on stdin: the folder of the model, the pairs, the settings, and where the dashboard is.
"""

import json
import sys
import tempfile

from datasets import Dataset
from peer import PLAIN, load
from transformers import AutoTokenizer
from trl import DPOConfig, DPOTrainer

question = json.load(sys.stdin)
sys.path.insert(0, question["callback"])
from alignlab_callback import AlignLabCallback  # noqa: E402

with tempfile.TemporaryDirectory() as folder:
    settings = DPOConfig(
        output_dir=folder,
        max_steps=question["steps"],
        per_device_train_batch_size=question["batch_size"],
        learning_rate=question["learning_rate"],
        beta=question["beta"],
        logging_steps=1,
        eval_strategy="steps",
        eval_steps=question["steps"] // 2,
        disable_tqdm=True,
        **PLAIN,
    )
    trainer = DPOTrainer(
        model=load(question["model"]),
        args=settings,
        train_dataset=Dataset.from_list(question["train"]),
        eval_dataset=Dataset.from_list(question["held_out"]),
        processing_class=AutoTokenizer.from_pretrained(question["model"]),
        callbacks=[AlignLabCallback(url=question["url"], token=question["token"], name="TRL")],
    )
    trainer.train()
