"""Held-out evaluation: the loss on unseen data, and the reward and drift of answers sampled on unseen prompts.

The prompts are the first by prompt hash, and an answer's random stream is keyed by its prompt alone, so all runs and
seeds are measured with the same luck. Every answer is scored alone, under policy and reference alike: at step 0 their
difference is exactly 0, and accuracy is exactly one half. Left out: when it is done (`engine.runtime.training.loop`).
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import fmean

import torch
from torch import Tensor

from engine import algorithms
from engine.batch import Batch
from engine.data.groups import Group, encode
from engine.data.items import Example, examples
from engine.data.templates import Encoded
from engine.maths import pairs
from engine.maths.logprobs import log_ratio, sequence_sum
from engine.models.batches import Batches
from engine.models.sampler import Sampled, sample
from engine.models.scoring import Scores, score_one_by_one
from engine.rewards import Reward
from engine.rewards.texts import WORD
from engine.spec import Train
from storage.item_content import prompt_key, to_json
from storage.records import Item, Sample, Tokens


class Heldout:
    """What a run is measured with: the same data, prompts and random streams at every step."""

    def __init__(self, spec: Train, items: Sequence[Item], batches: Batches, reward: Reward) -> None:
        """`items`: all held-out ones; the first `evaluation.prompts` prompts of them are used.

        `reward` scores the answers sampled here.
        """
        self._spec = spec
        self._batches = replace(batches, alone=True)
        self._policy = batches.policy
        self._reward = reward
        self._algorithm = algorithms.load(spec.algorithm)
        self._prompts = first_prompts(items, spec.evaluation.prompts)
        used = [item for key in self._prompts for item in self._prompts[key]]
        self._units = examples(used, spec) if spec.data.source == "frozen" else []

    def run(self, step: int, beat: Callable[[], None]) -> tuple[dict[str, float], list[Sample], Tokens | None]:
        """The eval/* metrics of the policy as it is, the answers it gave, and their log-probs in the same order.

        `beat` is called as work goes on.
        """
        with torch.no_grad():
            if "scalar_head" in self._spec.needs:  # it scores answers, and gives none
                return self._frozen(beat), [], None
            metrics, samples, tokens = self._sampled(step, beat)
            return metrics | self._frozen(beat), samples, tokens

    def _sampled(self, step: int, beat: Callable[[], None]) -> tuple[dict[str, float], list[Sample], Tokens]:
        """Reward, drift, length and variety of one answer to each prompt."""
        items = [same[0] for same in self._prompts.values()]
        prompts, answers = self._answers(items, beat)
        texts = [self._policy.template.decode(answer.tokens) for answer in answers]
        self._reward.ahead([(item.messages, text) for item, text in zip(items, texts, strict=True)])
        scored = [
            self._reward.score(item.messages, [text], [to_json(item)]) for item, text in zip(items, texts, strict=True)
        ]
        components = [{name: values[0] for name, values in score.components.items()} for score in scored]
        encoded = [Encoded(prompt, answer.tokens) for prompt, answer in zip(prompts, answers, strict=True)]
        own, reference = self._scores(encoded, beat)
        metrics = {
            "eval/reward": fmean(score.total[0] for score in scored),
            **{f"eval/rewards/{name}": fmean(score[name] for score in components) for name in components[0]},
            "eval/length": fmean(len(answer.tokens) for answer in answers),
            "eval/distinct_2": distinct_2(texts),
            "eval/clipped_ratio": fmean(not answer.finished for answer in answers),
            **_drift(own, reference),
        }
        kept = zip(items, texts, components, answers, strict=True)
        return metrics, [_kept(step, index, *answer) for index, answer in enumerate(kept)], _tokens(own, reference)

    def _answers(self, items: Sequence[Item], beat: Callable[[], None]) -> tuple[list[tuple[int, ...]], list[Sampled]]:
        """The items' prompts as tokens, and the policy's answers to them, at temperature 1 and top_p 1."""
        template = self._policy.template
        prompts = [template.encode_prompt(item.messages)[-self._spec.data.max_prompt_tokens :] for item in items]
        with self._policy.arithmetic():
            return prompts, sample(
                self._policy.model,
                prompts,
                [(int(key, 16), 0) for key in self._prompts],
                stops=template.stops,
                max_new_tokens=self._spec.sampling.max_new_tokens,
                beat=beat,
            )

    def _scores(self, answers: Sequence[Encoded], beat: Callable[[], None]) -> tuple[Scores, Scores]:
        """What policy and reference say of the answers."""
        with self._policy.arithmetic():
            own = score_one_by_one(self._policy.model, answers)
            beat()
            with self._policy.reference() as model:
                reference = score_one_by_one(model, answers)
        beat()
        return own, reference

    def _frozen(self, beat: Callable[[], None]) -> dict[str, float]:
        """Loss, and for pairs accuracy and margin, on the answers of the data. Nothing where it holds none."""
        groups = [group for unit in self._units if (group := self._encode(unit)) is not None]
        outlines = [self._batches.shapes([group]) for group in groups]
        totals: Counter[str] = Counter()
        for outline in outlines:
            totals.update(self._algorithm.totals(outline, self._spec))
        if not any(totals.values()):
            return {}
        kto_baseline = self._batches.kto_baseline(groups)
        loss, leads = 0.0, []
        for group, outline in zip(groups, outlines, strict=True):
            batch = self._batches.forward([group], outline, totals, kto_baseline)
            loss += float(self._algorithm.loss(batch, self._spec).loss)
            if self._spec.batch == "pairs":
                leads.append(lead(batch))
            beat()
        return {"eval/loss": loss} | _compared(leads)

    def _encode(self, unit: Example) -> Group | None:
        return encode(unit, self._policy.template, self._spec.data.max_tokens, self._spec.data.max_prompt_tokens)


def first_prompts(items: Sequence[Item], count: int) -> dict[str, list[Item]]:
    """The first prompts by their hash, and the items that ask them, by id."""
    asked: dict[str, list[Item]] = {}
    for item in sorted(items, key=lambda item: item.id):
        asked.setdefault(prompt_key(item.messages), []).append(item)
    return {key: asked[key] for key in sorted(asked)[:count]}


def _drift(own: Scores, reference: Scores) -> dict[str, float]:
    """How far the policy is from the reference, told by its own answers.

    KL(pi || ref) in nats: the mean over answers of log pi - log ref, summed over an answer's tokens. And the
    perplexity of all tokens under the reference: a low KL can hide broken text in a few long answers.
    """
    apart = sequence_sum(log_ratio(own.logps, reference.logps, own.mask), own.mask).double()
    likely = sequence_sum(reference.logps, own.mask).double()
    return {
        "eval/kl": float(apart.mean()),
        "eval/reference_perplexity": float((-likely.sum() / own.mask.sum()).exp()),
    }


def _tokens(own: Scores, reference: Scores) -> Tokens:
    """The same, answer by answer and token by token (ADR 0009)."""
    lengths = own.mask.sum(-1, dtype=torch.int32)
    return Tokens(lengths.cpu().numpy(), own.logps.cpu().numpy(), reference.logps.cpu().numpy())


def _kept(step: int, index: int, item: Item, text: str, scores: dict[str, float], answer: Sampled) -> Sample:
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


def lead(batch: Batch) -> Tensor:
    """By how much the better answer of each pair leads: in score, or in rho and nats: (P,)."""
    compared = pairs.of(batch)
    if "outputs" in batch:
        values = batch.outputs
    else:
        values = sequence_sum(log_ratio(batch.logps, batch.reference, batch.mask), batch.mask)
    return values[compared.better] - values[compared.worse]


def _compared(leads: Sequence[Tensor]) -> dict[str, float]:
    """Accuracy (ties one half) and margin: means over groups that have a pair of the means over their pairs."""
    found = [group.double() for group in leads if len(group)]
    if not found:
        return {}
    won = [float(((group > 0).double() + (group == 0).double() / 2).mean()) for group in found]
    return {"eval/accuracy": fmean(won), "eval/margin": fmean(float(group.mean()) for group in found)}


def distinct_2(texts: Sequence[str]) -> float:
    """Distinct word pairs over all word pairs (arXiv:1510.03055); 0 where there is none.

    >>> distinct_2(["it rains today", "It rains here"])
    0.75
    """
    pairs = [pair for text in texts for pair in pairwise(WORD.findall(text.casefold()))]
    return len(set(pairs)) / len(pairs) if pairs else 0.0
