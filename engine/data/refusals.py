"""Items that a chat template refuses: found by rendering all of them once, and told in the template's own words.

It may refuse the prompt, or an answer that calls tools.

Left out: what becomes of them (they are skipped, `groups` and `engine.runtime.training.rollouts`).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from engine.data.system_turn import as_read, has_system_turn
from engine.data.templates import Conversation, Encoder
from engine.data.tool_calls import answers_with_calls, tools_of
from engine.spec.blocks import SystemTurn
from storage.records import Item
from words import N_, Text, to_json
from words.names import listed

Check = Callable[[Sequence[Item], SystemTurn], Sequence[Text | None]]
"""Why each of several items is refused, read with its system turn there; None where it is not."""

BATCH = 50  # prompts between two looks at the clock
NAMED = 10  # items that a sentence names


@dataclass(frozen=True)
class Refusal:
    """An item that is refused, and why."""

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


def checker(template: Encoder, *, answers: bool) -> Check:
    """What checks prompts, and with `answers` the responses that call tools, by the template alone."""

    def check(items: Sequence[Item], system_turn: SystemTurn) -> list[Text | None]:
        conversations = [
            Conversation(
                as_read(item.messages, system_turn),
                list(answers_with_calls(item).values()) if answers else (),
                tools_of(item.extra),
            )
            for item in items
        ]
        return [None if problem is None else problem.text for problem in template.check_all(conversations)]

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
        causes = check(batch, system_turn)
        checked += len(batch)
        refusing = [(item, cause) for item, cause in zip(batch, causes, strict=True) if cause is not None]
        refused += [Refusal(item.id, cause) for item, cause in refusing]
        if system_turn == "as_is":
            mended += _mended([item for item, _cause in refusing], check)
    return Refusals(checked, checked, tuple(refused), mended)


def _mended(items: Sequence[Item], check: Check) -> int:
    """How many of these could be read with the system turn in the first question."""
    with_system = [item for item in items if has_system_turn(item.messages)]
    return sum(cause is None for cause in check(with_system, "in_first_user"))


def _batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    rest = iter(items)
    while batch := list(islice(rest, BATCH)):
        yield batch
