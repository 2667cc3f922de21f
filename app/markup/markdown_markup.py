"""Markdown that a person wrote, as escaped markup: no HTML of theirs is ever read, links are texts.

Left out: how the text is read (`markdown_tree`).
"""

from collections.abc import Sequence

from markupsafe import Markup

from app.markup import markdown_tree, texts
from app.markup.markdown_tree import Block

VOID = frozenset({"br", "hr"})


def markdown(text: str) -> Markup:
    """The text as elements; as it was written where it says no more than that.

    >>> markdown("**why** <b>")
    Markup('<div class="al-markdown" dir="auto"><p><strong>why</strong> &lt;b&gt;</p></div>')
    """
    tree = markdown_tree.tree(text)
    return (
        texts.raw(text) if tree is None else Markup('<div class="al-markdown" dir="auto">{}</div>').format(_all(tree))
    )


def _all(blocks: Sequence[Block]) -> Markup:
    return Markup("").join(map(_block, blocks))


def _block(block: Block) -> Markup:
    if "tag" not in block:
        return Markup("{}").format(block["text"])
    tag = Markup(block["tag"])  # of the parser's own set, never of the text
    if tag in VOID:
        return Markup("<{}>").format(tag)
    inner = Markup("{}").format(block["text"]) if "text" in block else _all(block.get("children", []))
    return Markup("<{tag}>{inner}</{tag}>").format(tag=tag, inner=inner)
