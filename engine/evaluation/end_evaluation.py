"""The evaluation at the end of a run, which its report rests on: other prompts than those that checkpoints are chosen
by, several answers to each, and luck of the run's own.

Streams are keyed by (seed of the run, prompt, answer): seeds that are compared do not share their luck, while step 0
and the last step of one run do, so that what changed is paired. The policy of step 0 is the reference, whose answers
cost no scoring: their log-probs are those they were sampled with, and their KL is 0. Left out: evaluations along the
run (`heldout`), and when this one is done (`engine.runtime.training.loop`).
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch

from engine.analysis.intervals import clustered_difference
from engine.data import held_out_prompts
from engine.data.templates import Encoded
from engine.evaluation.answer_figures import Answer, Figures, figures
from engine.evaluation.heldout import asking
from engine.evaluation.heldout_loss import HeldoutLoss
from engine.evaluation.heldout_responses import read_answers
from engine.models.against_reference import Compared, compare
from engine.models.batches import Batches
from engine.models.sampler import ROWS, Sampled
from engine.rewards import Reward
from engine.spec import Train, key_metrics
from storage.item_content import prompt_key
from storage.records import Item, Sample

PREFIX = "final"
GAIN = key_metrics.FINAL_GAIN


class Ended(NamedTuple):
    """What the end evaluation gives: figures by step (0 and the last), and all answers."""

    figures: dict[int, Figures]
    samples: list[Sample]


class EndEvaluation:
    """The reported prompts of a run, asked once: when it has spent its budget."""

    def __init__(self, spec: Train, items: Sequence[Item], batches: Batches, reward: Reward, prompts: int) -> None:
        """`items`: all held-out ones that can be read, of which `prompts` prompts are reported on."""
        found = held_out_prompts.by_prompt(items)
        self.division = held_out_prompts.divide(len(found), spec.evaluation.prompts, prompts)
        kept = held_out_prompts.last(found, self.division.reported_on)
        self._seed, self._each = spec.seed, spec.evaluation.answers
        self._loss = HeldoutLoss(spec, [item for same in kept.values() for item in same], batches, PREFIX)
        self._asking = asking(spec, batches, reward)
        self._items = [] if "scalar_head" in spec.needs else [same[0] for same in kept.values()]

    @property
    def answers(self) -> int:
        """How many answers it takes of the policy, and as many of the one of step 0."""
        return len(self._items) * self._each

    @torch.no_grad()
    def run(self, step: int, heartbeat: Callable[[], None], report: Callable[[float], None]) -> Ended:
        """Evaluate step 0 and the policy as it is, at `step`; `report` is told the share that is done, from 0 to 1.

        A run whose policy is still that of step 0 gives the answers once.
        """
        starts = [0, step] if step else [step]
        by_step: dict[int, Figures] = {}
        samples: list[Sample] = []
        template = self._asking.policy.template
        for number, at in enumerate(starts):
            answers: list[Answer] = []
            for done, part in self._parts():
                answers += self._answers(part, done, at == 0, heartbeat)
                report((number + (done + len(part)) / len(self._items)) / len(starts))
            by_step[at] = figures(answers, template, PREFIX) if answers else Figures()
            samples += [answer.sample(at) for answer in answers]
        if step and samples:
            by_step[step].add(GAIN, clustered_difference(*(_rewards(samples, at, self._each) for at in starts)))
        by_step[step] |= self._loss.run(heartbeat, with_tokens=0)[0]
        return Ended({at: found for at, found in by_step.items() if found.metrics}, samples)

    def _parts(self) -> list[tuple[int, list[Item]]]:
        """The items in parts whose answers are sampled at once, each with how many come before it."""
        size = max(1, ROWS // self._each)
        return [(start, self._items[start : start + size]) for start in range(0, len(self._items), size)]

    def _answers(
        self, items: Sequence[Item], before: int, of_reference: bool, heartbeat: Callable[[], None]
    ) -> list[Answer]:
        """Several answers to each of the items, of which so many stand before them."""
        rows = [(item, before + place, number) for place, item in enumerate(items) for number in range(self._each)]
        asked = [item for item, _, _ in rows]
        prompts = self._asking.prompts(asked)
        streams = [(self._seed, int(prompt_key(item.messages), 16), number) for item, _, number in rows]
        policy = self._asking.policy
        if of_reference:
            with policy.reference() as model:
                sampled = self._asking.answers(prompts, streams, heartbeat, model)
            compared = _as_sampled(sampled)
        else:
            sampled = self._asking.answers(prompts, streams, heartbeat)
            encoded = [Encoded(prompt, answer.tokens) for prompt, answer in zip(prompts, sampled, strict=True)]
            compared = compare(policy, encoded, one_by_one=False, heartbeat=heartbeat)
        texts = [policy.template.decode(answer.tokens) for answer in sampled]
        return read_answers(asked, [index for _, index, _ in rows], sampled, texts, self._asking, compared)


def _rewards(samples: Sequence[Sample], step: int, each: int) -> npt.NDArray[np.float64]:
    """The rewards of a step's answers: (P, A)."""
    return np.array([sample.reward for sample in samples if sample.step == step], np.float64).reshape(-1, each)


def _as_sampled(sampled: Sequence[Sampled]) -> Compared:
    """Answers of the reference itself: both log-probs are those it sampled with, and the KL is 0."""
    longest = max(len(answer.logps) for answer in sampled)
    logps = torch.tensor([[*answer.logps, *[0.0] * (longest - len(answer.logps))] for answer in sampled])
    lengths = torch.tensor([len(answer.logps) for answer in sampled])
    return Compared(logps, logps, torch.zeros_like(logps), torch.arange(longest) < lengths[:, None])
