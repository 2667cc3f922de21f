"""How large a regular expression becomes when it is compiled: repeats of a fixed number are written out.

(a{1000}){1000} is short, and takes gigabytes. Left out: whether the pattern is well formed (`regex.compile`), and how
long it may search (`engine.rewards.texts`).
"""

import re

MOST = 10_000

_REPEAT = re.compile(r"\{\s*(\d*)\s*(,\s*\d*\s*)?\}")
_FREE_FORM = re.compile(r"\(\?\w*-?\w*(x|V1)")  # spaces and comments, sets within sets: other rules of reading
_CLASS = re.compile(r"\[\^?\]?(?:[^\]\\]|\\.)*\]", re.DOTALL)


def expanded_size(pattern: str) -> int:
    """About how many atoms the compiled pattern has: those of a group times the least number of its repeats."""
    counts = [int(match[1] or 0) for match in _REPEAT.finditer(pattern)]
    if _FREE_FORM.search(pattern):
        return len(pattern) * _product(counts)
    sizes, last, position = [0], 0, 0  # of the groups that are open, of the last atom
    while position < len(pattern):
        repeat = _REPEAT.match(pattern, position)
        if repeat:
            sizes[-1] += last * (max(1, int(repeat[1] or 0)) - 1)
            position = repeat.end()
        elif pattern[position] == "(":
            sizes.append(0)
            position = _after_opening(pattern, position)
            last = 0
        elif pattern[position] == ")" and len(sizes) > 1:
            last = sizes.pop() + 1
            sizes[-1] += last
            position += 1
        else:
            last = 1
            sizes[-1] += 1
            position = _after_atom(pattern, position)
    return sum(sizes)


def _product(counts: list[int]) -> int:
    product = 1
    for count in counts:
        product = min(product * max(1, count), MOST + 1)
    return product


def _after_opening(pattern: str, position: int) -> int:
    """Past the bracket that opens a group; past a whole comment."""
    if pattern.startswith("(?#", position):
        return max(pattern.find(")", position), position + 1)
    return position + 1


def _after_atom(pattern: str, position: int) -> int:
    if pattern[position] == "\\":
        return position + 2
    characters = _CLASS.match(pattern, position) if pattern[position] == "[" else None
    return characters.end() if characters else position + 1
