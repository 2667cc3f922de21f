"""Fields of a file that no form understood: which names sound like an answer, and which values may be one.

Left out: the fields themselves, which every item keeps as extra fields.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from storage import formats
from storage.formats.chat_turns import is_turn
from storage.records import Item

WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
ANSWER_WORDS = re.compile(
    "answers?|respon[ds]e?s?|repl(y|ies)|completions?|outputs?|generations?|candidates?|chosen|reject(ed|s)?|choices?"
    "|prefer(s|red|ence|ences)?|better|worse|best|worst|winners?|losers?|wins?|scores?|ratings?|rated?|ranks?|ranked"
    "|ranking|rewards?|labels?|votes?|verdicts?|judge?ments?|grades?|targets?|good|bad|correct|thumbs|feedback"
)
CHINESE_ANSWER_WORDS = re.compile(
    "回答|答案|回复|答复|输出|选中|选择|拒绝|偏好|更好|更差|较好|较差|胜|评分|得分|打分|分数|排名|奖励|标签|标注|评价"
)
TEXT_WORDS = re.compile(
    "answers?|respon[ds]e?s?|repl(y|ies)|completions?|outputs?|generations?|candidates?|chosen|reject(ed|s)?|preferred"
    "|better|worse|best|worst|winners?|losers?|targets?|good|bad"
)
CHINESE_TEXT_WORDS = re.compile("回答|答案|回复|答复|输出|选中|拒绝|更好|更差|较好|较差")
REFERENCES = re.compile("(reference|ground_truth|gold|golden)_(answers?|respon[ds]e?s?|outputs?)")
"""Names of what a reward compares answers with: it is read from the extra fields."""
TRUTHS = re.compile("(in)?correct_answers")
"""Names of what UltraFeedback holds beside its scored answers: what is true, and no answer of a model."""
NUMBER = re.compile(r"[+-]?[\d.,]+%?")


def of_row(row: Mapping[str, Any], item: Item) -> list[str]:
    """The fields of a row that say something, and that its item only keeps."""
    return [name for name in item.extra if row.get(name) is not None and name not in formats.KEPT]


def sounds_like_answer(name: str) -> bool:
    """Whether a field of this name may hold an answer, a score or a label."""
    words = [word.lower() for word in WORD.findall(name)]
    return any(map(ANSWER_WORDS.fullmatch, words)) or bool(CHINESE_ANSWER_WORDS.search(name))


def suspicious(fields: Iterable[str], kind: str) -> list[str]:
    """Those of the fields that sound like an answer, a score or a label, in a file of this kind."""
    return [name for name in fields if sounds_like_answer(name) and not (kind == "groups" and TRUTHS.fullmatch(name))]


def is_named_answer(name: str) -> bool:
    """Whether a field of this name holds the text of an answer: not a score, a label, or a reference for a reward."""
    words = [word.lower() for word in WORD.findall(name)]
    named = any(map(TEXT_WORDS.fullmatch, words)) or bool(CHINESE_TEXT_WORDS.search(name))
    return named and not REFERENCES.fullmatch(name)


def may_be_answer(value: Any) -> bool:
    """Whether a value may be an answer: words, or messages."""
    return _are_words(value) or (isinstance(value, list) and bool(value) and all(map(is_turn, value)))


def holds_words(value: Any) -> bool:
    """Whether there are words in a value, however deep. A number and a letter are none."""
    if isinstance(value, dict | list):
        return any(map(holds_words, value.values() if isinstance(value, dict) else value))
    return _are_words(value)


def _are_words(value: Any) -> bool:
    text = value.strip() if isinstance(value, str) else ""
    return len(text) > 1 and not NUMBER.fullmatch(text)
