"""The second source of the one loop: answers that the policy samples now, scored, and prepared for several updates.

A rollout is `rollout_prompts` prompts with `group_size` answers each. What an answer's tokens were worth when they were
sampled (log-probs of the old policy, of the reference, values, advantages) is recorded with it, so the updates of a
rollout, and a resumed run, see the same numbers. Left out: the updates (`learner`).
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from statistics import fmean
from typing import Any, cast

import torch
from torch import Tensor

from engine import algorithms
from engine.algorithms import PolicyGradient, ppo
from engine.batch import Batch
from engine.data.groups import Group
from engine.data.items import prompts
from engine.data.order import Order
from engine.data.templates import Encoded
from engine.models.batches import Batches
from engine.models.sampler import Sampled, sample
from engine.models.scoring import score, values
from engine.rewards import Reward, Scored
from engine.runtime.training.rollout_metrics import completion_metrics, reward_metrics
from engine.runtime.training.sources import NothingToTrainOn
from engine.spec import Train
from engine.spec.algorithms import DPO, GRPO, GSPO, PPO
from storage.item_content import to_json
from storage.records import Item


class Rollouts:
    """An endless stream of scored groups, sampled from the policy as it is when the loop asks for them."""

    max_empty_batches = 50  # a rollout each, or less: minutes on a small machine

    def __init__(
        self, items: Sequence[Item], batches: Batches, reward: Reward, spec: Train, *, beat: Callable[[], None]
    ) -> None:
        """`items`: the first is asked of those that share a prompt."""
        self._prompts = list(prompts(items).items())
        if not self._prompts:
            raise NothingToTrainOn
        self.skipped = 0
        self.generated = 0
        self._batches = batches
        self._policy = batches.policy
        self._reward = reward
        self._spec = spec
        self._algorithm = algorithms.load(spec.algorithm)
        self._beat = beat
        self._order = Order(len(self._prompts), spec.seed)
        self._position = 0
        self._count = 0
        self._kl_coefficient = spec.kl_coefficient if isinstance(spec, PPO) else 0.0
        self._open: list[Group] = []
        self._news: dict[str, float] = {}

    def __iter__(self) -> Iterator[list[Group]]:
        if self._open:
            yield self._open
        while True:
            self._open = self._roll_out()
            yield self._open

    def take_batch_metrics(self) -> Mapping[str, float]:
        """The metrics of the newest rollout, once: they belong to its first update."""
        news, self._news = self._news, {}
        return news

    def state(self, *, within: bool) -> dict[str, Any]:
        """Where the stream stands; `within` a rollout whose updates are not all done, the rollout too."""
        return {
            "position": self._position,
            "count": self._count,
            "skipped": self.skipped,
            "generated": self.generated,
            "kl_coefficient": self._kl_coefficient,
            "open": [group.state() for group in self._open] if within else [],
        }

    def restore(self, state: dict[str, Any]) -> None:
        self._position, self._count = state["position"], state["count"]
        self.skipped, self.generated = state["skipped"], state["generated"]
        self._kl_coefficient = state["kl_coefficient"]
        self._open = [Group.of(group) for group in state["open"]]

    def _roll_out(self) -> list[Group]:
        prompts = self._next(self._spec.rollout_prompts)
        encoded, answers = self._sample(prompts)
        groups, scored = self._scored(prompts, encoded, answers)
        # Only now: where the reward fails, the stream stands before this rollout.
        self._position += len(prompts)
        self._count += 1
        self.generated += sum(len(answer.tokens) for answer in answers)
        self._news = reward_metrics(scored) | completion_metrics(answers)
        with torch.no_grad():
            return self._compared(self._recorded(groups))

    def _next(self, count: int) -> list[tuple[str, Item]]:
        return [self._prompts[self._order[self._position + ahead]] for ahead in range(count)]

    def _sample(self, asked: Sequence[tuple[str, Item]]) -> tuple[list[tuple[int, ...]], list[Sampled]]:
        """The prompts' tokens, and `group_size` answers to each, one prompt after another."""
        sampling, template = self._spec.sampling, self._policy.template
        limit = self._spec.data.max_prompt_tokens
        encoded = [template.encode_prompt(item.messages)[-limit:] for _, item in asked]
        rows = [(place, index) for place in range(len(asked)) for index in range(sampling.group_size)]
        streams = self._streams([key for key, _ in asked])
        with self._policy.arithmetic():
            return encoded, sample(
                self._policy.model,
                [encoded[place] for place, _ in rows],
                [(*streams[place], index) for place, index in rows],
                stops=template.stops,
                max_new_tokens=sampling.max_new_tokens,
                temperature=sampling.temperature,
                top_p=sampling.top_p,
                beat=self._beat,
            )

    def _streams(self, keys: Sequence[str]) -> list[tuple[int, ...]]:
        """What the random streams of each prompt begin with. One asked again in the same rollout answers anew."""
        seen: Counter[str] = Counter()
        streams = []
        for key in keys:
            again = (seen[key],) if seen[key] else ()
            streams.append((self._spec.seed, self._count, int(key, 16), *again))
            seen[key] += 1
        return streams

    def _scored(
        self, asked: Sequence[tuple[str, Item]], encoded: Sequence[tuple[int, ...]], answers: Sequence[Sampled]
    ) -> tuple[list[Group], list[Scored]]:
        """The groups with their rewards and the old policy's log-probs."""
        size, groups, scores = self._spec.sampling.group_size, [], []
        said = [self._policy.template.decode(answer.tokens) for answer in answers]
        self._reward.ahead([(asked[row // size][1].messages, text) for row, text in enumerate(said)])
        for place, (_, item) in enumerate(asked):
            own = answers[place * size : (place + 1) * size]
            texts = said[place * size : (place + 1) * size]
            scored = self._reward.score(item.messages, texts, [to_json(item)] * size)
            rows = tuple(Encoded(tuple(encoded[place]), answer.tokens) for answer in own)
            old = tuple(answer.logps for answer in own)
            ids = tuple(f"{self._count}-{index}" for index in range(size))
            groups.append(Group(item.id, ids, rows, tuple(scored.total), recorded={"old": old}))
            scores.append(scored)
            self._beat()
        return groups, scores

    def _recorded(self, groups: list[Group]) -> list[Group]:
        """The groups with all that the algorithm needs to know of each token, fixed before the first update."""
        if "reference" in self._needs:
            groups = _with(groups, reference=self._reference(groups))
        if "value" in self._needs:
            groups = _with(groups, old_values=self._values(groups))
        if self._spec.batch == "trajectories":
            rollout = replace(self._batches.shapes(groups), **self._batches.recorded(groups))
            groups = _with(groups, **self._targets(rollout))
        return groups

    def _targets(self, rollout: Batch) -> Mapping[str, Tensor]:
        """What the algorithm makes of the rollout. The KL weight of ppo moves from one rollout to the next."""
        spec = self._spec
        if not isinstance(spec, PPO):
            return cast(PolicyGradient, self._algorithm).targets(rollout, spec)
        weight = self._kl_coefficient
        targets = ppo.targets(rollout, spec.model_copy(update={"kl_coefficient": weight}))
        self._news |= ppo.rollout_metrics(rollout, targets["returns"], weight)
        self._kl_coefficient = ppo.adapted_kl_coefficient(weight, self._news["objective/kl"], spec, len(rollout.mask))
        return targets

    @property
    def _needs(self) -> frozenset[str]:
        """What the spec needs; a KL that weighs nothing needs no reference."""
        free = isinstance(self._spec, GRPO | GSPO) and self._spec.kl_coefficient == 0
        return self._spec.needs - ({"reference"} if free else set())

    def _compared(self, groups: list[Group]) -> list[Group]:
        """Of each group the best against the worst, where the algorithm takes pairs."""
        if not (isinstance(self._spec, DPO) and self._spec.pairs == "best_worst"):
            return groups
        return [_only(group, _best_worst(group.scores)) for group in groups]

    def _reference(self, groups: Sequence[Group]) -> Tensor:
        with self._policy.reference() as model, self._policy.arithmetic():
            share, temperature = self._policy.packs_prompts, self._batches.temperature
            return self._in_parts(groups, lambda rows: score(model, rows, share=share, temperature=temperature).logps)

    def _values(self, groups: Sequence[Group]) -> Tensor:
        with self._policy.arithmetic():
            model, head, share = self._policy.model, self._policy.head, self._policy.packs_prompts
            assert head is not None
            if self._count == 1:
                # A critic that had yet to learn the level of the scores would find every early answer a surprise; and
                # where all scores are equal there is no surprise, so nothing is learned from them.
                head.init_bias(fmean(score for group in groups for score in group.scores))
            return self._in_parts(groups, lambda rows: values(model, head, rows, share=share))

    def _in_parts(self, groups: Sequence[Group], read: Callable[[Sequence[Encoded]], Tensor]) -> Tensor:
        """`read` over the groups of one minibatch after another, as one padded (R, T)."""
        rows: list[Tensor] = []
        size = self._spec.optimizer.batch_size
        for start in range(0, len(groups), size):
            encoded = [pair for group in groups[start : start + size] for pair in group.encoded]
            values = read(encoded).cpu()
            rows += [row[: len(pair.response)] for row, pair in zip(values, encoded, strict=True)]
            self._beat()
        return torch.nn.utils.rnn.pad_sequence(rows, batch_first=True)


def _with(groups: Sequence[Group], **values: Tensor) -> list[Group]:
    """The groups with (R, T) tensors recorded: R over all groups, in their order."""
    found, start = [], 0
    lists = {name: tensor.tolist() for name, tensor in values.items()}
    for group in groups:
        end = start + len(group.encoded)
        cut = {
            name: tuple(
                tuple(row[: len(pair.response)]) for row, pair in zip(rows[start:end], group.encoded, strict=True)
            )
            for name, rows in lists.items()
        }
        found.append(replace(group, recorded={**group.recorded, **cut}))
        start = end
    return found


def _best_worst(scores: Sequence[float]) -> list[int]:
    order = sorted(range(len(scores)), key=lambda index: (-scores[index], index))
    return [order[0], order[-1]]


def _only(group: Group, places: Sequence[int]) -> Group:
    return replace(
        group,
        ids=tuple(group.ids[place] for place in places),
        encoded=tuple(group.encoded[place] for place in places),
        scores=tuple(group.scores[place] for place in places),
        recorded={name: tuple(rows[place] for place in places) for name, rows in group.recorded.items()},
    )
