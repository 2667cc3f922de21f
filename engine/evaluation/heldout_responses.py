"""What a policy answers to held-out prompts along a run: one answer each, scored, and its tokens' values.

The prompts are the first by prompt hash, and an answer's random stream is keyed by its prompt alone, so all runs and
seeds are measured with the same luck. Every answer is scored alone, under policy and reference alike: at step 0 their
difference is exactly 0. It needs a model and a reward only. Left out: what an algorithm makes of held-out data
(`heldout_loss`), what the figures are (`answer_figures`), and the evaluation at the end of a run (`end_evaluation`).
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import torch

from engine.data.system_turn import as_read
from engine.data.templates import Encoded
from engine.data.tool_calls import tools_of
from engine.evaluation import token_rows
from engine.evaluation.answer_figures import Answer, Figures, figures
from engine.maths.logprobs import log_ratio, sequence_sum
from engine.models.against_reference import Compared, compare
from engine.models.load import Policy
from engine.models.sampler import Sampled, sample
from engine.rewards import Reward
from engine.spec.blocks import SystemTurn
from storage.item_content import prompt_key, to_json
from storage.records import Item, Sample, TokenRow


class Measured(NamedTuple):
    """What an evaluation gives at one step."""

    figures: Figures  # eval/*
    samples: list[Sample]  # the answers
    tokens: list[TokenRow]  # what tokens were worth: the answers first, in the same order


class Asking(NamedTuple):
    """How a policy is asked and its answers are scored: the same along a run and at its end."""

    policy: Policy
    reward: Reward
    max_prompt_tokens: int
    max_new_tokens: int
    system_turn: SystemTurn = "as_is"

    def prompts(self, items: Sequence[Item]) -> list[tuple[int, ...]]:
        """The items' prompts as tokens."""
        read = ((as_read(item.messages, self.system_turn), tools_of(item.extra)) for item in items)
        template = self.policy.template
        return [template.encode_prompt(*conversation)[-self.max_prompt_tokens :] for conversation in read]

    def answers(
        self,
        prompts: Sequence[Sequence[int]],
        streams: Sequence[Sequence[int]],
        heartbeat: Callable[[], None],
        model: Any = None,
    ) -> list[Sampled]:
        """An answer to each prompt, at temperature 1 and top_p 1; of the policy, or of its reference as `model`."""
        with self.policy.autocast():
            return sample(
                self.policy.model if model is None else model,
                prompts,
                streams,
                stops=self.policy.template.stops,
                max_new_tokens=self.max_new_tokens,
                decoding=self.policy.decoding,
                heartbeat=heartbeat,
            )

    def rewards(self, items: Sequence[Item], texts: Sequence[str]) -> tuple[list[float], list[dict[str, float]]]:
        """The total of each answer, and its components by name."""
        pairs = list(zip(items, texts, strict=True))
        self.reward.prefetch([(item.messages, text) for item, text in pairs])
        scored = [self.reward.score(item.messages, [text], [to_json(item)]) for item, text in pairs]
        components = [{name: values[0] for name, values in score.components.items()} for score in scored]
        return [score.total[0] for score in scored], components


class HeldoutResponses:
    """The same prompts and random streams at every step, answered by the policy as it is then."""

    def __init__(self, asking: Asking, items: Sequence[Item]) -> None:
        """`items`: one for each prompt, and none that the policy or the reward cannot read."""
        self._asking = asking
        self._items = items

    @torch.no_grad()
    def run(self, step: int, heartbeat: Callable[[], None]) -> Measured:
        """Sample one answer to each prompt and score it; `heartbeat` is called as work goes on.

        Metrics are means over answers; there are none where no prompt can be read.
        """
        if not self._items:
            return Measured(Figures(), [], [])
        template = self._asking.policy.template
        prompts, sampled = self.answer(heartbeat)
        encoded = [Encoded(prompt, answer.tokens) for prompt, answer in zip(prompts, sampled, strict=True)]
        compared = compare(self._asking.policy, encoded, one_by_one=True, heartbeat=heartbeat)
        texts = [template.decode(answer.tokens) for answer in sampled]
        answers = read_answers(self._items, range(len(texts)), sampled, texts, self._asking, compared)
        values = {"logps": compared.logps, "reference": compared.reference, "exact_kl": compared.kl}
        if compared.values is not None:
            values["values"] = compared.values
        rows = token_rows.of_answers(template, [answer.tokens for answer in sampled], values)
        return Measured(figures(answers, template, "eval"), [answer.sample(step) for answer in answers], rows)

    def answer(self, heartbeat: Callable[[], None]) -> tuple[list[tuple[int, ...]], list[Sampled]]:
        """The items' prompts as tokens, and the policy's answers to them."""
        prompts = self._asking.prompts(self._items)
        streams = [(int(prompt_key(item.messages), 16), 0) for item in self._items]
        return prompts, self._asking.answers(prompts, streams, heartbeat)


def read_answers(
    items: Sequence[Item],
    prompt_indices: Sequence[int],
    sampled: Sequence[Sampled],
    texts: Sequence[str],
    asking: Asking,
    compared: Compared,
) -> list[Answer]:
    """The answers with their rewards and what policy and reference say of them, in the order given.

    Equal prompts are neighbours; their answers are numbered from 0.
    """
    totals, components = asking.rewards(items, texts)
    sums = {
        "kl": sequence_sum(compared.kl, compared.mask),
        "log_ratio": sequence_sum(log_ratio(compared.logps, compared.reference, compared.mask), compared.mask),
        "reference": sequence_sum(compared.reference, compared.mask),
    }
    lists = {name: values.double().tolist() for name, values in sums.items()}
    answers: list[Answer] = []
    for row, (item, index, answer) in enumerate(zip(items, prompt_indices, sampled, strict=True)):
        repeats = answers and answers[-1].prompt_index == index
        answers.append(
            Answer(
                item,
                index,
                answers[-1].number + 1 if repeats else 0,
                answer.tokens,
                texts[row],
                answer.finished,
                totals[row],
                components[row],
                **{name: values[row] for name, values in lists.items()},
            )
        )
    return answers
