"""The loss that TRL's own PPO trainer (1.12.0, the last that has one) trains on, of given answers and rewards.

All of it stands inside of `train`, so `train` runs: one rollout, twice passed over. Its generation and its reward model
are replaced by the answers and rewards of the question, and the optimizer's step after the first pass puts in the
policy's weights. The loss of the second pass is what it says: a policy that moved since it sampled. Its critic is a
model of its own; here it has the weights of the policy, as a head on the policy's trunk sees them.

TRL masks by token id and values one position past the end of an answer that is shorter than the longest, where it puts
the reward too; so all answers have one length here, and no token is the pad token.
"""

import tempfile
from typing import Any

import torch
from datasets import Dataset
from peer import PLAIN, answer, load, put, tokenizer
from torch import nn
from transformers.modeling_outputs import BaseModelOutput
from trl.experimental.ppo import PPOConfig, PPOTrainer, ppo_trainer


class Critic(nn.Module):
    """A language model's trunk with the value head of the question."""

    base_model_prefix = "trunk"

    def __init__(self, folder: str, head: list[float]) -> None:
        super().__init__()
        self.language_model = load(folder)
        self.trunk = self.language_model.model
        self.score = nn.Linear(len(head), 1)
        with torch.no_grad():
            self.score.weight.copy_(torch.tensor([head]))
            self.score.bias.zero_()


class Judge(nn.Module):
    """A reward model whose hidden state is the reward of the row's answer."""

    base_model_prefix = "trunk"

    def __init__(self, question: dict) -> None:
        super().__init__()
        rows = zip(question["rows"], question["rewards"], strict=True)
        self.rewards = {tuple(row["response"]): reward for row, reward in rows}
        self.width = len(question["rows"][0]["response"])
        self.trunk, self.score = self.read, nn.Identity()

    def read(self, input_ids: torch.Tensor, **_: Any) -> BaseModelOutput:
        rewards = torch.tensor([self.rewards[tuple(row[-self.width :].tolist())] for row in input_ids])
        return BaseModelOutput(hidden_states=(rewards[:, None, None].expand(*input_ids.shape, 1),))


def loss(question: dict, form: dict) -> float:
    rows, words = question["rows"], tokenizer(question)
    words.pad_token_id = question["pad"]
    words.padding_side = "left"
    with tempfile.TemporaryDirectory() as folder:
        settings = PPOConfig(
            output_dir=folder,
            per_device_train_batch_size=len(rows),
            num_ppo_epochs=2,
            num_mini_batches=1,
            total_episodes=len(rows),
            response_length=len(rows[0]["response"]),
            local_rollout_forward_batch_size=len(rows),
            num_sample_generations=0,
            temperature=1.0,
            kl_estimator="k1",
            stop_token=None,
            missing_eos_penalty=None,
            save_strategy="no",
            **form,
            **PLAIN,
        )
        trainer = PPOTrainer(
            args=settings,
            processing_class=words,
            model=load(question["old"]),
            ref_model=load(question["reference"]),
            reward_model=Judge(question),
            value_model=Critic(question["old"], question["head"]),
            train_dataset=Dataset.from_list([{"input_ids": row["prompt"]} for row in rows]),
        )
        losses: list[float] = []
        trainer.accelerator.backward = lambda value: losses.append(float(value))
        critic = trainer.model.value_model
        trainer.optimizer.step = lambda: put(question["policy"], trainer.model.policy, critic.language_model)
        ppo_trainer.batch_generation = lambda *given: generated(question, *given)
        trainer.train()
    return losses[1]


def generated(question: dict, policy: nn.Module, queries: torch.Tensor, *_: Any) -> tuple[torch.Tensor, torch.Tensor]:
    """The question's answer to each prompt and the logits it was sampled from."""
    answers = {tuple(row["prompt"]): row["response"] for row in question["rows"]}
    pad = question["pad"]
    responses = torch.tensor([answers[tuple(id for id in row if id != pad)] for row in queries.tolist()])
    whole = torch.cat([queries, responses], 1)
    with torch.no_grad():
        return whole, ppo_trainer.forward(policy, whole, pad).logits[:, queries.shape[1] - 1 : -1]


answer(loss)
