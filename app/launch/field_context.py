"""What the form adds to the declaration of a setting when its field is drawn (`launch.fields`)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.spec import Setting
from words import Text


@dataclass(frozen=True)
class FieldContext:
    """Chips (the model's own value first), mistakes and reasons for having no effect by path, choices for free text and
    what they are called, what an empty field means where the setting does not say it, and what is called when another
    choice is taken."""

    chips: tuple[Any, ...] = ()
    problems: Mapping[str, Text] = field(default_factory=dict)
    inert: Mapping[str, Text] = field(default_factory=dict)
    offered: Sequence[str] | None = None
    named: Callable[[str], str] | None = None
    blank: str | None = None
    changed: Callable[[], None] | None = None


Draw = Callable[[Setting, str, FieldContext], None]
"""Draws the field of a setting under a key of the session's state."""
