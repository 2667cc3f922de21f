"""The text of each token of a response, so that a page can show tokens without their tokenizer.

A token of a byte-level tokenizer may hold a part of a character; then the token that ends the character has all of it,
and those before it have none. Left out: what a text is decoded with (`templates`).
"""

from collections.abc import Callable, Sequence

UNREADABLE = "\N{REPLACEMENT CHARACTER}"
LONGEST = 8  # tokens that are taken for parts of one character; UTF-8 needs 4 bytes at most


def pieces(tokens: Sequence[int], decode: Callable[[Sequence[int]], str]) -> list[str]:
    """A text for each token; joined, they are `decode(tokens)`.

    Each step decodes the tokens of the last whole piece and those after it alone, since a tokenizer may treat the
    first token of a text as none in its middle (a leading space).

    >>> table = {1: b"a", 2: "好".encode()[:1], 3: "好".encode()[1:]}
    >>> pieces([1, 2, 3, 2], lambda tokens: b"".join(map(table.get, tokens)).decode(errors="replace"))
    ['a', '', '好', '\ufffd']
    """
    texts: list[str] = []
    before, start = 0, 0  # where the window begins, and its first token without a text
    shown = ""  # the text of the window up to `start`
    for end in range(1, len(tokens) + 1):
        text = decode(tokens[before:end])
        whole = not text.endswith(UNREADABLE) or end - start >= LONGEST or end == len(tokens)
        if not whole:
            texts.append("")
            continue
        texts.append(text[len(shown) :])
        before, start = start, end
        shown = decode(tokens[before:start])
    return texts
