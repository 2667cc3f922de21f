"""What a model thinks before it answers, told apart from the answer.

Left out: how a chat template writes either (`engine.data.templates`).
"""

from typing import NamedTuple

MARKS = START, END = "<think>", "</think>"


class Thought(NamedTuple):
    """A response in its two parts; `thinking` is None where there is no closed think block."""

    thinking: str | None
    answer: str


def split(response: str) -> Thought:
    """The thinking and the answer of a response.

    A prompt may have opened the block, so the response need not hold the opening mark. A block that is not closed was
    cut, and a mark in the middle of an answer is only talked about: then all of it is the answer.

    >>> split("<think>\\nRain?\\n</think>\\n\\nTake a coat.")
    Thought(thinking='Rain?', answer='Take a coat.')
    >>> split("Rain?</think>Take a coat.")
    Thought(thinking='Rain?', answer='Take a coat.')
    >>> split("Take a coat, <think> says </think>.")
    Thought(thinking=None, answer='Take a coat, <think> says </think>.')
    """
    head, end, answer = response.partition(END)
    before, start, thinking = head.partition(START)
    if not end or (start and before.strip()):
        return Thought(None, response)
    return Thought((thinking if start else head).strip(), answer.lstrip())
