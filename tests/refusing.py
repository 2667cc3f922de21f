"""A model whose chat template refuses conversations, as some well-known ones do, and data that meets it."""

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from storage import dataset_writes
from storage.database import Database
from storage.records import Item, Message
from tests import tiny

TEMPLATE = (
    "{% if messages[0]['role'] == 'system' %}{{ raise_exception('There is no system turn') }}{% endif %}"
    "{% for m in messages %}{% if (m['role'] == 'user') != (loop.index0 % 2 == 0) %}"
    "{{ raise_exception('Question and answer must alternate') }}{% endif %}"
    "{{ m['role'] + ': ' + m['content'] + '<|end|>' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ 'assistant: ' }}{% endif %}"
)
SYSTEM: Message = {"role": "system", "content": "Be kind."}
QUESTION: Message = {"role": "user", "content": "And now?"}


def write_model(model: Path, folder: Path) -> Path:
    """A copy of the model, with the template that refuses."""
    copy = shutil.copytree(model, folder / "refusing")
    (copy / "chat_template.jinja").write_text(TEMPLATE, encoding="utf-8")
    return copy


def write_pairs(
    db: Database, name: str, count: int, with_system: Sequence[int] = (), asked_twice: Sequence[int] = ()
) -> None:
    """Pairs, some of them with a system turn, some with two questions in a row; by their numbers."""
    dataset_writes.create(db, name, "pairs", 1.0)
    for number in range(count):
        item = tiny.pair(number)
        before = (SYSTEM,) if number in with_system else ()
        after = (QUESTION,) if number in asked_twice else ()
        dataset_writes.add_item(db, name, replace(item, id="", messages=(*before, *item.messages, *after)), 1.0)


def numbers(items: Sequence[Item]) -> set[int]:
    """Which pairs these are."""
    return {int(next(m for m in item.messages if m["role"] == "user")["content"].split()[1][:-1]) for item in items}
