"""TRL's own GRPO and GSPO loss of given answers and rewards.

The trainer is made as its users make it. Its generation gives the answers of the question back; it then scores them,
makes advantages of the rewards and records the old policy's and the reference's log-probs by itself, as after any
generation. Then the policy's weights come in, and its loss is asked for.
"""

import tempfile

from datasets import Dataset
from peer import PLAIN, answer, load, put, tokenizer
from trl import GRPOConfig, GRPOTrainer


def loss(question: dict, form: dict) -> float:
    rows, size = question["rows"], question["group_size"]
    with tempfile.TemporaryDirectory() as folder:
        settings = GRPOConfig(
            output_dir=folder,
            per_device_train_batch_size=len(rows),
            per_device_eval_batch_size=len(rows),
            num_generations=size,
            num_generations_eval=size,
            num_iterations=2,  # or the old policy would be taken for the present one
            max_completion_length=question["max_new_tokens"],
            use_bias_correction_kl=False,  # the paper's k3, which ours is
            **form,
            **PLAIN,
        )
        trainer = GRPOTrainer(
            model=load(question["reference"]),
            reward_funcs=lambda completions, **_: question["rewards"],
            args=settings,
            train_dataset=Dataset.from_list([{"prompt": "a"}] * len(rows)),
            processing_class=tokenizer(question),
        )
        trainer.model.eval()
        put(question["old"], trainer.model)
        prompts, answers = [row["prompt"] for row in rows], [row["response"] for row in rows]
        trainer._generate = lambda _: (prompts, answers, None, ["x"] * len(rows), None, {}, None, None)
        batch = trainer._generate_and_score_completions([{"prompt": "a"}] * len(rows))
        put(question["policy"], trainer.model)
        return float(trainer.compute_loss(trainer.model, batch))


answer(loss)
