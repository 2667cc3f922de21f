"""Items of datasets as readable text: prompt, answers, what is better, what is remarkable. Returns escaped markup.

Left out: which items are shown (`app.parts.items`) and how one is edited (`components.editor`).
"""

import difflib
from collections.abc import Sequence

from markupsafe import Markup

from app.components import texts
from app.translations import N_, _, ngettext
from storage.records import Item, Response

_KINDS = {
    "pairs": N_("pairs"),
    "groups": N_("groups"),
    "unpaired": N_("labelled answers"),
    "demonstrations": N_("demonstrations"),
    "prompts": N_("prompts"),
}


def kind_name(kind: str) -> str:
    """A dataset's kind in the reader's language."""
    return _(_KINDS.get(kind, kind))


def either(kinds: Sequence[str]) -> str:
    """Names of kinds as alternatives."""
    return _(" or ").join(map(kind_name, kinds))


def count(kind: str, number: int) -> str:
    """So many items of a kind."""
    forms = {
        "pairs": lambda: ngettext("{count} pair", "{count} pairs", number),
        "groups": lambda: ngettext("{count} group", "{count} groups", number),
        "unpaired": lambda: ngettext("{count} labelled answer", "{count} labelled answers", number),
        "demonstrations": lambda: ngettext("{count} demonstration", "{count} demonstrations", number),
        "prompts": lambda: ngettext("{count} prompt", "{count} prompts", number),
    }
    return forms[kind]() if kind in forms else ngettext("{count} item", "{count} items", number)
