"""An imported row: its fields are read by name, what is wrong with one has a sentence, and what nobody reads is kept.

Left out: what a field means (`prompt_fields`, `completions`, `preferences`, `verdicts`, `scored_lists`).
"""

from collections.abc import Iterable, Mapping
from typing import Any

from storage.errors import Invalid
from storage.item_content import is_finite
from words import N_, Text

LABELS = {"true": True, "false": False, "1": True, "0": False}
_KINDS = {
    dict: N_("an object"),
    list: N_("a list"),
    str: N_("text"),
    bool: N_("true or false"),
    type(None): N_("null"),
}


class Row:
    """The fields of a row. `unread()` are those that no reader has taken."""

    def __init__(self, fields: Mapping[str, Any]) -> None:
        self._fields = fields
        self._taken: set[str] = set()
        self._kept: dict[str, Any] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._fields

    def names(self) -> set[str]:
        """The names of all its fields."""
        return set(self._fields)

    def first(self, names: Iterable[str]) -> str | None:
        """The first of these fields that holds something, else the first that is there. Null ones count as read."""
        present = [name for name in names if name in self._fields]
        nulls = [name for name in present if self._fields[name] is None]
        self._taken.update(nulls)
        return next((name for name in present if name not in nulls), next(iter(nulls), None))

    def look(self, name: str) -> Any:
        """The field's value, None where there is none. It stays unread."""
        return self._fields.get(name)

    def take(self, name: str) -> Any:
        """The field's value, None where there is none."""
        self._taken.add(name)
        return self._fields.get(name)

    def need(self, name: str) -> Any:
        """The field's value, which must be there."""
        if name not in self._fields:
            raise Invalid(N_("The field {field} is missing."), field=name)
        return self.take(name)

    def text(self, name: str) -> str:
        """The field's value, which must be text."""
        value = self.need(name)
        if not isinstance(value, str):
            raise Invalid(N_("The field {field} must be text, not {found}."), field=name, found=kind(value))
        return value

    def text_or(self, name: str, default: str) -> str:
        """The field's text; the default where the field is absent or null."""
        return default if self.take(name) is None else self.text(name)

    def number(self, name: str) -> float | None:
        """The field's value, a number that a float can hold, or nothing."""
        value = self.take(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise Invalid(N_("The field {field} must be a number, not {found}."), field=name, found=kind(value))
        if value is not None and not is_finite(value):
            raise Invalid(N_("The field {field} holds a number that is not finite or too large."), field=name)
        return value

    def truth(self, name: str) -> bool:
        """The field's value: true or false, also as 1 or 0 or as one of the words."""
        value = self.need(name)
        whole = int(value) if isinstance(value, float) and value in (0.0, 1.0) else value
        label = LABELS.get(str(whole).strip().lower()) if isinstance(whole, bool | int | str) else None
        if label is None:
            raise Invalid(
                N_("The field {field} must be true or false (or 1 or 0), not {found}."), field=name, found=shown(value)
            )
        return label

    def items(self, name: str) -> list[Any]:
        """The field's value, a list; an empty one where the field is absent or null."""
        value = self.take(name)
        if value is not None and not isinstance(value, list):
            raise Invalid(N_("The field {field} must be a list, not {found}."), field=name, found=kind(value))
        return value or []

    def keep(self, name: str, value: Any) -> None:
        """Keep a value with the unread fields, under a name of its own or in place of what stood there."""
        self._kept[name] = value

    def unread(self) -> dict[str, Any]:
        """The fields that mean nothing to us, as they are, and what was kept."""
        return {name: value for name, value in self._fields.items() if name not in self._taken} | self._kept


def kind(value: Any) -> Text:
    """What JSON calls a value of this type."""
    return _KINDS.get(type(value), N_("a number")), {}


def shown(value: Any) -> str | Text:
    """A short value itself, else what JSON calls its type."""
    text = str(value)
    return text if isinstance(value, str | int | float) and len(text) <= 40 else kind(value)
