"""The content of an item: as JSON and back, its hash, when two prompts are equal, and its quality flags.

Reads no table and no file.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from storage.errors import Invalid
from storage.records import Item, Message, Preference, Response
from words import N_

MIN_PROMPTS = 20
HELD_OUT_EVERY = 10
HAN = re.compile("[\u3400-\u9fff]")
LATIN = re.compile("[A-Za-z\u00c0-\u024f]")


def to_json(item: Item) -> dict[str, Any]:
    """The item's own content: what a version's hash is made of. Flags and split are derived, and left out."""
    return {
        "id": item.id,
        "prompt": list(item.messages),
        "responses": [dict(vars(response)) for response in item.responses],
        "preferences": [
            {**vars(preference), "judgements": list(preference.judgements)} for preference in item.preferences
        ],
        "topic": item.topic,
        "tags": list(item.tags),
        "extra": item.extra,
    }


def from_json(row: Mapping[str, Any]) -> Item:
    """The item that `to_json` wrote."""
    return Item(
        id=row["id"],
        messages=tuple(row["prompt"]),
        responses=tuple(Response(**response) for response in row["responses"]),
        preferences=tuple(
            Preference(**{**preference, "judgements": tuple(preference["judgements"])})
            for preference in row["preferences"]
        ),
        topic=row["topic"],
        tags=tuple(row["tags"]),
        extra=dict(row["extra"]),
    )


def canonical(item: Item) -> str:
    """The one JSON line that stands for the item's content."""
    return json.dumps(to_json(item), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def content_hash(items: Sequence[Item]) -> str:
    """SHA-256, in hex, of the canonical lines sorted by id."""
    digest = hashlib.sha256()
    for item in sorted(items, key=lambda item: item.id):
        digest.update(canonical(item).encode() + b"\n")
    return digest.hexdigest()


def normal(text: str) -> str:
    """The text as comparisons see it: NFKC, case folded, white space collapsed."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def prompt_key(messages: Sequence[Message]) -> str:
    """SHA-256, in hex, of the normalised prompt, all turns and roles: equal for prompts that count as equal."""
    turns = [[normal(message["role"]), normal(message["content"])] for message in messages]
    return hashlib.sha256(json.dumps(turns, ensure_ascii=False).encode()).hexdigest()


def split(items: Sequence[Item]) -> list[Item]:
    """The items with `split` set: about a tenth of the prompts is held out, by hash, so that equal ones stay together.

    Under 20 distinct prompts, or where one side would be empty, all of them train.
    """
    keys = [prompt_key(item.messages) for item in items]
    held_out = {key for key in keys if int(key, 16) % HELD_OUT_EVERY == 0}
    if len(set(keys)) < MIN_PROMPTS or not held_out or held_out == set(keys):
        held_out = set()
    return [
        replace(item, split="held_out" if key in held_out else "train") for item, key in zip(items, keys, strict=True)
    ]


def kind_of(items: Sequence[Item]) -> str:
    """The kind of dataset these items make: pairs, groups, unpaired, demonstrations or prompts."""
    if any(item.preferences for item in items):
        return "pairs"
    responses = [response for item in items for response in item.responses]
    if any(response.score is not None for response in responses):
        return "groups"
    if any(response.label is not None for response in responses):
        return "unpaired"
    return "demonstrations" if responses else "prompts"


def with_flags(items: Sequence[Item]) -> list[Item]:
    """The items with `flags` set: what a person should look at. One that repeats an item before it is a duplicate."""
    contents: set[str] = set()
    flagged_items = []
    for item in items:
        content = likeness(item)
        marks = ["duplicate"] if content in contents else []
        contents.add(content)
        flagged_items.append(replace(item, flags=(*marks, *_quality_flags(item))))
    return flagged_items


def likeness(item: Item) -> str:
    """A text that is equal for items of which one repeats the other."""
    content = to_json(item)
    return json.dumps([content[part] for part in ("prompt", "responses", "preferences")], sort_keys=True)


def _quality_flags(item: Item) -> Iterator[str]:
    texts = {response.id: response.text.strip() for response in item.responses}
    if not any(message["content"].strip() for message in item.messages):
        yield "empty_prompt"
    if not all(texts.values()):
        yield "empty_response"
    if any(texts[preference.chosen] == texts[preference.rejected] for preference in item.preferences):
        yield "equal_responses"


def words(item: Item) -> str:
    """The text that a search looks through, normalised."""
    parts = [message["content"] for message in item.messages] + [response.text for response in item.responses]
    return normal("\n".join([*parts, item.topic or "", *item.tags]))


def script(item: Item) -> str:
    """The writing that most letters of the prompt belong to: han, latin or other."""
    text = "".join(message["content"] for message in item.messages)
    han, latin = len(HAN.findall(text)), len(LATIN.findall(text))
    # a Han character says about as much as half a word
    if han * 2 >= latin:
        return "han" if han else "other"
    return "latin"


def check(item: Item) -> Item:
    """The item, if it is consistent. Raises Invalid, which says what is not."""
    if not item.messages:
        raise Invalid(N_("The prompt has no message."))
    names = [response.id for response in item.responses]
    for name in names:
        if names.count(name) > 1:
            raise Invalid(N_("Two responses have the id {id}."), id=name)
    for preference in item.preferences:
        for name in (preference.chosen, preference.rejected):
            if name not in names:
                raise Invalid(N_("A preference names the response {id}, which is not there."), id=name)
        if preference.chosen == preference.rejected:
            raise Invalid(N_("A preference names the response {id} as both better and worse."), id=preference.chosen)
    try:
        text = canonical(item).encode()
    except UnicodeEncodeError:
        text = b"\\u0000"
    if b"\\u0000" in text:
        raise Invalid(N_("It holds a character that cannot be stored (a null or half a surrogate pair)."))
    return item
