"""What an answer says of its own: its text without what it repeats of the prompt, and the content units of the rest.

English content is stems of words, Chinese content pairs of characters; words that only bind a sentence are left out.
Left out: which content is of the topic (`polite`).
"""

import re
from collections.abc import Iterator

from engine.rewards.polite_reading import HAN, WORD, stem, units
from engine.rewards.polite_slots import BREAK, Slots
from engine.rewards.polite_words import COURTESY, FILLER_EN, FILLER_ZH, FUNCTION_WORDS

SHORTEST_ECHO = {"en": 4, "zh": 6}  # words or characters in a row, those of the slots not counted
# Where the slots are not known, an answer has to take up longer names of the question.
SHORTEST_UNKNOWN_ECHO = {"en": 6, "zh": 8}
RUN_ZH = re.compile(r"[㐀-鿿]+")
PIECE = {"en": WORD, "zh": HAN}
Span = tuple[int, int]


def without_echo(text: str, prompt: str, slots: Slots | None, language: str) -> str:
    """A text in lower case without its runs of words that stand in the prompt in the same order.

    >>> without_echo("as for how do i bake bread at home, use flour", "how do i bake bread at home?", None, "en")
    'as for , use flour'
    """
    spoken, asked = list(PIECE[language].finditer(text)), units(prompt, language)
    named = set(units(f"{slots.thing} {slots.case}".lower(), language)) if slots else set()
    shortest = (SHORTEST_ECHO if slots else SHORTEST_UNKNOWN_ECHO)[language]
    shortest = min(shortest, max(2, sum(unit not in named for unit in asked)))  # a short prompt said back as a whole
    for first, last in reversed(list(_shared_runs([match[0] for match in spoken], asked))):
        if sum(match[0] not in named for match in spoken[first:last]) >= shortest:
            text = text[: spoken[first].start()] + text[spoken[last - 1].end() :]
    return text


def _shared_runs(spoken: list[str], asked: list[str]) -> Iterator[Span]:
    """The longest runs of `spoken` that stand in `asked`, from left to right, none within another."""
    at = 0
    while at < len(spoken):
        length = max((_run(spoken, at, asked, start) for start in range(len(asked))), default=0)
        if length:
            yield at, at + length
        at += max(1, length)


def _run(spoken: list[str], at: int, asked: list[str], start: int) -> int:
    length = 0
    while at + length < len(spoken) and start + length < len(asked) and spoken[at + length] == asked[start + length]:
        length += 1
    return length


def content(text: str, language: str) -> list[str]:
    """The content units of a text in lower case, in order.

    >>> content("the weather in london will be rainy", "en"), content("明天有小雨", "zh")
    (['weather', 'london', 'rain'], ['明天', '小雨'])
    """
    if language == "en":
        bare = FUNCTION_WORDS["en"] | FILLER_EN
        return [stem(word) for word in WORD.findall(text) if word not in bare and not word.isdigit()]
    binding = FUNCTION_WORDS["zh"]
    pairs = (run[at : at + 2] for run in RUN_ZH.findall(text) for at in range(len(run) - 1))
    return [pair for pair in pairs if not (pair[0] in binding or pair[1] in binding)]


def without_manners(text: str, language: str) -> str:
    """A text in lower case with breaks in place of its courtesies."""
    for pattern in COURTESY[language].values():
        text = pattern.sub(BREAK, text)
    return FILLER_ZH.sub(BREAK, text) if language == "zh" else text
