"""What a policy answers to held-out prompts: scores, KL to the reference, length and variety, and its tokens' values.

The prompts are the first by prompt hash, and an answer's random stream is keyed by its prompt alone, so all runs and
seeds are measured with the same luck. Every answer is scored alone, under policy and reference alike: at step 0 their
difference is exactly 0. It needs a model and a reward only. Left out: what an algorithm makes of held-out data
(`heldout_loss`).
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import fmean
from typing import NamedTuple

import torch

from engine.analysis import thinking
from engine.data.system_turn import as_read
from engine.data.templates import Encoded, Template
from engine.data.tool_calls import tools_of
from engine.evaluation import token_rows
from engine.maths.logprobs import log_ratio, sequence_sum
from engine.models.load import Policy
from engine.models.sampler import Sampled, sample
from engine.models.scoring import Scores, score_one_by_one
from engine.rewards import Reward
from engine.rewards.texts import WORD
from engine.spec.blocks import SystemTurn
from storage.item_content import asked_key, prompt_key, to_json
from storage.records import Item, Sample, TokenRow


class Measured(NamedTuple):
    """What an evaluation gives at one step."""

    metrics: dict[str, float]  # eval/*
    samples: list[Sample]  # the answers
    tokens: list[TokenRow]  # what tokens were worth: the answers first, in the same order


class HeldoutResponses:
    """The same prompts and random streams at every step, answered by the policy as it is then."""

    def __init__(
        self,
        policy: Policy,
        reward: Reward,
        items: Sequence[Item],
        *,
        max_prompt_tokens: int,
        max_new_tokens: int,
        system_turn: SystemTurn = "as_is",
    ) -> None:
        """`items`: one for each prompt, and none that the policy or the reward cannot read."""
        self._policy = policy
        self._reward = reward
        self._items = items
        self._max_prompt_tokens = max_prompt_tokens
        self._max_new_tokens = max_new_tokens
        self._system_turn = system_turn

    @torch.no_grad()
    def run(self, step: int, heartbeat: Callable[[], None]) -> Measured:
        """Sample one answer to each prompt and score it; `heartbeat` is called as work goes on.

        Metrics are means over answers; there are none where no prompt can be read.
        """
        if not self._items:
            return Measured({}, [], [])
        prompts, answers = self.answer(heartbeat)
        template = self._policy.template
        texts = [template.decode(answer.tokens) for answer in answers]
        totals, components = self._rewards(texts)
        encoded = [Encoded(prompt, answer.tokens) for prompt, answer in zip(prompts, answers, strict=True)]
        policy, reference = self.score(encoded, heartbeat)
        metrics = {
            "eval/reward": fmean(totals),
            **{f"eval/rewards/{name}": fmean(scores[name] for scores in components) for name in components[0]},
            "eval/length": fmean(len(answer.tokens) for answer in answers),
            **answer_length("eval/answer_length", texts, template),
            "eval/distinct_2": distinct_2(texts),
            "eval/clipped_ratio": fmean(not answer.finished for answer in answers),
            **reference_metrics(policy, reference),
        }
        rows = zip(self._items, texts, components, answers, strict=True)
        samples = [_sample(step, index, *row) for index, row in enumerate(rows)]
        worth = zip(samples, totals, log_ratios(policy, reference).tolist(), strict=True)
        samples = [replace(sample, reward=total, kl=ratio) for sample, total, ratio in worth]
        values = {"logps": policy.logps, "reference": reference.logps}
        if policy.values is not None:
            values["values"] = policy.values
        responses = [answer.tokens for answer in answers]
        return Measured(metrics, samples, token_rows.of_answers(template, responses, values))

    def answer(self, heartbeat: Callable[[], None]) -> tuple[list[tuple[int, ...]], list[Sampled]]:
        """The items' prompts as tokens, and the policy's answers to them, at temperature 1 and top_p 1."""
        template = self._policy.template
        read = ((as_read(item.messages, self._system_turn), tools_of(item.extra)) for item in self._items)
        prompts = [template.encode_prompt(*conversation)[-self._max_prompt_tokens :] for conversation in read]
        with self._policy.autocast():
            return prompts, sample(
                self._policy.model,
                prompts,
                [(int(prompt_key(item.messages), 16), 0) for item in self._items],
                stops=template.stops,
                max_new_tokens=self._max_new_tokens,
                decoding=self._policy.decoding,
                heartbeat=heartbeat,
            )

    def score(self, answers: Sequence[Encoded], heartbeat: Callable[[], None]) -> tuple[Scores, Scores]:
        """The log-probs of the answers under the policy, and under the reference.

        A value head says its part where that costs no further pass: where it has no trunk of its own.
        """
        head = self._policy.head
        with self._policy.autocast():
            shared = head if head is not None and head.trunk is None else None
            policy = score_one_by_one(self._policy.model, answers, value_head=shared)
            heartbeat()
            with self._policy.reference() as model:
                reference = score_one_by_one(model, answers)
        heartbeat()
        return policy, reference

    def _rewards(self, texts: Sequence[str]) -> tuple[list[float], list[dict[str, float]]]:
        """The total of each answer, and its components by name."""
        pairs = list(zip(self._items, texts, strict=True))
        self._reward.prefetch([(item.messages, text) for item, text in pairs])
        scored = [self._reward.score(item.messages, [text], [to_json(item)]) for item, text in pairs]
        components = [{name: values[0] for name, values in score.components.items()} for score in scored]
        return [score.total[0] for score in scored], components


def first_prompts(items: Sequence[Item], count: int) -> dict[str, list[Item]]:
    """The first prompts by their hash, and the items that ask them, by id."""
    by_prompt: dict[str, list[Item]] = {}
    for item in sorted(items, key=lambda item: item.id):
        by_prompt.setdefault(asked_key(item), []).append(item)
    return {key: by_prompt[key] for key in sorted(by_prompt)[:count]}


def reference_metrics(policy: Scores, reference: Scores) -> dict[str, float]:
    """How far the policy is from the reference, measured on the policy's own answers. Scores: (R, T) log-probs.

    KL(pi || ref) in nats: the mean over answers of log pi - log ref, summed over an answer's tokens. And the
    perplexity of all tokens under the reference: a low KL can hide broken text in a few long answers.
    """
    likelihoods = sequence_sum(reference.logps, policy.mask).double()
    return {
        "eval/kl": float(log_ratios(policy, reference).mean()),
        "eval/reference_perplexity": float((-likelihoods.sum() / policy.mask.sum()).exp()),
    }


def log_ratios(policy: Scores, reference: Scores) -> torch.Tensor:
    """log pi - log ref of each answer, summed over its tokens, in nats: (R,) float64 sums of float32 tokens."""
    return sequence_sum(log_ratio(policy.logps, reference.logps, policy.mask), policy.mask).double()


def answer_length(key: str, texts: Sequence[str], template: Template) -> dict[str, float]:
    """Mean tokens, the end of the turn too, of answers after their thinking. Nothing where no block is closed."""
    thoughts = map(thinking.split, texts)
    lengths = [len(template.encode_response(thought.answer)) for thought in thoughts if thought.thinking is not None]
    return {key: fmean(lengths)} if lengths else {}


def distinct_2(texts: Sequence[str]) -> float:
    """Distinct word pairs over all word pairs (arXiv:1510.03055); 0 where there is none.

    All texts count, digits and kana belong to the word around them, and only a Chinese character is a word of its own.
    The figure of a dataset's quality and of a generate run (`engine.analysis.quality.distinct_bigrams`) is that of a
    sample of one size, with other words: the two do not compare.

    >>> distinct_2(["it rains today", "It rains here"])
    0.75
    """
    pairs = [pair for text in texts for pair in pairwise(WORD.findall(text.casefold()))]
    return len(set(pairs)) / len(pairs) if pairs else 0.0


def _sample(step: int, index: int, item: Item, text: str, scores: dict[str, float], answer: Sampled) -> Sample:
    return Sample(
        run_id="",  # the lease that stores it knows run and attempt
        attempt=0,
        step=step,
        prompt_index=index,
        sample_index=0,
        messages=item.messages,
        text=text,
        scores=scores,
        tokens=len(answer.tokens),
        finished=answer.finished,
    )
