"""From the items of a frozen dataset version to the examples a run trains on: texts, pairs or groups. No tokens here.

A pair is a group scored 1 and 0, so one form serves all algorithms. Left out: the order (`order`) and the tokens
(`templates`).
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from engine.data.system_turn import as_read
from engine.data.templates import Conversation
from engine.data.tool_calls import Answer, Tools, answers_with_calls, tools_of
from engine.spec import Train
from storage.item_content import asked_key, prompt_key
from storage.records import Item


@dataclass(frozen=True)
class ScoredResponse:
    """One response of an example, and its score."""

    id: str
    text: str
    score: float
    message: Mapping[str, Any] | None = None  # of the assistant, where it calls tools

    @property
    def answer(self) -> Answer:
        """What the template gets."""
        return self.text if self.message is None else self.message


@dataclass(frozen=True)
class Example:
    """What `optimizer.batch_size` counts: responses to one prompt that are scored together and never split."""

    item: str
    messages: tuple[Mapping[str, Any], ...]
    responses: tuple[ScoredResponse, ...]
    strength: float | None = None
    tools: Tools = None

    @property
    def conversation(self) -> Conversation:
        """What the template gets."""
        return Conversation(self.messages, [response.answer for response in self.responses], self.tools)


def examples(items: Iterable[Item], spec: Train) -> list[Example]:
    """The examples of all items, in the items' order. Where responses are sampled, an example is a prompt alone."""
    return [_with_system_turn(example, spec) for example in _examples(items, spec)]


def _with_system_turn(example: Example, spec: Train) -> Example:
    """The example with its system turn where `data.system_turn` wants it."""
    messages = as_read(example.messages, spec.data.system_turn)
    return example if messages is example.messages else replace(example, messages=tuple(messages))


def _examples(items: Iterable[Item], spec: Train) -> list[Example]:
    if spec.data.source == "sampled":
        return [Example(item.id, item.messages, (), tools=tools_of(item.extra)) for item in prompts(items).values()]
    texts, compared = _labelled if spec.labelled else _texts, _groups if spec.whole_groups else _pairs
    read: Callable[[Item], Iterator[Example]] = texts if spec.batch == "texts" else compared
    return [example for item in items for example in _with_tools(item, read(item))]


def _with_tools(item: Item, examples: Iterable[Example]) -> Iterator[Example]:
    """The examples of an item with its tools, and with the calls that its responses make."""
    tools, calling = tools_of(item.extra), answers_with_calls(item)
    for example in examples:
        if tools or calling:
            responses = (replace(response, message=calling.get(response.id)) for response in example.responses)
            yield replace(example, responses=tuple(responses), tools=tools)
        else:
            yield example


def prompts(items: Iterable[Item]) -> dict[str, Item]:
    """The distinct prompts by their key, each with the first item that asks it, for runs that sample responses."""
    first: dict[str, Item] = {}
    for item in items:
        first.setdefault(asked_key(item), item)
    return first


def training(items: Sequence[Item]) -> list[Item]:
    """The items to train on. A version without a split trains on all."""
    return [item for item in items if item.split != "held_out"]


def held_out(items: Sequence[Item]) -> list[Item]:
    """The items to evaluate on. A version without a split evaluates on what it trains on."""
    return [item for item in items if item.split == "held_out"] or list(items)


def evaluated(items: Sequence[Item], word: str | None) -> list[Item]:
    """The items of the run's own data that it is evaluated on: `data.filter` narrows both sides of the split.

    Where it leaves none of the held-out ones, the run is evaluated on what it trains on.
    """
    return held_out(matching(items, word))


def matching(items: Iterable[Item], word: str | None) -> list[Item]:
    """The items that have a tag or topic (all for None): `data.filter`."""
    return [item for item in items if word is None or word == item.topic or word in item.tags]


def share(items: Iterable[Item], fraction: float) -> list[Item]:
    """The items of about this share of the prompts: `data.fraction`.

    Which prompts is decided by a hash of each, other than the one that holds prompts out: equal prompts stay together,
    and a smaller share is part of every larger one.
    """
    if fraction >= 1:
        return list(items)
    return [item for item in items if _position(item) < fraction]


def _position(item: Item) -> float:
    """A number in [0, 1) that follows from the prompt alone, evenly spread over prompts."""
    return int(hashlib.sha256(f"fraction {prompt_key(item.messages)}".encode()).hexdigest()[:12], 16) / 16**12


def score_spread(item: Item) -> float | None:
    """By how much the best response of a scored group leads the worst; None for an item that is no such group."""
    scored = [] if item.preferences else _scored(item)
    return scored[0].score - scored[-1].score if len(scored) > 1 else None


def _texts(item: Item) -> Iterator[Example]:
    """Responses to imitate: the chosen ones, else the best of a scored group, else all that are not labelled bad."""
    responses = {response.id: response for response in item.responses}
    if item.preferences:
        good = dict.fromkeys(preference.chosen for preference in item.preferences)
    elif any(response.score is not None for response in item.responses):
        best = max(response.score for response in item.responses if response.score is not None)
        good = dict.fromkeys(response.id for response in item.responses if response.score == best)
    else:
        good = dict.fromkeys(response.id for response in item.responses if response.label is not False)
    for key in good:
        yield Example(item.id, item.messages, (ScoredResponse(key, responses[key].text, 1.0),))


def _labelled(item: Item) -> Iterator[Example]:
    """Responses that are known to be good, scored 1, or bad, scored 0: by their label, else by the item's preferences.

    One that is preferred here and rejected there is neither.
    """
    labels = {response.id: response.label for response in item.responses if response.label is not None}
    if not labels:
        chosen = {preference.chosen for preference in item.preferences}
        rejected = {preference.rejected for preference in item.preferences}
        labels = {response.id: response.id in chosen for response in item.responses if response.id in chosen ^ rejected}
    for response in item.responses:
        if response.id in labels:
            yield Example(
                item.id, item.messages, (ScoredResponse(response.id, response.text, float(labels[response.id])),)
            )


def _pairs(item: Item) -> Iterator[Example]:
    """The item's preferences; of scored responses the best against the worst."""
    texts = {response.id: response.text for response in item.responses}
    for preference in item.preferences:
        chosen = ScoredResponse(preference.chosen, texts[preference.chosen], 1.0)
        rejected = ScoredResponse(preference.rejected, texts[preference.rejected], 0.0)
        yield Example(item.id, item.messages, (chosen, rejected), preference.strength)
    scored = [] if item.preferences else _scored(item)
    if scored and scored[0].score > scored[-1].score:
        yield Example(item.id, item.messages, (scored[0], scored[-1]))


def _groups(item: Item) -> Iterator[Example]:
    """The item's scored responses together; where somebody said which is better, a group of two for each preference."""
    scored = _scored(item)
    if len(scored) > 1 and not item.preferences:
        yield Example(item.id, item.messages, tuple(scored))
    else:
        yield from _pairs(item)


def _scored(item: Item) -> list[ScoredResponse]:
    """The responses that have a score, the best first."""
    scored = [
        ScoredResponse(response.id, response.text, response.score)
        for response in item.responses
        if response.score is not None
    ]
    return sorted(scored, key=lambda response: -response.score)
