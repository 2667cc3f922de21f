"""The prompt of an imported row, whichever field holds it: text or messages, with system and history.

Left out: the responses, and a prompt that a response's dialogue repeats (`dialogues`).
"""

import re
from collections.abc import Collection
from typing import Any

from storage.errors import Invalid
from storage.formats import field_names
from storage.formats.chat_turns import decoded_json, is_turn, said_by_assistant, said_by_user, turns
from storage.formats.dialogue_marks import marked_turns
from storage.formats.row_fields import Row, kind
from storage.item_content import SYSTEM_ROLES
from storage.records import Message
from words import N_

PYTHON_MESSAGES = re.compile(r"\s*\[\{'(?:role|content|from|value)': ")
"""What tables hold that were written with lists of messages in their cells."""


def has_prompt(row: Row, without: Collection[str] = ()) -> bool:
    """Whether a field of the row is known as the prompt; not the fields `without`."""
    return prompt_field(row, without) is not None


def prompt_field(row: Row, without: Collection[str] = ()) -> str | None:
    """The field that holds the prompt; not one of `without`."""
    known = (*field_names.PROMPTS, *([field_names.SUMMARISED] if field_names.SUMMARIES in row else []))
    return row.first(name for name in known if name not in without)


def read_prompt(row: Row, without: Collection[str] = ()) -> list[Message]:
    """The prompt's messages, [] where no field is known as the prompt; not from the fields `without`."""
    name = prompt_field(row, without)
    history = [] if "history" in without else _history(row)
    prompt = [] if name is None or (name == "history" and history) else _prompt(row, name)
    return with_system(row, [*history, *prompt])


def with_system(row: Row, prompt: list[Message]) -> list[Message]:
    """The prompt after what the row's system field says, unless it begins with that."""
    name = row.first(field_names.SYSTEMS)
    system = row.text_or(name, "") if name else ""
    if not system or (prompt and prompt[0]["role"] in SYSTEM_ROLES and prompt[0]["content"].strip() == system.strip()):
        return prompt
    if prompt and prompt[0]["role"] in SYSTEM_ROLES:
        raise Invalid(N_("The field {field} and the dialogue's first message say different things."), field=name)
    return [{"role": "system", "content": system}, *prompt]


def text_or_turns(value: Any, field: str) -> str | list[Message]:
    """A field that holds text or messages; text that holds a whole dialogue, or messages as JSON, becomes messages."""
    if not isinstance(value, str):
        if isinstance(value, list) or is_turn(value):
            return turns(value, field)
        raise Invalid(N_("The field {field} must be text, not {found}."), field=field, found=kind(value))
    if value.lstrip().startswith(("[{", '{"')):
        decoded = decoded_json(value)
        if is_turn(decoded) or (isinstance(decoded, list) and decoded and all(map(is_turn, decoded))):
            return turns(decoded, field)
    if PYTHON_MESSAGES.match(value):
        raise Invalid(N_("The field {field} holds messages as Python prints them; write them as JSON."), field=field)
    return marked_turns(value) or value


def take_tools(row: Row) -> None:
    """Keep the tools a prompt may call, which some formats hold as JSON text, as the list that chat templates want."""
    tools = row.take("tools")
    if tools:
        decoded = decoded_json(tools) if isinstance(tools, str) else None
        row.keep("tools", tools if decoded is None else decoded)


def _prompt(row: Row, name: str) -> list[Message]:
    value = row.need(name)
    if name == "input" and isinstance(value, dict):
        return _openai_input(row, value)
    if name == field_names.SUMMARISED and isinstance(value, dict):
        return _summarised(row, value)
    if name == "instruction" and isinstance(value, str):
        value = "\n".join(filter(None, (value, *_instruction_input(row))))
    read = text_or_turns(value, name)
    if isinstance(read, str):
        return [said_by_user(read)]
    # text that was cut where the answer begins ends with the mark of an empty turn
    cut = isinstance(value, str) and read[-1] == said_by_assistant("")
    return read[:-1] if cut else read


def _instruction_input(row: Row) -> list[str]:
    """What the instruction is about, as LLaMA-Factory and Dolly hold it."""
    name = row.first(field_names.INSTRUCTION_INPUTS)
    return [row.text(name)] if name and isinstance(row.look(name), str) else []


def _history(row: Row) -> list[Message]:
    """Earlier turns: a list of [user, assistant] pairs, or of messages."""
    if not isinstance(row.look("history"), list):
        return []
    exchanges = row.items("history")
    if exchanges and isinstance(exchanges[0], dict):
        return turns(exchanges, "history")
    messages = []
    for exchange in exchanges:
        if not isinstance(exchange, list) or len(exchange) != 2 or not all(isinstance(text, str) for text in exchange):
            raise Invalid(
                N_("The field {field} must be a list of messages, or of [question, answer] pairs."), field="history"
            )
        messages += [said_by_user(exchange[0]), said_by_assistant(exchange[1])]
    return messages


def _openai_input(row: Row, value: dict[str, Any]) -> list[Message]:
    for name, option in value.items():
        if name != "messages":
            row.keep(name, option)
    return turns(value.get("messages"), "input.messages")


def _summarised(row: Row, value: dict[str, Any]) -> list[Message]:
    """The post or article that summaries are of."""
    name = next((name for name in field_names.INFO_TEXTS if isinstance(value.get(name), str)), None)
    if name is None:
        raise Invalid(N_("The field {field} holds no text of a post or article."), field=field_names.SUMMARISED)
    row.keep(field_names.SUMMARISED, {key: text for key, text in value.items() if key != name})
    return [said_by_user(value[name])]
