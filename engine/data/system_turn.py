"""A system turn for chat templates that know no such role: its text is put before the first question.

`data.system_turn` says whether. Items keep their messages; only what a model reads is changed. Left out: the templates
(`templates`).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from engine.spec.blocks import SystemTurn
from storage.item_content import SYSTEM_ROLES

Messages = Sequence[Mapping[str, Any]]


def as_read(messages: Messages, system_turn: SystemTurn) -> Messages:
    """The messages as the model's template gets them.

    >>> as_read([{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Rain?"}], "in_first_user")
    [{'role': 'user', 'content': 'Be kind.\\n\\nRain?'}]
    """
    count = _leading_system_turns(messages)
    if system_turn == "as_is" or not count:
        return messages
    system, turns = messages[:count], list(messages[count:])
    texts = [str(message["content"]) for message in system]
    if turns and turns[0]["role"] == "user":
        first = turns.pop(0)
        return [{**first, "content": "\n\n".join([*texts, str(first["content"])])}, *turns]
    return [{"role": "user", "content": "\n\n".join(texts)}, *turns]


def has_system_turn(messages: Messages) -> bool:
    """Whether the conversation begins with a system turn."""
    return _leading_system_turns(messages) > 0


def _leading_system_turns(messages: Messages) -> int:
    return next((index for index, message in enumerate(messages) if message["role"] not in SYSTEM_ROLES), len(messages))
