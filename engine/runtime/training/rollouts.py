"""The second source of the one loop: answers that the policy samples now, scored, and prepared for several updates.

A rollout is `rollout_prompts` prompts with `group_size` answers each. The numbers of an answer's tokens at the time of
sampling (log-probs of the old policy and of the reference, values, advantages) are recorded with it, so the updates of
a rollout, and a resumed run, see the same numbers. Left out: the updates (`learner`).
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from statistics import fmean
from typing import Any, cast

import torch
from torch import Tensor

from engine import algorithms
from engine.algorithms import PolicyGradient
from engine.data.groups import Group, Skip
from engine.data.items import prompts
from engine.data.order import Order
from engine.data.system_turn import as_read
from engine.data.templates import Encoded
from engine.data.tool_calls import tools_of
from engine.evaluation.answer_figures import mean_answer_length
from engine.models.batches import Batches
from engine.models.sampler import Sampled, sample
from engine.models.scoring import head_values, score
from engine.rewards import Reward, Scored
from engine.runtime.training import sampled_groups
from engine.runtime.training.rollout_metrics import completion_metrics, reward_metrics
from engine.runtime.training.sampled_groups import ShownGroups
from engine.runtime.training.sources import NothingToTrainOn, restored_skips
from engine.spec import Train
from storage.item_content import to_json
from storage.records import Item, RolloutSample


class Rollouts:
    """An endless stream of scored groups, sampled from the policy as it is when the loop asks for them."""

    max_empty_batches = 50  # a rollout each, or less: minutes on a small machine

    def __init__(
        self, items: Sequence[Item], batches: Batches, reward: Reward, spec: Train, *, heartbeat: Callable[[], None]
    ) -> None:
        """`items`: of those that share a prompt, the first is used; policy and reward can read them all."""
        self._prompts = list(prompts(items).items())
        if not self._prompts:
            raise NothingToTrainOn
        self.skips: Counter[Skip] = Counter()
        self.generated = 0
        self._batches = batches
        self._policy = batches.policy
        self._reward = reward
        self._spec = spec
        self._algorithm = algorithms.load(spec.algorithm)
        self._heartbeat = heartbeat
        self._order = Order(len(self._prompts), spec.seed)
        self._position = 0
        self._count = 0
        self._carry: Mapping[str, Any] = {}  # what the algorithm hands from one rollout to the next
        self._current: list[Group] = []
        self._shown = ShownGroups()  # of the newest rollout; kept when all of its updates are done
        self._metrics: dict[str, float] = {}

    def __iter__(self) -> Iterator[list[Group]]:
        if self._current:
            yield self._current
        while True:
            self._current = self._roll_out()
            yield self._current

    def take_batch_metrics(self) -> Mapping[str, float]:
        """The metrics of the newest rollout, once: they belong to its first update."""
        metrics, self._metrics = self._metrics, {}
        return metrics

    def newest_groups(self) -> Sequence[tuple[Group, Item]]:
        items = {item.id: item for _, item in self._prompts}
        return [(group, items[group.item]) for group in self._shown.trained if group.item in items]

    def sampled_groups(self) -> Sequence[RolloutSample]:
        return self._shown.samples

    def state(self, *, within: bool) -> dict[str, Any]:
        """Where the stream stands; `within` a rollout whose updates are not all done, the rollout too."""
        return {
            "position": self._position,
            "count": self._count,
            "skips": dict(self.skips),
            "generated": self.generated,
            "carry": self._carry,
            "open": [group.state() for group in self._current] if within else [],
            **self._shown.state(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        self._position, self._count = state["position"], state["count"]
        self.skips, self.generated = restored_skips(state), state["generated"]
        # Checkpoints of versions up to 0.1 hold what the algorithm carries beside the stream's own keys.
        own_keys = {*self.state(within=False), "skipped"}
        unknown = {key: value for key, value in state.items() if key not in own_keys}
        self._carry = state.get("carry", unknown)
        self._current = [Group.from_state(group) for group in state["open"]]
        self._shown = ShownGroups.from_state(state)

    def _roll_out(self) -> list[Group]:
        prompts = self._next(self._spec.rollout_prompts)
        encoded, answers = self._sample(prompts)
        texts = [self._policy.template.decode(answer.tokens) for answer in answers]
        groups, scored = self._scored(prompts, encoded, answers, texts)
        # Only now: where the reward fails, the stream stands before this rollout.
        self._position += len(prompts)
        self._count += 1
        self.generated += sum(len(answer.tokens) for answer in answers)
        self._metrics = reward_metrics(scored) | completion_metrics(answers)
        self._metrics |= mean_answer_length("completions/mean_answer_length", texts, self._policy.template)
        with torch.no_grad():
            recorded = self._recorded(groups)
        selected = self._select_responses(recorded)
        items = [item for _, item in prompts]
        self._shown = sampled_groups.shown_groups(items, texts, answers, scored, recorded, selected)
        return selected

    def _next(self, count: int) -> list[tuple[str, Item]]:
        return [self._prompts[self._order[self._position + offset]] for offset in range(count)]

    def _sample(self, prompts: Sequence[tuple[str, Item]]) -> tuple[list[tuple[int, ...]], list[Sampled]]:
        """The prompts' tokens, and `group_size` answers to each, one prompt after another."""
        sampling, template, data = self._spec.sampling, self._policy.template, self._spec.data
        read = ((as_read(item.messages, data.system_turn), tools_of(item.extra)) for _, item in prompts)
        encoded = [template.encode_prompt(*conversation)[-data.max_prompt_tokens :] for conversation in read]
        rows = [(number, index) for number in range(len(prompts)) for index in range(sampling.group_size)]
        streams = self._streams([key for key, _ in prompts])
        with self._policy.autocast():
            return encoded, sample(
                self._policy.model,
                [encoded[number] for number, _ in rows],
                [(*streams[number], index) for number, index in rows],
                stops=template.stops,
                max_new_tokens=sampling.max_new_tokens,
                temperature=sampling.temperature,
                decoding=self._policy.decoding,
                top_p=sampling.top_p,
                heartbeat=self._heartbeat,
            )

    def _streams(self, keys: Sequence[str]) -> list[tuple[int, ...]]:
        """What the random streams of each prompt begin with: a prompt that comes again in the rollout has another."""
        repeats: Counter[str] = Counter()
        streams = []
        for key in keys:
            repeat = (repeats[key],) if repeats[key] else ()
            streams.append((self._spec.seed, self._count, int(key, 16), *repeat))
            repeats[key] += 1
        return streams

    def _scored(
        self,
        prompts: Sequence[tuple[str, Item]],
        encoded: Sequence[tuple[int, ...]],
        answers: Sequence[Sampled],
        texts: Sequence[str],
    ) -> tuple[list[Group], list[Scored]]:
        """The groups with their rewards and the old policy's log-probs."""
        size, groups, scores = self._spec.sampling.group_size, [], []
        self._reward.prefetch([(prompts[row // size][1].messages, text) for row, text in enumerate(texts)])
        for number, (_, item) in enumerate(prompts):
            rows = slice(number * size, (number + 1) * size)
            scored = self._reward.score(item.messages, texts[rows], [to_json(item)] * size)
            pairs = tuple(Encoded(tuple(encoded[number]), answer.tokens) for answer in answers[rows])
            old = tuple(answer.logps for answer in answers[rows])
            ids = tuple(f"{self._count}-{index}" for index in range(size))
            groups.append(Group(item.id, ids, pairs, tuple(scored.total), recorded={"old": old}))
            scores.append(scored)
            self._heartbeat()
        return groups, scores

    def _recorded(self, groups: list[Group]) -> list[Group]:
        """The groups with all numbers of each token that the algorithm needs, fixed before the first update."""
        if "reference" in self._spec.needs:
            groups = _with_recorded(groups, {"reference": self._reference(groups)})
        if "value" in self._spec.needs:
            groups = _with_recorded(groups, {"old_values": self._values(groups)})
        if self._spec.batch == "trajectories":
            rollout = self._batches.shapes(groups).replace(**self._batches.recorded(groups))
            targets = cast(PolicyGradient, self._algorithm).targets(rollout, self._spec, self._carry)
            self._metrics |= targets.metrics
            self._carry = targets.carry
            groups = _with_recorded(groups, targets.values)
        return groups

    def _select_responses(self, groups: list[Group]) -> list[Group]:
        """The groups as the algorithm trains on them: whole, or the best and the worst response of each."""
        if self._spec.whole_groups:
            return groups
        return [group.of_responses(_best_worst(group.scores)) for group in groups]

    def _reference(self, groups: Sequence[Group]) -> Tensor:
        with self._policy.reference() as model, self._policy.autocast():
            share, temperature = self._policy.packs_prompts, self._batches.temperature
            return self._in_parts(groups, lambda rows: score(model, rows, share=share, temperature=temperature).logps)

    def _values(self, groups: Sequence[Group]) -> Tensor:
        with self._policy.autocast():
            model, head, share = self._policy.model, self._policy.head, self._policy.packs_prompts
            assert head is not None
            if self._count == 1:
                # A critic that had yet to learn the level of the scores would find every early answer a surprise; and
                # where all scores are equal there is no surprise, so nothing is learned from them.
                head.init_bias(fmean(score for group in groups for score in group.scores))
            return self._in_parts(groups, lambda rows: head_values(model, head, rows, share=share))

    def _in_parts(self, groups: Sequence[Group], read: Callable[[Sequence[Encoded]], Tensor]) -> Tensor:
        """`read` over the groups of one minibatch after another, as one padded (R, T)."""
        rows: list[Tensor] = []
        size = self._spec.optimizer.batch_size
        for start in range(0, len(groups), size):
            encoded = [pair for group in groups[start : start + size] for pair in group.encoded]
            values = read(encoded).cpu()
            rows += [row[: len(pair.response)] for row, pair in zip(values, encoded, strict=True)]
            self._heartbeat()
        return torch.nn.utils.rnn.pad_sequence(rows, batch_first=True)


def _with_recorded(groups: Sequence[Group], values: Mapping[str, Tensor]) -> list[Group]:
    """The groups with (R, T) tensors recorded: R over all groups, in their order."""
    rows = {name: iter(tensor.tolist()) for name, tensor in values.items()}

    def cut(group: Group) -> dict[str, tuple[tuple[float, ...], ...]]:
        lengths = [len(pair.response) for pair in group.encoded]
        return {name: tuple(tuple(next(row)[:length]) for length in lengths) for name, row in rows.items()}

    return [replace(group, recorded={**group.recorded, **cut(group)}) for group in groups]


def _best_worst(scores: Sequence[float]) -> list[int]:
    order = sorted(range(len(scores)), key=lambda index: (-scores[index], index))
    return [order[0], order[-1]]
