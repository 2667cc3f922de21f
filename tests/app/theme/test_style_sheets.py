"""The style sheets are all loaded on every page, so that a class means one thing in all of them."""

import re
from collections import defaultdict
from collections.abc import Mapping

from app.theme import SHEETS, THEME

_OWN = re.compile(r"\.(al-[\w-]+)(?:::?[\w-]+(?:\([^)]*\))?|\[[^\]]*\])*")


def defined_classes(sheet: str) -> set[str]:
    """The classes that a sheet defines: those with a selector of their own, such as `.al-key` or `.al-key:hover`.

    A selector of several parts, such as `.al-pairs .al-tone`, adapts its parts to a place and defines none of them.
    """
    rules = re.findall(r"([^{};]+)\{", re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL))
    selectors = [selector.strip() for rule in rules for selector in rule.split(",")]
    return {match[1] for match in map(_OWN.fullmatch, selectors) if match}


def defined_twice(sheets: Mapping[str, str]) -> dict[str, list[str]]:
    """The sheets of each class that more than one defines."""
    names = defaultdict(list)
    for name, sheet in sheets.items():
        for css_class in defined_classes(sheet):
            names[css_class].append(name)
    return {css_class: places for css_class, places in names.items() if len(places) > 1}


def test_no_class_is_defined_in_two_sheets() -> None:
    sheets = {name: (THEME / name).read_text(encoding="utf-8") for name in SHEETS}
    assert all(map(defined_classes, sheets.values()))
    assert defined_twice(sheets) == {}


def test_a_class_with_two_meanings_is_noticed() -> None:
    first = ".al-strip { display: flex; } .al-pairs .al-tone { color: red; }"
    second = "@media (max-width: 900px) {\n  .al-strip:hover { color: blue; } .al-tone { color: green; }\n}"
    assert defined_twice({"a.css": first, "b.css": second}) == {"al-strip": ["a.css", "b.css"]}
