"""The first groups of a rollout as a reader may look at them: texts, rewards and advantages, without a tensor.

Left out: when they are kept (`assembly`) and where (`storage.rollout_samples`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any, Self

from engine.data.groups import Group
from engine.models.sampler import Sampled
from engine.rewards import Scored
from storage.records import Item, RolloutSample

SHOWN_PROMPTS = 2
SHOWN_ANSWERS = 16  # responses of a group, whose tokens are looked at


@dataclass(frozen=True)
class ShownGroups:
    """What readers look at of a rollout. `trained`: its first groups as the loss sees them, for their tokens;
    `samples`: all responses of these groups, for their texts."""

    trained: Sequence[Group] = ()
    samples: Sequence[RolloutSample] = ()

    def state(self) -> dict[str, Any]:
        """Plain JSON, as a checkpoint keeps it."""
        samples = [{**vars(sample), "messages": list(sample.messages)} for sample in self.samples]
        return {"newest": [group.state() for group in self.trained], "sampled": samples}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Self:
        """The groups that `state` was taken of; none where an older version took it."""
        samples = [
            RolloutSample(**{**sample, "messages": tuple(sample["messages"])}) for sample in state.get("sampled", [])
        ]
        return cls([Group.from_state(group) for group in state.get("newest", [])], samples)


def shown_groups(
    items: Sequence[Item],
    texts: Sequence[str],
    answers: Sequence[Sampled],
    scored: Sequence[Scored],
    groups: Sequence[Group],
    selected: Sequence[Group],
) -> ShownGroups:
    """The first groups of a rollout; the arguments are those of `rollout_samples`."""
    trained = [group.of_responses(range(min(SHOWN_ANSWERS, len(group.ids)))) for group in selected[:SHOWN_PROMPTS]]
    return ShownGroups(trained, rollout_samples(items, texts, answers, scored, groups, selected))


def rollout_samples(
    items: Sequence[Item],
    texts: Sequence[str],
    answers: Sequence[Sampled],
    scored: Sequence[Scored],
    groups: Sequence[Group],
    selected: Sequence[Group],
) -> list[RolloutSample]:
    """The responses of the first groups, those that the loss leaves out too.

    `items`, `scored`, `groups` and `selected` are by group, `texts` and `answers` by response. `selected`: the groups
    as they are trained on.
    """
    samples = []
    for number, (item, group) in enumerate(zip(items[:SHOWN_PROMPTS], groups, strict=False)):
        start, trained = number * len(group.ids), set(selected[number].ids)
        for index, response_id in enumerate(group.ids):
            sample = RolloutSample(
                run_id="",  # the lease that stores it knows run and attempt, the evaluation its step
                attempt=0,
                step=0,
                prompt_index=number,
                sample_index=index,
                messages=item.messages,
                text=texts[start + index],
                scores={name: values[index] for name, values in scored[number].components.items()},
                tokens=len(answers[start + index].tokens),
                finished=answers[start + index].finished,
                reward=group.scores[index],
                kl=_log_ratio(group, index),
                advantage=_advantage(group, index),
                trained=response_id in trained,
            )
            samples.append(sample)
    return samples


def _log_ratio(group: Group, index: int) -> float | None:
    """log pi - log ref summed over the response's tokens, where the method has a reference."""
    if "reference" not in group.recorded:
        return None
    return sum(group.recorded["old"][index]) - sum(group.recorded["reference"][index])


def _advantage(group: Group, index: int) -> float | None:
    """The mean over the response's tokens, where the method has advantages."""
    advantages = group.recorded["advantages"][index] if "advantages" in group.recorded else ()
    return fmean(advantages) if advantages else None
