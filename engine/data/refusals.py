"""Prompts that a chat template refuses: found by rendering all of them once, and told in the template's own words.

Left out: what becomes of them (they are skipped, `groups` and `engine.runtime.training.rollouts`).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from engine.data.system_turn import Messages, as_read, has_system_turn
from engine.data.templates import Encoder
from engine.spec.blocks import SystemTurn
from storage.records import Item
from words import N_, Text, to_json
from words.names import listed

Check = Callable[[Sequence[Messages], SystemTurn], Sequence[Text | None]]
"""Why each of several conversations is refused, read with its system turn there; None where it is not."""

BATCH = 50  # prompts between two looks at the clock
NAMED = 10  # items that a sentence names


@dataclass(frozen=True)
class Refusal:
    """An item whose prompt is refused, and why."""

    item: str
    cause: Text


@dataclass(frozen=True)
class Refusals:
    """What came of rendering `checked` of `total` prompts. `mended`: with the system turn in the first question."""

    total: int
    checked: int
    refusals: tuple[Refusal, ...] = ()
    mended: int = 0

    @property
    def count(self) -> int:
        """Prompts that are refused, of those that were checked."""
        return len(self.refusals)

    @property
    def items(self) -> frozenset[str]:
        """The ids of the items that are refused."""
        return frozenset(refusal.item for refusal in self.refusals)

    @property
    def text(self) -> Text:
        """One sentence with the count, the share that was checked, the first items and the template's words."""
        values = {
            "count": self.count,
            "checked": self.checked,
            "items": listed([refusal.item for refusal in self.refusals], NAMED),
            "cause": to_json(self.refusals[0].cause),
        }
        if self.checked < self.total:
            text = N_(
                "{count} of the {checked} prompts that were checked in time (of {total}) cannot be read and are "
                "skipped. Items: {items}. {cause}"
            )
            return text, {**values, "total": self.total}
        return N_("{count} of {checked} prompts cannot be read and are skipped. Items: {items}. {cause}"), values


def checker(template: Encoder) -> Check:
    """What checks prompts by the template alone."""

    def check(conversations: Sequence[Messages], system_turn: SystemTurn) -> list[Text | None]:
        problems = template.check_prompts([as_read(messages, system_turn) for messages in conversations])
        return [None if problem is None else problem.text for problem in problems]

    return check


def refusals(
    items: Iterable[Item],
    total: int,
    check: Check,
    system_turn: SystemTurn,
    is_over: Callable[[], bool] = lambda: False,
) -> Refusals:
    """Check the prompts of the items, until `is_over`; `total` is how many these may be."""
    checked, mended = 0, 0
    refused: list[Refusal] = []
    for batch in _batches(items):
        if is_over():
            return Refusals(total, checked, tuple(refused), mended)
        causes = check([item.messages for item in batch], system_turn)
        checked += len(batch)
        refusing = [(item, cause) for item, cause in zip(batch, causes, strict=True) if cause is not None]
        refused += [Refusal(item.id, cause) for item, cause in refusing]
        if system_turn == "as_is":
            mended += _mended([item.messages for item, _cause in refusing], check)
    return Refusals(checked, checked, tuple(refused), mended)


def _mended(conversations: Sequence[Messages], check: Check) -> int:
    """How many of these could be read with the system turn in the first question."""
    with_system = [messages for messages in conversations if has_system_turn(messages)]
    return sum(cause is None for cause in check(with_system, "in_first_user"))


def _batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    rest = iter(items)
    while batch := list(islice(rest, BATCH)):
        yield batch
