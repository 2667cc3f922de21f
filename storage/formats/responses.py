"""From the responses that a format found in a row to an item, and from an item's responses back to rows.

Left out: which fields hold them (`preferences`, `verdicts`, `scored_lists`, `completions`).
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from storage.errors import Invalid
from storage.formats import field_names
from storage.formats.chat_turns import TEXT_FIELDS, is_turn, said_by_assistant
from storage.formats.dialogues import shared_context, split_last, whole_prompt, without_response
from storage.formats.prompt_fields import has_prompt, prompt_field, read_prompt, take_tools, text_or_turns
from storage.formats.row_fields import Row
from storage.item_content import RESPONSE_FIELDS, TOOLS
from storage.records import ImportedVerdict, Item, Message, Preference, Response
from words import N_

RESPONSE_DETAILS = "answer_details"
"""The extra field that keeps what a list of responses says of each beside text and score: {response id: fields}."""
KEPT = frozenset({RESPONSE_FIELDS, RESPONSE_DETAILS, field_names.INDIVIDUAL, *field_names.OPENAI_OPTIONS})
"""Extra fields that are understood: they go back into rows, and nobody needs to be told of them."""


@dataclass(frozen=True)
class Candidate:
    """A response as a row holds it: the last turn of a dialogue, which may repeat the prompt."""

    field: str
    dialogue: list[Message]
    score: float | None = None
    label: bool | None = None
    origin: str = ""


def response_turns(value: Any, field: str) -> list[Message]:
    """A field that holds a response: text, a message, or a dialogue that ends with it."""
    if isinstance(value, dict) and not is_turn(value):
        value = next((value[name] for name in TEXT_FIELDS if name in value), value)
    read = text_or_turns(value, field)
    return [said_by_assistant(read)] if isinstance(read, str) else read


def item(
    row: Row,
    candidates: Sequence[Candidate],
    preferences: tuple[Preference, ...] = (),
    verdicts: tuple[ImportedVerdict, ...] = (),
) -> Item:
    """The item of a row: its prompt and these responses, which are called r1, r2 ... in their order."""
    split = {candidate.field: split_last(candidate.dialogue, candidate.field) for candidate in candidates}
    contexts = {field: before for field, (before, _, _) in split.items()}
    context = shared_context(contexts)
    if not context and not has_prompt(row, split):
        raise no_prompt(row)
    # beside whole dialogues, names that mean other things too are no prompt
    without = {*split, *(field_names.VAGUE_PROMPTS if context else ())}
    prompt = without_response(read_prompt(row, without), [text for _, text, _ in split.values()])
    if prompt and prompt[-1]["role"] == "assistant" and prompt_field(row, without) == "messages":
        raise Invalid(
            N_("The dialogue of {field} ends with an answer that is none of the responses."), field="messages"
        )
    messages = whole_prompt(prompt, contexts)
    ids = [f"r{number}" for number in range(1, len(candidates) + 1)]
    fields = {key: more for key, (_, _, more) in zip(ids, split.values(), strict=True) if more}
    if fields:
        row.keep(RESPONSE_FIELDS, fields)
    take_tools(row)
    responses = tuple(
        Response(key, split[candidate.field][1], candidate.score, candidate.label, candidate.origin)
        for key, candidate in zip(ids, candidates, strict=True)
    )
    return Item("", tuple(messages), responses, preferences, extra=row.unread(), verdicts=verdicts)


def no_prompt(row: Row) -> Invalid:
    """The complaint about a row without a prompt, which names the fields that might be it."""
    unread = ", ".join(row.unread())
    if not unread:
        return Invalid(N_("There is no prompt, and the responses hold no marks of a dialogue to read it from."))
    return Invalid(
        N_("There is no prompt; not read: {fields}. If one of them is the prompt, map it."),
        fields=unread,
    )


def preference_pairs(item: Item) -> Iterator[tuple[Response, Response]]:
    """The (chosen, rejected) responses of each of the item's preferences."""
    by_id = {response.id: response for response in item.responses}
    for preference in item.preferences:
        yield by_id[preference.chosen], by_id[preference.rejected]


def pair_scores(chosen: Response, rejected: Response) -> dict[str, float]:
    """The scores of a pair as fields of a row, as far as there are any."""
    scores = zip(field_names.PAIR_SCORES[0], (chosen.score, rejected.score), strict=True)
    return {name: score for name, score in scores if score is not None}


def response_score(response: Response) -> dict[str, float]:
    """The score of a single response as a field of a row, if there is one."""
    return {} if response.score is None else {field_names.SCORE: response.score}


def as_message(item: Item, response: Response) -> Message:
    """A response as the message it was."""
    return {"role": "assistant", "content": response.text, **message_fields(item, response)}


def message_fields(item: Item, response: Response) -> dict[str, Any]:
    """What the response's message held beside role and content."""
    by_id = item.extra.get(RESPONSE_FIELDS)
    fields = by_id.get(response.id) if isinstance(by_id, dict) else None
    return fields if isinstance(fields, dict) else {}


def cannot_hold(format: str, item: Item) -> Invalid:
    """The complaint about an item that a format of less means would change."""
    return Invalid(
        N_(
            "The form {format} cannot hold the dialogue of the item {id}: export as sharegpt or trl-messages, which "
            "hold every role and tool call."
        ),
        format=format,
        id=item.id or "-",
    )


def with_extra(row: dict[str, Any], item: Item, *also_hidden: str) -> dict[str, Any]:
    """The row, and the item's extra fields but for those that a reader would take for the row's own."""
    hidden = {*row, *field_names.RESERVED, *also_hidden, RESPONSE_FIELDS, RESPONSE_DETAILS}
    return row | {name: value for name, value in item.extra.items() if name not in hidden}


def with_tools_as_text(row: dict[str, Any], item: Item) -> dict[str, Any]:
    """The row with the extra fields, the tools as JSON text, which is how LLaMA-Factory and ms-swift hold them."""
    tools = item.extra.get(TOOLS)
    text = {} if tools is None or isinstance(tools, str) else {"tools": json.dumps(tools, ensure_ascii=False)}
    return with_extra(row, item) | text
