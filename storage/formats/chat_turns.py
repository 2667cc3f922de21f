"""Chat messages as any format writes them: {role, content} or {from, value}, text or parts, with or without tool calls.

Left out: which field holds them, and text that holds a whole dialogue (`dialogue_marks`).
"""

import json
from typing import Any

from storage.errors import Invalid
from storage.formats.row_fields import kind, shown
from storage.item_content import CALLS
from storage.records import Message
from words import N_

ROLES = {
    **{role: role for role in ("system", "developer", "user", "assistant", "tool")},
    **dict.fromkeys(("human", "prompter"), "user"),
    **dict.fromkeys(("gpt", "chatgpt", "model", "bot", "function_call"), "assistant"),
    **dict.fromkeys(("observation", "function", "function_response"), "tool"),
}
"""Every name of a speaker that is read, and the role it stands for."""
SPEAKERS = {"user": "human", "assistant": "gpt", "tool": "observation"}
EXCHANGES = (("input", "output"), ("human", "assistant"), ("user", "assistant"), ("question", "answer"))
ROLE_FIELDS, TEXT_FIELDS = ("role", "from"), ("content", "value")
PART_TYPES = ("text", "input_text", "output_text")


def turns(value: Any, field: str) -> list[Message]:
    """The field's messages: a list of them, or one alone. Other fields of a message are kept unless they are null."""
    messages = [value] if isinstance(value, dict) else value
    if not isinstance(messages, list):
        raise Invalid(N_("The field {field} must be a list of messages, not {found}."), field=field, found=kind(value))
    if not messages:
        raise Invalid(N_("The list of messages in {field} is empty."), field=field)
    if len(messages) > 1 and all(isinstance(message, str) for message in messages):
        sentence = N_(
            "The field {field} is a list of texts, and nothing says which of them is better: where the first one is, "
            "map chosen={field}.0,rejected={field}.1."
        )
        raise Invalid(sentence, field=field)
    single_turns = [turn for message in messages for turn in _exchange(message)]
    return [_turn(turn, field, place) for place, turn in enumerate(single_turns, 1)]


def is_turn(value: Any) -> bool:
    """Whether the value looks like a chat message."""
    return isinstance(value, dict) and any(name in value for name in ROLE_FIELDS)


def decoded_json(text: str) -> Any:
    """The JSON value that a text is, None where it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def said_by_user(text: str) -> Message:
    """Plain text as the user's message."""
    return {"role": "user", "content": text}


def said_by_assistant(text: str) -> Message:
    """Plain text as the assistant's message."""
    return {"role": "assistant", "content": text}


def more_than_text(message: Message) -> dict[str, Any]:
    """What a message holds beside role and content."""
    return {name: value for name, value in message.items() if name not in ("role", "content")}


def spoken(message: Message) -> dict[str, Any]:
    """The message as {from, value}. Calls alone become a function_call, which is how that format holds them."""
    rest = more_than_text(message)
    calls = rest.get("tool_calls")
    if message["role"] == "assistant" and isinstance(calls, list) and calls and not message["content"]:
        functions = [_function(call) for call in calls]
        value = json.dumps(functions[0] if len(functions) == 1 else functions, ensure_ascii=False)
        return {"from": "function_call", "value": value, **rest}
    return {"from": SPEAKERS.get(message["role"], message["role"]), "value": message["content"], **rest}


def _function(call: Any) -> Any:
    """A tool call as a function_call holds it: name and arguments, which OpenAI writes as JSON text, as an object."""
    function = call.get("function", call) if isinstance(call, dict) else call
    arguments = function.get("arguments") if isinstance(function, dict) else None
    decoded = decoded_json(arguments) if isinstance(arguments, str) else None
    return function if decoded is None else {**function, "arguments": decoded}


def _exchange(message: Any) -> list[Any]:
    """A question and its answer in one object, as XTuner and Firefly hold them, as turns; else the message itself."""
    names = next((names for names in EXCHANGES if _is_exchange(message, names)), None)
    if names is None:
        return [message]
    parts = [("system", message.get("system")), ("user", message[names[0]]), ("assistant", message[names[1]])]
    return [{"role": role, "content": text} for role, text in parts if text or role != "system"]


def _is_exchange(message: Any, names: tuple[str, str]) -> bool:
    """Whether the object holds a question and an answer under these names, and says no role."""
    return isinstance(message, dict) and not is_turn(message) and all(name in message for name in names)


def _turn(message: Any, field: str, place: int) -> Message:
    if not isinstance(message, dict):
        raise Invalid(N_("The field {field} must hold messages, not {found}."), field=field, found=kind(message))
    speaker = next((message[name] for name in ROLE_FIELDS if message.get(name) is not None), None)
    role = ROLES.get(speaker.casefold()) if isinstance(speaker, str) else None
    if role is None:
        raise Invalid(
            N_("Message {place} of {field} has the unknown role {role}."), place=place, field=field, role=shown(speaker)
        )
    content = next((message[name] for name in TEXT_FIELDS if message.get(name) is not None), None)
    known = (*ROLE_FIELDS, *TEXT_FIELDS)
    rest = {name: value for name, value in message.items() if name not in known and value is not None}
    if speaker == "function_call" and "tool_calls" not in rest:
        return {"role": role, "content": "", "tool_calls": _calls(content, field, place), **rest}
    has_calls = any(rest.get(name) for name in CALLS)
    text = "" if speaker == "function_call" else _content(content, has_calls, field, place)
    return {"role": role, "content": text, **rest}


def _content(content: Any, has_calls: bool, field: str, place: int) -> str:
    """The text of a message. A turn that only calls tools says nothing."""
    if isinstance(content, str):
        return content
    if content is None and has_calls:
        return ""
    if isinstance(content, list):
        return "".join(_part(part, field, place) for part in content)
    if content is None:
        raise Invalid(N_("Message {place} of {field} has no text."), place=place, field=field)
    raise Invalid(
        N_("Message {place} of {field} must hold text, not {found}."), place=place, field=field, found=kind(content)
    )


def _part(part: Any, field: str, place: int) -> str:
    if isinstance(part, str):
        return part
    part_type = part.get("type", "text") if isinstance(part, dict) else None
    texts = [part.get(name) for name in ("text", *TEXT_FIELDS)] if isinstance(part, dict) else []
    text = next((text for text in texts if text is not None), None)
    if part_type not in PART_TYPES or not isinstance(text, str):
        raise Invalid(
            N_("Message {place} of {field} holds a part of the type {type}; only text can be read."),
            place=place,
            field=field,
            type=shown(part_type) if isinstance(part, dict) else kind(part),
        )
    return text


def _calls(content: Any, field: str, place: int) -> list[dict[str, Any]]:
    """The calls that a function_call's text holds, as the tool calls of an assistant's message."""
    functions = decoded_json(content) if isinstance(content, str) else content
    calls = functions if isinstance(functions, list) else [functions]
    if not calls or not all(isinstance(call, dict) and "name" in call for call in calls):
        raise Invalid(
            N_("Message {place} of {field} is a function_call, but its text is no JSON of a call {example}."),
            place=place,
            field=field,
            example='{"name": ..., "arguments": {...}}',
        )
    return [{"type": "function", "function": call} for call in calls]
