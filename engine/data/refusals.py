"""Prompts that a chat template refuses: found by rendering all of them once, and told in the template's own words.

Left out: what becomes of them (they are skipped, `groups` and `engine.runtime.training.rollouts`).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from engine.data.system_turn import Messages, SystemTurn, as_read, has_system_turn
from engine.data.templates import Template, TemplateProblem
from storage.records import Item
from words import N_, Text, to_json

Read = Callable[[Messages, SystemTurn], object]
"""What a model does with a prompt first. Raises TemplateProblem where its template refuses it."""

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
            "items": ", ".join(refusal.item for refusal in self.refusals[:NAMED]) + ("…" if self.count > NAMED else ""),
            "cause": to_json(self.refusals[0].cause),
        }
        if self.checked < self.total:
            text = N_(
                "{count} of the {checked} prompts that were checked in time (of {total}) cannot be read and are "
                "skipped. Items: {items}. {cause}"
            )
            return text, {**values, "total": self.total}
        return N_("{count} of {checked} prompts cannot be read and are skipped. Items: {items}. {cause}"), values


def reader(template: Template) -> Read:
    """What reads prompts as the template writes them."""
    return lambda messages, system_turn: template.encode_prompt(as_read(messages, system_turn))


def refusals(
    items: Iterable[Item],
    total: int,
    read: Read,
    system_turn: SystemTurn,
    is_over: Callable[[], bool] = lambda: False,
) -> Refusals:
    """Let the template render the prompts of the items, until `is_over`; `total` is how many these may be."""
    checked, mended = 0, 0
    refused: list[Refusal] = []
    for item in items:
        if is_over():
            return Refusals(total, checked, tuple(refused), mended)
        cause = refusal(item.messages, read, system_turn)
        checked += 1
        if cause is not None:
            refused.append(Refusal(item.id, cause))
            if system_turn == "as_is" and has_system_turn(item.messages):
                mended += refusal(item.messages, read, "in_first_user") is None
    return Refusals(checked, checked, tuple(refused), mended)


def refusal(messages: Messages, read: Read, system_turn: SystemTurn) -> Text | None:
    """Why the prompt is refused; None where it is not."""
    try:
        read(messages, system_turn)
    except TemplateProblem as error:
        return error.text
    return None
