"""Tools that a prompt may call, and calls of tools in messages and answers, as chat templates take them.

Left out: how a template writes them (`templates`).
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from storage.item_content import CALLS, RESPONSE_FIELDS, TOOLS
from storage.records import Item

Tools = Sequence[Mapping[str, Any]] | None
Answer = str | Mapping[str, Any]
"""The text of an answer, or the assistant's message where it calls tools."""


def tools_of(extra: Mapping[str, Any]) -> Tools:
    """The tools among the extra fields of an item; None where there is no list of descriptions."""
    value = extra.get(TOOLS)
    described = isinstance(value, list) and value and all(isinstance(tool, dict) for tool in value)
    return value if described else None


def answers_with_calls(item: Item) -> dict[str, Mapping[str, Any]]:
    """The assistant's message of each response that calls tools, by its id."""
    fields = item.extra.get(RESPONSE_FIELDS)
    if not isinstance(fields, dict):
        return {}
    return {
        response.id: {"role": "assistant", "content": response.text, CALLS[0]: _calls(message)}
        for response in item.responses
        if isinstance(message := fields.get(response.id), dict) and any(map(message.get, CALLS))
    }


def _calls(message: Mapping[str, Any]) -> Any:
    """The calls of a message; OpenAI's older `function_call` is one call."""
    several, one = map(message.get, CALLS)
    return several or [{"type": "function", "function": one}]


def with_objects(message: Mapping[str, Any]) -> Mapping[str, Any]:
    """The message with the arguments of its calls as objects: templates would quote OpenAI's JSON text once more.

    >>> with_objects({"tool_calls": [{"function": {"name": "rain", "arguments": '{"day": 1}'}}]})
    {'tool_calls': [{'function': {'name': 'rain', 'arguments': {'day': 1}}}]}
    """
    calls = message.get(CALLS[0])
    return {**message, CALLS[0]: list(map(_with_object, calls))} if isinstance(calls, list) else message


def _with_object(call: Any) -> Any:
    function = _function(call)
    try:
        arguments = json.loads(function["arguments"])
    except (KeyError, TypeError, ValueError, RecursionError):  # none, an object already, or no JSON
        return call
    return {**call, "function": {**function, "arguments": arguments}} if isinstance(arguments, dict) else call


def called_names(message: Mapping[str, Any]) -> list[str]:
    """The names of the functions that a message calls; "" for a call, or calls, of no known form."""
    calls = message.get(CALLS[0])
    names = [_function(call).get("name") for call in calls] if isinstance(calls, list) else []
    return [name if isinstance(name, str) else "" for name in names] or [""]


def _function(call: Any) -> Mapping[str, Any]:
    """What a call calls; nothing where it has no known form."""
    function = call.get("function") if isinstance(call, dict) else None
    return function if isinstance(function, dict) else {}
