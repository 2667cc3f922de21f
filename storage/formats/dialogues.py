"""A prompt and dialogues that may repeat it, brought together: what a dialogue holds is not put in front of it again.

Turns are compared after normalising. Left out: reading either from a row.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from storage.errors import Invalid
from storage.formats.chat_turns import more_than_text
from storage.item_content import CALLS, SYSTEM_ROLES, normal
from storage.records import Message
from words import N_

_Keys = list[tuple[str, str, str]]


def split_last(dialogue: Sequence[Message], field: str) -> tuple[list[Message], str, dict[str, Any]]:
    """Split a dialogue before its last turn: (what stands before, text of the response, its other fields)."""
    if not dialogue or dialogue[-1]["role"] != "assistant":
        raise Invalid(N_("The last message of {field} must be the assistant's."), field=field)
    return list(dialogue[:-1]), dialogue[-1]["content"], more_than_text(dialogue[-1])


def without_response(prompt: list[Message], texts: Sequence[str]) -> list[Message]:
    """The prompt without its last turn, where that is one of the responses."""
    last = normal(prompt[-1]["content"]) if prompt and prompt[-1]["role"] == "assistant" else ""
    return prompt[:-1] if last and last in map(normal, texts) else prompt


def shared_context(contexts: Mapping[str, list[Message]]) -> list[Message]:
    """What stands before the last turn of each field's dialogue; [] where they hold that turn only."""
    filled = {field: context for field, context in contexts.items() if context}
    (first, context), *others = filled.items() or [("", [])]
    for field, other in others:
        if _keys(other) != _keys(context):
            raise _differing(first, field)
    return context


def whole_prompt(prompt: list[Message], contexts: Mapping[str, list[Message]]) -> list[Message]:
    """The prompt, followed by what the fields' dialogues add to it before their last turn."""
    context = shared_context(contexts)
    if not context or not prompt:
        return context or prompt
    field = next(field for field, before in contexts.items() if before)
    (system, asked), (own_system, before) = _apart(prompt), _apart(context)
    if system and own_system and _keys(system) != _keys(own_system):
        raise _not_begun(field)
    turns = _continued(asked, before, field)
    alone = next((field for field, before in contexts.items() if not before), None)
    if alone and asked and _keys(turns) != _keys(asked):
        raise _differing(field, alone)
    return [*(own_system or system), *turns]


def _continued(asked: list[Message], before: list[Message], field: str) -> list[Message]:
    if not asked or not before:
        return asked or before
    asked_keys, keys = _keys(asked), _keys(before)
    if keys[: len(asked)] == asked_keys or _is_users_turn(asked_keys, keys):
        return before
    if asked_keys[-len(keys) :] == keys:
        return asked
    if before[0]["role"] != "user" and asked[-1]["role"] != "assistant":
        return [*asked, *before]
    raise _not_begun(field)


def _is_users_turn(asked: _Keys, keys: _Keys) -> bool:
    """Whether the prompt is one text: the first or the last thing that the user says in the dialogue."""
    said = [key for key in keys if key[0] == "user"]
    return len(asked) == 1 and bool(said) and asked[0] in (said[0], said[-1])


def _apart(dialogue: list[Message]) -> tuple[list[Message], list[Message]]:
    """The system's message, if there is one, and the rest."""
    number = int(dialogue[0]["role"] in SYSTEM_ROLES)
    return dialogue[:number], dialogue[number:]


def _keys(dialogue: Sequence[Message]) -> _Keys:
    return [(message["role"], normal(message["content"]), _calls(message)) for message in dialogue]


def _calls(message: Message) -> str:
    calls = [message[name] for name in CALLS if message.get(name)]
    return json.dumps(calls, sort_keys=True) if calls else ""


def _differing(first: str, second: str) -> Invalid:
    return Invalid(
        N_("The dialogues of {first} and {second} differ before their last turn."), first=first, second=second
    )


def _not_begun(field: str) -> Invalid:
    return Invalid(N_("The dialogue of {field} does not begin with the prompt."), field=field)
