"""Markdown as a tree: what a page may build of it, and that nothing of it is HTML."""

import json
from typing import Any

import pytest

from app.markup.markdown_tree import LONGEST, tree


def texts(blocks: list[dict[str, Any]]) -> str:
    return "".join(block.get("text", "") + texts(block.get("children", [])) for block in blocks)


def tags(blocks: list[dict[str, Any]]) -> list[str]:
    return [tag for block in blocks for tag in [block.get("tag", ""), *tags(block.get("children", []))] if tag]


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("# a", ["h1"]),
        ("a  \nb\nc", ["p", "br"]),
        ("- a\n- b", ["ul", "li", "li"]),
        ("1. a", ["ol", "li"]),
        ("> a", ["blockquote", "p"]),
        ("```py\nx\n```", ["pre", "code"]),
        ("`x`", ["p", "code"]),
        ("---", ["hr"]),
        ("|a|b|\n|-|-|\n|1|2|", ["table", "thead", "tr", "th", "th", "tbody", "tr", "td", "td"]),
        ("", []),
    ],
)
def test_each_form_has_its_tag(markdown: str, expected: list[str]):
    blocks = tree(markdown)
    assert blocks is not None
    assert [tag for tag in tags(blocks) if not (tag == "p" and "li" in expected)] == expected


def test_links_show_their_address_and_html_stays_text():
    blocks = tree("[bank](https://evil.example) ![cat](x.png) <script>alert(1)</script> <https://a.example>")
    assert blocks is not None
    assert texts(blocks) == "bank (https://evil.example) cat (x.png) <script>alert(1)</script> https://a.example"
    assert tags(blocks) == ["p"]


@pytest.mark.parametrize("text", ["x" * (LONGEST + 1), "> " * 400 + "deep", "[" * 5_000, "*" * 5_000, "- " * 300])
def test_hostile_texts_have_a_tree_or_none_and_never_fail(text: str):
    json.dumps(tree(text))
