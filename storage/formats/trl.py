"""TRL's forms: preference, unpaired, prompt-completion, prompt-only. Each as plain text or as chat messages."""

from collections.abc import Iterator, Sequence
from os.path import commonprefix
from typing import Any

from storage.errors import Invalid
from storage.formats.responses import (
    RESPONSE_FIELDS,
    as_message,
    dialogue_pair,
    pair,
    preference_pairs,
    single,
    with_extra,
)
from storage.formats.rows import Row, extra, messages, number, said_by_user, text, truth
from storage.records import Item, Message, Response
from words import N_

PREFERENCE = ("prompt", "chosen", "rejected", "score_chosen", "score_rejected")


def matches_preference(row: Row) -> bool:
    return all(isinstance(row.get(field), str | list) for field in ("chosen", "rejected"))


def read_preference(row: Row) -> Item:
    scores = (number(row, "score_chosen"), number(row, "score_rejected"))
    rest = extra(row, PREFERENCE)
    if isinstance(row.get("chosen"), list):
        prompt = _prompt(row) if row.get("prompt") is not None else None
        return dialogue_pair(prompt, messages(row, "chosen"), messages(row, "rejected"), scores=scores, extra=rest)
    chosen, rejected = text(row, "chosen"), text(row, "rejected")
    if row.get("prompt") is None:
        shared = _shared_beginning(chosen, rejected)
        prompt, chosen, rejected = said_by_user(shared), chosen[len(shared) :], rejected[len(shared) :]
    else:
        prompt = _prompt(row)
    return pair(prompt, chosen, rejected, scores=scores, extra=rest)


def write_preference(items: Sequence[Item]) -> Iterator[dict[str, Any]]:
    """Explicit prompts, as plain text where that holds everything, else as messages: one type in all rows of a file."""
    if not all(_is_plain(item) for item in items):
        yield from write_messages(items)
        return
    for item in items:
        for chosen, rejected in preference_pairs(item):
            row = {"prompt": item.messages[0]["content"], "chosen": chosen.text, "rejected": rejected.text}
            yield with_extra(row | _scores(chosen, rejected), item)


def write_messages(items: Sequence[Item]) -> Iterator[dict[str, Any]]:
    """Explicit prompts, as messages."""
    for item in items:
        for chosen, rejected in preference_pairs(item):
            responses = {"chosen": [as_message(item, chosen)], "rejected": [as_message(item, rejected)]}
            yield with_extra({"prompt": list(item.messages), **responses, **_scores(chosen, rejected)}, item)


def matches_unpaired(row: Row) -> bool:
    return "prompt" in row and "completion" in row and "label" in row


def read_unpaired(row: Row) -> Item:
    label = truth(row, "label")
    return _completed(row, label, ("prompt", "completion", "label"))


def write_unpaired(items: Sequence[Item]) -> Iterator[dict[str, Any]]:
    for item in items:
        for response in item.responses:
            if response.label is not None:
                yield with_extra({**_completion(item, response), "label": response.label}, item)


def matches_completion(row: Row) -> bool:
    return "prompt" in row and "completion" in row and "label" not in row


def read_completion(row: Row) -> Item:
    return _completed(row, None, ("prompt", "completion"))


def write_completion(items: Sequence[Item]) -> Iterator[dict[str, Any]]:
    for item in items:
        for response in item.responses:
            yield with_extra(_completion(item, response), item)


def matches_prompt(row: Row) -> bool:
    return "prompt" in row and not {"chosen", "rejected", "completion", "responses"} & row.keys()


def read_prompt(row: Row) -> Item:
    return Item(id="", messages=tuple(_prompt(row)), extra=extra(row, ("prompt",)))


def write_prompt(items: Sequence[Item]) -> Iterator[dict[str, Any]]:
    return (with_extra({"prompt": list(item.messages)}, item) for item in items)


def _prompt(row: Row) -> list[Message]:
    return messages(row, "prompt") if isinstance(row.get("prompt"), list) else said_by_user(text(row, "prompt"))


def _shared_beginning(chosen: str, rejected: str) -> str:
    """The prompt of two texts that hold it both, cut where TRL's `extract_prompt` cuts."""
    shared = commonprefix([chosen, rejected])  # noqa: RUF071
    if not shared:
        raise Invalid(N_("There is no prompt: the field is missing, and chosen and rejected begin differently."))
    return shared.removesuffix(" ")


def _completed(row: Row, label: bool | None, standard_fields: Sequence[str]) -> Item:
    if isinstance(row.get("completion"), list):
        completion = messages(row, "completion")
    else:
        completion = [{"role": "assistant", "content": text(row, "completion")}]
    return single([*_prompt(row), *completion], "completion", label=label, extra=extra(row, standard_fields))


def _completion(item: Item, response: Response) -> dict[str, Any]:
    return {"prompt": list(item.messages), "completion": [as_message(item, response)]}


def _is_plain(item: Item) -> bool:
    """Whether the prompt is one message of the user, and no message says more than its text."""
    return [set(message) for message in item.messages] == [{"role", "content"}] and (
        item.messages[0]["role"] == "user" and RESPONSE_FIELDS not in item.extra
    )


def _scores(chosen: Response, rejected: Response) -> dict[str, float]:
    if chosen.score is None or rejected.score is None:
        return {}
    return {"score_chosen": chosen.score, "score_rejected": rejected.score}
