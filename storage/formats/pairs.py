"""Pairs as most forms see them: a prompt, a chosen and a rejected answer."""

from collections.abc import Iterator
from typing import Any

from storage.errors import Invalid
from storage.formats.rows import answer
from storage.records import Item, Message, Preference, Response
from storage.texts import N_

CHOSEN, REJECTED = "r1", "r2"


def pair(
    prompt: list[Message],
    chosen: str,
    rejected: str,
    *,
    scores: tuple[float | None, float | None] = (None, None),
    extra: dict[str, Any] | None = None,
) -> Item:
    """An item of two responses, the first of which is the better one."""
    return Item(
        id="",
        messages=tuple(prompt),
        responses=(Response(CHOSEN, chosen, scores[0]), Response(REJECTED, rejected, scores[1])),
        preferences=(Preference(CHOSEN, REJECTED),),
        extra=extra or {},
    )


def dialogue_pair(prompt: list[Message] | None, chosen: list[Message], rejected: list[Message], **more: Any) -> Item:
    """A pair out of two dialogues that differ in their last turn; they may repeat `prompt`, or hold all of it."""
    before, better, better_fields = answer(chosen, "chosen")
    before_rejected, worse, worse_fields = answer(rejected, "rejected")
    if before != before_rejected:
        raise Invalid(N_("The dialogues of chosen and rejected differ before their last turn."))
    if prompt is not None and before[: len(prompt)] != prompt:
        before = prompt + before
    extra = dict(more.pop("extra", {}))
    if better_fields or worse_fields:
        extra["answer_fields"] = {CHOSEN: better_fields, REJECTED: worse_fields}
    return pair(before, better, worse, extra=extra, **more)


def told(item: Item) -> Iterator[tuple[Response, Response]]:
    """The (chosen, rejected) responses of each of the item's preferences."""
    by_id = {response.id: response for response in item.responses}
    for preference in item.preferences:
        yield by_id[preference.chosen], by_id[preference.rejected]
