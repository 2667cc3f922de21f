"""Settings in sentences and tables as the form calls them: `reward.1.words` is "Reward 1, Words" to who launches runs.

Whoever edits a run file reads the paths instead: on the command line, in JSON, and beside a pasted file.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from markupsafe import Markup

from app.translations import _
from engine.spec import ALGORITHMS, Setting, Train, settings
from words import Text, is_text

_PART = re.compile(r"(.+?)\.(\d+)(?:\.(\w+))?")
# a path with dots or a name with _ in a sentence, and what stands behind the field {path}; never another {field}
_MENTIONED = re.compile(r"\{path\}\.(\w+)|(?<![{\w.])([a-z]+_[a-z_]+|[a-z_]+(?:\.[a-z_0-9]+)+)(?![\w}])")


def in_words(text: Text, algorithm: str | None = None) -> Text:
    """The sentence, and those in it, with settings called by their titles in the reader's language."""
    msgid, values = text
    path = values.get("path")
    spoken = {name: in_words(value, algorithm) if is_text(value) else value for name, value in values.items()}
    if isinstance(path, str):
        spoken["path"] = called(path, algorithm)

    def title(match: re.Match[str]) -> str:
        mentioned = f"{path}.{match[1]}" if match[1] else match[2]
        name = _title(mentioned, algorithm)
        return match[0] if name is None else _("“{setting}”").format(setting=name)

    return _MENTIONED.sub(title, _(msgid)), spoken


def called(path: str, algorithm: str | None = None) -> str:
    """What the form calls the setting or block at a path; the path itself where it is no setting."""
    return _title(path, algorithm) or path


def shown(path: str, algorithm: str | None = None) -> Markup:
    """The same with the path for who points at it."""
    return Markup('<span title="{}">{}</span>').format(path, called(path, algorithm))


def _title(path: str, algorithm: str | None) -> str | None:
    declared = _declared(algorithm)
    part = _PART.fullmatch(path)
    if part is None or part[1] not in declared:
        declaration = declared.get(path) or Train.model_fields.get(path)  # a block such as budget
        return None if declaration is None or not declaration.title else _(declaration.title)
    blocks = declared[part[1]]
    name = _("{block} {number}").format(block=_(blocks.title), number=part[2])
    inner = next((inner for own in blocks.kinds.values() for inner in own if inner.path == part[3]), None)
    return name if inner is None else _("{part}, {setting}").format(part=name, setting=_(inner.title))


@cache  # pydantic's declarations are slow to read
def _declared(algorithm: str | None) -> Mapping[str, Setting]:
    """The settings of an algorithm, of any where none is named, by path and by the last part of it."""
    kinds = [ALGORITHMS[algorithm]] if algorithm in ALGORITHMS else [*ALGORITHMS.values()]
    every: list[Setting] = [setting for kind in kinds for setting in settings(kind)]
    by_name: dict[str, Any] = {setting.path.rpartition(".")[2]: setting for setting in reversed(every)}
    return by_name | {setting.path: setting for setting in reversed(every)}
