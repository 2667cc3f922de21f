"""Which writing a text is in: Chinese or Japanese, whose words have no spaces between them, or another.

Left out: the script that an item is labelled with (`storage.item_content.script`).
"""

import re

CHARACTER = "[\u3040-\u30ff\u3400-\u9fff]"
"""One kana or ideograph, as part of a pattern."""
_RUN = re.compile(f"{CHARACTER}+")


def is_ideographic(text: str) -> bool:
    """Whether over a quarter of the characters are ideographs or kana; spaces at the ends do not count.

    >>> is_ideographic("用 Python 写诗吧"), is_ideographic("The word 茶 is tea.")
    (True, False)
    """
    stripped = text.strip()
    return not stripped.isascii() and sum(map(len, _RUN.findall(stripped))) * 4 > len(stripped)
