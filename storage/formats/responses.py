"""Responses to a prompt as most forms hold them: a better and a worse one, or a single one; and back into rows."""

from collections.abc import Iterator
from typing import Any

from storage.errors import Invalid
from storage.formats.rows import split_last_response
from storage.records import Item, Message, Preference, Response
from words import N_

FIRST, SECOND = "r1", "r2"
RESPONSE_FIELDS = "answer_fields"
"""The extra field that keeps what a response's message holds beside role and content: {response id: fields}."""


def pair(
    prompt: list[Message],
    chosen: str,
    rejected: str,
    *,
    scores: tuple[float | None, float | None] = (None, None),
    extra: dict[str, Any],
) -> Item:
    """An item of two responses, the first of which is the better one."""
    return Item(
        id="",
        messages=tuple(prompt),
        responses=(Response(FIRST, chosen, scores[0]), Response(SECOND, rejected, scores[1])),
        preferences=(Preference(FIRST, SECOND),),
        extra=extra,
    )


def dialogue_pair(
    prompt: list[Message] | None,
    chosen: list[Message],
    rejected: list[Message],
    *,
    scores: tuple[float | None, float | None] = (None, None),
    extra: dict[str, Any],
) -> Item:
    """A pair out of two dialogues that differ in their last turn; they may repeat `prompt`, or hold all of it."""
    before, better, better_fields = split_last_response(chosen, "chosen")
    before_rejected, worse, worse_fields = split_last_response(rejected, "rejected")
    if before != before_rejected:
        raise Invalid(N_("The dialogues of chosen and rejected differ before their last turn."))
    if prompt is not None and before[: len(prompt)] != prompt:
        before = prompt + before
    extra_fields = _kept({FIRST: better_fields, SECOND: worse_fields})
    return pair(before, better, worse, scores=scores, extra={**extra, **extra_fields})


def single(turns: list[Message], field: str, *, label: bool | None, extra: dict[str, Any]) -> Item:
    """An item of one response: the last turn of a dialogue."""
    prompt, text, fields = split_last_response(turns, field)
    responses = (Response(FIRST, text, label=label),)
    return Item(id="", messages=tuple(prompt), responses=responses, extra={**extra, **_kept({FIRST: fields})})


def preference_pairs(item: Item) -> Iterator[tuple[Response, Response]]:
    """The (chosen, rejected) responses of each of the item's preferences."""
    by_id = {response.id: response for response in item.responses}
    for preference in item.preferences:
        yield by_id[preference.chosen], by_id[preference.rejected]


def as_message(item: Item, response: Response) -> Message:
    """A response as the message it was."""
    fields = item.extra.get(RESPONSE_FIELDS, {}).get(response.id, {})
    return {"role": "assistant", "content": response.text, **fields}


def with_extra(row: dict[str, Any], item: Item) -> dict[str, Any]:
    """The row, and the item's extra fields that do not bear a name of the row's own."""
    return row | {name: value for name, value in item.extra.items() if name not in (*row, RESPONSE_FIELDS)}


def _kept(fields: dict[str, dict[str, Any]]) -> dict[str, Any]:
    filled = {name: values for name, values in fields.items() if values}
    return {RESPONSE_FIELDS: filled} if filled else {}
