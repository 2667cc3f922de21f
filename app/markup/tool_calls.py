"""Calls of tools in chat messages as a person reads them: get_weather(city="Lisbon"). Plain text, not yet markup.

Left out: the fields as they are stored, which the editor shows too (`datasets.item_rows`).
"""

import json
from collections.abc import Mapping
from typing import Any

from storage.formats.chat_turns import decoded_json


def in_words(message: Mapping[str, Any]) -> str:
    """One line for each call of a message; empty where it calls nothing."""
    calls = message.get("tool_calls") or message.get("function_call") or []
    return "\n".join(map(_line, calls if isinstance(calls, list) else [calls]))


def _line(call: Any) -> str:
    function = call.get("function", call) if isinstance(call, dict) else None
    if not isinstance(function, dict) or not isinstance(function.get("name"), str):
        return json.dumps(call, ensure_ascii=False)
    arguments = function.get("arguments") or {}
    decoded = decoded_json(arguments) if isinstance(arguments, str) else arguments
    if not isinstance(decoded, dict):
        return f"{function['name']}({arguments})"
    pairs = (f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in decoded.items())
    return f"{function['name']}({', '.join(pairs)})"
