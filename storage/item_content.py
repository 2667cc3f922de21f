"""The content of an item: as JSON and back, its hash, when two prompts are equal, and its quality flags.

Reads no table and no file.
"""

import hashlib
import json
import math
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from storage.errors import Invalid
from storage.records import Item, Message, Preference, Response
from words import N_, Text

RESPONSE_FIELDS = "answer_fields"
"""The extra field that keeps what a response's message holds beside role and content: {response id: fields}."""
TOOLS = "tools"
"""The extra field that describes the tools a prompt may call."""
CALLS = ("tool_calls", "function_call")
SYSTEM_ROLES = ("system", "developer")
FLAGS = {
    "duplicate": N_("duplicate"),
    "empty_prompt": N_("empty prompt"),
    "empty_response": N_("empty answer"),
    "equal_responses": N_("identical answers"),
    "score_contradiction": N_("scores against the preference"),
    "special_tokens": N_("special tokens in the text"),
    "tool_calls_in_response": N_("tool calls in the answer"),
}
"""What an item may be flagged with, and what a person reads of it."""
KINDS = {
    "pairs": N_("pairs"),
    "groups": N_("groups"),
    "unpaired": N_("labelled answers"),
    "demonstrations": N_("demonstrations"),
    "prompts": N_("prompts"),
}
"""Which kinds of datasets there are, and what a person reads of them."""
COMPARED = ("pairs", "groups")
"""The kinds whose items have two answers or more."""
EXCLUDED = "excluded"
"""Items with this tag stay in the working copy; versions and exports leave them out."""
MIN_PROMPTS = 20
HELD_OUT_EVERY = 10
MOST_LEVELS = 100  # of lists and objects inside each other
UNSTORABLE = re.compile("[\0\ud800-\udfff]")
HAN = re.compile("[\u3400-\u9fff]+")
LATIN = re.compile("[A-Za-z\u00c0-\u024f]+")
SPECIAL_TOKEN = re.compile(
    r"<\|[^|<>\s]{1,40}\|?>|<[^|<>\s]{1,40}\|>|<｜[^｜<>]{1,40}｜>|</?s>|\[/?[A-Z]{0,12}_?INST\]|<</?SYS>>"
    r"|<(?:start|end)_of_(?:turn|image|utterance)>|<(?:bos|eos|pad|unk|sop|eop)>|\[(?:CLS|SEP|PAD|MASK|UNK|gMASK)\]"
    r"|\[/?(?:TOOL_CALLS|TOOL_RESULTS|AVAILABLE_TOOLS|SYSTEM_PROMPT)\]|<reserved_\d{1,4}>"
)
"""What models' tokenizers write around turns and texts, by families: in a text it was typed, or left over."""
_NESTED, _NUMBERS = (dict, list, tuple), (float, int)
"""Tuples, since a union would be made anew for each of millions of values."""
_SORTED = json.JSONEncoder(ensure_ascii=False, sort_keys=True)


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


def asked_key(item: Item) -> str:
    """The `prompt_key` of what the item asks: another one where the prompt may call other tools."""
    tools = item.extra.get(TOOLS)
    key = prompt_key(item.messages)
    if not tools:
        return key
    return hashlib.sha256(f"{key}{json.dumps(tools, ensure_ascii=False, sort_keys=True)}".encode()).hexdigest()


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
    several = (response for item in items if len(item.responses) > 1 for response in item.responses)
    if any(response.score is not None for response in several):
        return "groups"
    if any(response.label is not None for response in responses):
        return "unpaired"
    return "demonstrations" if responses else "prompts"


def kinds_in_words(kinds: Sequence[str]) -> Text:
    """The kinds as alternatives: pairs or groups."""
    first, *others = kinds
    text: Text = (KINDS.get(first, first), {})
    for kind in others:
        text = N_("{kinds} or {other}"), {"kinds": text, "other": (KINDS.get(kind, kind), {})}
    return text


def with_flags(items: Sequence[Item]) -> list[Item]:
    """The items with `flags` set: what a person should look at. One that repeats an item before it is a duplicate."""
    contents: set[str] = set()
    flagged_items = []
    for item in items:
        content = likeness(item)
        marks = ["duplicate"] if content in contents else []
        contents.add(content)
        flagged_items.append(replace(item, flags=(*marks, *quality_flags(item))))
    return flagged_items


def likeness(item: Item) -> str:
    """A text that is equal for items of which one repeats the other."""
    parts = [item.messages, [*map(vars, item.responses)], [*map(vars, item.preferences)]]
    return _SORTED.encode([*parts, item.extra.get(TOOLS) or None])


def quality_flags(item: Item) -> Iterator[str]:
    """What a person should look at in the item, whatever other items hold: keys of FLAGS."""
    by_id = {response.id: response for response in item.responses}
    calling = calling_responses(item)
    pairs = [(by_id[preference.chosen], by_id[preference.rejected]) for preference in item.preferences]
    if not any(message["content"].strip() for message in item.messages):
        yield "empty_prompt"
    if any(not response.text.strip() and response.id not in calling for response in item.responses):
        yield "empty_response"
    compared = any(_equal(chosen, rejected) and not calling & {chosen.id, rejected.id} for chosen, rejected in pairs)
    if compared or (_nothing_to_judge(item) and not calling):
        yield "equal_responses"
    if any(_contradicts(chosen, rejected) for chosen, rejected in pairs):
        yield "score_contradiction"
    if calling:
        yield "tool_calls_in_response"
    texts = [message["content"] for message in item.messages] + [response.text for response in item.responses]
    if any(map(SPECIAL_TOKEN.search, texts)):
        yield "special_tokens"


def calling_responses(item: Item) -> set[str]:
    """The ids of responses that call tools: their text may be empty."""
    fields = item.extra.get(RESPONSE_FIELDS)
    messages = fields if isinstance(fields, dict) else {}
    return {key for key, message in messages.items() if isinstance(message, dict) and any(map(message.get, CALLS))}


def _equal(first: Response, second: Response) -> bool:
    return first.text.strip() == second.text.strip()


def _nothing_to_judge(item: Item) -> bool:
    """Whether all responses are the same, and nobody has said anything of them yet."""
    if item.preferences or len(item.responses) < 2:
        return False
    unjudged = all(response.score is None and response.label is None for response in item.responses)
    return unjudged and all(_equal(item.responses[0], other) for other in item.responses[1:])


def _contradicts(chosen: Response, rejected: Response) -> bool:
    """Whether the scores say the opposite of the preference."""
    return chosen.score is not None and rejected.score is not None and chosen.score < rejected.score


def words(item: Item) -> str:
    """The text that a search looks through, normalised."""
    parts = [message["content"] for message in item.messages] + [response.text for response in item.responses]
    return normal("\n".join([*parts, item.topic or "", *item.tags]))


def script(item: Item) -> str:
    """The writing that most letters of the prompt belong to: han, latin or other."""
    text = "".join(message["content"] for message in item.messages)
    han, latin = (sum(map(len, letters.findall(text))) for letters in (HAN, LATIN))
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
    check_values(to_json(item))
    return item


def check_values(content: dict[str, Any]) -> None:
    """Raise Invalid, with the name of the field, where the content holds a value that cannot be stored or exported."""
    _check_value("", content, 0)


def _check_value(name: str, value: Any, depth: int) -> None:
    """Raise Invalid for the value of the field `name`, which stands inside `depth` lists and objects."""
    if isinstance(value, str):
        _check_characters(value)
    elif isinstance(value, _NESTED):
        if depth > MOST_LEVELS:
            raise Invalid(N_("The field {field} is nested too deeply."), field=name)
        if isinstance(value, dict):
            for key, member in value.items():
                _check_characters(key)
                _check_value(key, member, depth + 1)
        else:
            for element in value:
                _check_value(name, element, depth + 1)
    elif isinstance(value, _NUMBERS) and not is_finite(value):
        raise Invalid(N_("The field {field} holds a number that is not finite or too large."), field=name)


def _check_characters(text: str) -> None:
    if UNSTORABLE.search(text):
        raise Invalid(N_("It holds a character that cannot be stored (a null or half a surrogate pair)."))


def is_finite(value: float) -> bool:
    """Whether a float holds the number."""
    try:
        return math.isfinite(value)
    except OverflowError:
        return False
