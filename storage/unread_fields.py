"""Fields of a file that no form understood: and whether a name sounds like an answer.

Left out: the fields themselves, which every item keeps as extra fields.
"""

import re
from collections.abc import Mapping
from typing import Any

from storage import formats
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


def of_row(row: Mapping[str, Any], item: Item) -> list[str]:
    """The fields of a row that say something, and that its item only keeps."""
    return [name for name in item.extra if row.get(name) is not None and name not in formats.KEPT]


def sounds_like_answer(name: str) -> bool:
    """Whether a field of this name may hold an answer, a score or a label."""
    words = [word.lower() for word in WORD.findall(name)]
    return any(map(ANSWER_WORDS.fullmatch, words)) or bool(CHINESE_ANSWER_WORDS.search(name))
