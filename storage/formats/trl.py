"""TRL's forms: preference, unpaired, prompt-completion, prompt-only. Each as plain text or as chat messages."""

from collections.abc import Iterator, Sequence
from os.path import commonprefix
from typing import Any

from storage.errors import Invalid
from storage.formats.pairs import dialogue_pair, pair, told
from storage.formats.rows import Row, answer, extra, messages, number, said_by_user, text, truth
from storage.records import Item, Message, Response
from storage.texts import N_

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
    """Explicit prompts, as plain text where every prompt is one message of the user, else as messages."""
    plain = all([message["role"] for message in item.messages] == ["user"] for item in items)
    if not plain:
        yield from write_messages(items)
        return
    for item in items:
        for chosen, rejected in told(item):
            yield {
                "prompt": item.messages[0]["content"],
                "chosen": chosen.text,
                "rejected": rejected.text,
                **_scores(chosen, rejected),
                **item.extra,
            }


def write_messages(items: Sequence[Item]) -> Iterator[dict[str, Any]]:
    """Explicit prompts, as messages."""
    for item in items:
        fields = item.extra.get("answer_fields", {})
        rest = {name: value for name, value in item.extra.items() if name != "answer_fields"}
        for chosen, rejected in told(item):
            yield {
                "prompt": list(item.messages),
                "chosen": [_said(chosen, fields)],
                "rejected": [_said(rejected, fields)],
                **_scores(chosen, rejected),
                **rest,
            }


def matches_unpaired(row: Row) -> bool:
    return "prompt" in row and "completion" in row and "label" in row


def read_unpaired(row: Row) -> Item:
    label = truth(row, "label")
    return _completed(row, label, ("prompt", "completion", "label"))


def write_unpaired(items: Sequence[Item]) -> Iterator[dict[str, Any]]:
    return (
        {**row, "label": response.label, **item.extra}
        for item, response, row in _completions(items)
        if response.label is not None
    )


def matches_completion(row: Row) -> bool:
    return "prompt" in row and "completion" in row and "label" not in row


def read_completion(row: Row) -> Item:
    return _completed(row, None, ("prompt", "completion"))


def write_completion(items: Sequence[Item]) -> Iterator[dict[str, Any]]:
    return ({**row, **item.extra} for item, _, row in _completions(items))


def matches_prompt(row: Row) -> bool:
    return "prompt" in row and not {"chosen", "rejected", "completion", "responses"} & row.keys()


def read_prompt(row: Row) -> Item:
    return Item(id="", messages=tuple(_prompt(row)), extra=extra(row, ("prompt",)))


def write_prompt(items: Sequence[Item]) -> Iterator[dict[str, Any]]:
    return ({"prompt": list(item.messages), **item.extra} for item in items)


def _prompt(row: Row) -> list[Message]:
    return messages(row, "prompt") if isinstance(row.get("prompt"), list) else said_by_user(text(row, "prompt"))


def _shared_beginning(chosen: str, rejected: str) -> str:
    """The prompt of two texts that hold it both, cut where TRL's `extract_prompt` cuts."""
    shared = commonprefix([chosen, rejected])  # noqa: RUF071
    if not shared:
        raise Invalid(N_("There is no prompt: the field is missing, and chosen and rejected begin differently."))
    return shared.removesuffix(" ")


def _completed(row: Row, label: bool | None, known: Sequence[str]) -> Item:
    prompt = _prompt(row)
    fields: dict[str, Any] = {}
    if isinstance(row.get("completion"), list):
        before, said, fields = answer(messages(row, "completion"), "completion")
        prompt = prompt + before
    else:
        said = text(row, "completion")
    rest = {**extra(row, known), **({"answer_fields": {"r1": fields}} if fields else {})}
    return Item(id="", messages=tuple(prompt), responses=(Response("r1", said, label=label),), extra=rest)


def _completions(items: Sequence[Item]) -> Iterator[tuple[Item, Response, dict[str, Any]]]:
    for item in items:
        for response in item.responses:
            said = [{"role": "assistant", "content": response.text}]
            yield item, response, {"prompt": list(item.messages), "completion": said}


def _said(response: Response, fields: dict[str, Any]) -> Message:
    return {"role": "assistant", "content": response.text, **fields.get(response.id, {})}


def _scores(chosen: Response, rejected: Response) -> dict[str, float]:
    if chosen.score is None or rejected.score is None:
        return {}
    return {"score_chosen": chosen.score, "score_rejected": rejected.score}
