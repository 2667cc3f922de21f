"""Where an update's groups come from. The loop knows this protocol only; sampled answers fit beside the frozen ones.

Left out: what is computed from the groups (`learner`).
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from engine.data.groups import Group, Skip
from engine.data.items import Example
from engine.data.order import Order
from storage.records import Item, RolloutSample
from words import N_, Explained

log = logging.getLogger(__name__)

_NOTHING = N_(
    "There is nothing this algorithm can train on: no answer is left within data.max_tokens, all answers to a prompt "
    "are equal after cutting, or no two of them differ in score. Sampled answers differ more at a larger "
    "sampling.group_size or another reward."
)


class NothingToTrainOn(Explained):
    """No example has a response left, or none has anything to compare."""

    def __init__(self) -> None:
        super().__init__(_NOTHING)


class Source(Protocol):
    """An endless stream of batches of groups that can be resumed."""

    max_empty_batches: int  # batches in a row that may hold nothing the loss counts
    skips: Counter[Skip]  # examples passed over because nothing of them can be trained on, by why
    generated: int  # tokens sampled so far

    def __iter__(self) -> Iterator[list[Group]]:
        """Batches, each of whole groups, as many as `plan` cuts into updates."""

    def take_batch_metrics(self) -> Mapping[str, float]:
        """Metrics of the newest batch itself, given out once."""

    def newest_groups(self) -> Sequence[tuple[Group, Item]]:
        """The first groups of the newest rollout as they are trained on, each with the item whose prompt it answers;
        nothing where answers are stored."""

    def sampled_groups(self) -> Sequence[RolloutSample]:
        """The same groups with all of their responses, as a reader looks at them."""

    def state(self, *, within: bool) -> dict[str, Any]:
        """Where the stream stands, as plain JSON; `within`: updates of the newest batch are still to be done."""

    def restore(self, state: dict[str, Any]) -> None:
        """Go on where `state` was taken."""


class Frozen:
    """The examples of a frozen dataset version in an order keyed by the seed; each is encoded when its turn comes."""

    max_empty_batches = 1000  # next to nothing in time

    def __init__(
        self, examples: Sequence[Example], encode: Callable[[Example], Group | Skip], *, batch_size: int, seed: int
    ) -> None:
        if not examples:
            raise NothingToTrainOn
        self.skips: Counter[Skip] = Counter()
        self.generated = 0
        self._examples = examples
        self._encode = encode
        self._batch_size = batch_size
        self._order = Order(len(examples), seed)
        self._position = 0

    def __iter__(self) -> Iterator[list[Group]]:
        while True:
            yield [self._next() for _ in range(self._batch_size)]

    def take_batch_metrics(self) -> Mapping[str, float]:
        return {}

    def newest_groups(self) -> Sequence[tuple[Group, Item]]:
        return []

    def sampled_groups(self) -> Sequence[RolloutSample]:
        return ()

    def state(self, *, within: bool) -> dict[str, Any]:
        assert not within, "a frozen batch is one update"
        return {"position": self._position, "skips": dict(self.skips)}

    def restore(self, state: dict[str, Any]) -> None:
        self._position, self.skips = state["position"], restored_skips(state)

    def _next(self) -> Group:
        """The next example that has something to train on."""
        for _ in range(self._order.count):
            index = self._order[self._position]
            group = self._encode(self._examples[index])
            self._position += 1
            if isinstance(group, Group):
                return group
            if not self.skips[group]:
                log.info("examples are skipped (%s), first of the item %s", group, self._examples[index].item)
            self.skips[group] += 1
        raise NothingToTrainOn


def restored_skips(state: Mapping[str, Any]) -> Counter[Skip]:
    """What a checkpoint counted. Those of versions up to 0.1 hold one count, of examples without room."""
    return Counter(state["skips"] if "skips" in state else {"no_room": state["skipped"]})


def plan(groups: Sequence[Group], *, batch_size: int, passes: int) -> list[Sequence[Group]]:
    """The updates that one batch of a source gives: slices of `batch_size` groups, `passes` times over."""
    once = [groups[start : start + batch_size] for start in range(0, len(groups), batch_size)]
    return once * passes
