"""Markdown as a tree of tags and texts, from which a page builds elements: no HTML is ever made of it.

Raw HTML stays text, a link becomes its text with its address behind it, and an image its description.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

LONGEST = 30_000  # characters; a longer text is shown as it was written
CACHED = 1_000
Block = dict[str, Any]
"""{"tag"} or {"text"}, with "children" or "text" inside."""
_PARSER = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
_LEAVES = {"softbreak": {"text": "\n"}, "hardbreak": {"tag": "br"}, "hr": {"tag": "hr"}}


@lru_cache(CACHED)
def tree(text: str) -> list[Block] | None:
    """The blocks of a text; None where they would say no more than the text, or are too many to parse.

    >>> tree("Take a **coat**.")
    [{'tag': 'p', 'children': [{'text': 'Take a '}, {'tag': 'strong', 'children': [{'text': 'coat'}]}, {'text': '.'}]}]
    >>> tree("[here](https://example.org) <b>")
    [{'tag': 'p', 'children': [{'text': 'here'}, {'text': ' (https://example.org)'}, {'text': ' <b>'}]}]
    """
    if len(text) > LONGEST:
        return None
    try:
        return _blocks(SyntaxTreeNode(_PARSER.parse(text)).children)
    except RecursionError:
        return None


def _blocks(nodes: Sequence[SyntaxTreeNode]) -> list[Block]:
    return [block for node in nodes for block in _block(node)]


def _block(node: SyntaxTreeNode) -> list[Block]:
    if node.type in _LEAVES:
        return [dict(_LEAVES[node.type])]
    if node.type in ("fence", "code_block"):
        return [{"tag": "pre", "children": [{"tag": "code", "text": node.content}]}]
    if node.type == "code_inline":
        return [{"tag": "code", "text": node.content}]
    if node.type == "link":
        return [*_blocks(node.children), *_address(node)]
    if node.type == "image":
        return [{"text": node.content}, *_address(node)]
    if node.children and node.type == "inline":
        return _blocks(node.children)
    if node.children:
        return [{"tag": node.tag, "children": _blocks(node.children)}] if node.tag else _blocks(node.children)
    return [{"tag": node.tag}] if node.tag else [{"text": node.content}]


def _address(node: SyntaxTreeNode) -> list[Block]:
    """The address behind a link's text, unless it is the text."""
    address = str(node.attrs.get("href") or node.attrs.get("src") or "")
    shown = "".join(child.content for child in node.children)
    return [] if not address or address in (shown, f"mailto:{shown}") else [{"text": f" ({address})"}]
