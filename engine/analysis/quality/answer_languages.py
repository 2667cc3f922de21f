"""Answers in another language than their prompt, among the languages that the set has.

Writings tell most languages apart by themselves; py3langid is asked for those in Latin letters, and only in a set that
has several. Short texts are not judged, nor answers to prompts that speak of a language. Left out: which dialect.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

LEAST_LETTERS = 20  # to tell Latin ones from others
LEAST_SPELLED = 40  # to tell the languages in Latin letters apart
LEAST_CHARACTERS = 10  # of Chinese, Japanese or Korean
MOST_CHARACTERS = 300  # of a text, which are read
SAMPLE = 1000  # texts from which the languages of the set are told
SHARE = 0.02  # of the sample, that makes a language one of the set
SURE = 0.9
WRITINGS = {
    "ja": re.compile("[\u3040-\u30ff]+"),
    "zh": re.compile("[\u3400-\u9fff]+"),
    "ko": re.compile("[\uac00-\ud7af]+"),
    "ru": re.compile("[\u0400-\u04ff]+"),
    "ar": re.compile("[\u0600-\u06ff]+"),
    "hi": re.compile("[\u0900-\u097f]+"),
    "el": re.compile("[\u0370-\u03ff]+"),
    "he": re.compile("[\u0590-\u05ff]+"),
    "th": re.compile("[\u0e00-\u0e7f]+"),
}
"""Runs of a writing, by the code of a language that uses it; the others of that writing count as the same."""
DENSE = ("ja", "zh", "ko")
LATIN = re.compile("[A-Za-z\u00c0-\u024f]+")
FENCED = re.compile(r"```.*?(?:```|$)|`[^`]*`|https?://\S+", re.DOTALL)
ABOUT_LANGUAGES = re.compile(
    r"\b(?:translat\w*|languages?|english|chinese|mandarin|cantonese|japanese|korean|french|german|spanish|italian|russian"
    r"|portuguese|latin|greek|arabic|hindi|dutch|swedish|polish|turkish|vietnamese|thai|hebrew|pinyin|traduc\w*|[üu]bersetz\w*)\b"
    r"|翻译|译成|译为|英文|英语|中文|汉语|日语|日文|法语|德语|西班牙语|俄语|韩语|拼音|語|语言",
    re.IGNORECASE,
)
Classify = Callable[[str], tuple[str, float]]


def language(text: str, classify: Classify | None = None) -> str | None:
    """The code of a text's language; None where it is too short, mixed, or not sure. `classify` tells Latin ones."""
    counts = _letters(FENCED.sub(" ", text[: 2 * MOST_CHARACTERS])[:MOST_CHARACTERS])
    weights = {code: count * (3 if code in DENSE else 1) for code, count in counts.items()}
    code = max(weights, key=weights.__getitem__)
    if counts[code] < (LEAST_CHARACTERS if code in DENSE else LEAST_LETTERS):
        return None
    if weights[code] < 0.8 * sum(weights.values()):
        return None
    if code != "latin":
        return code
    if classify is None:
        return "latin"
    if counts[code] < LEAST_SPELLED:
        return None
    name, confidence = classify(text)
    return name if confidence >= SURE else None


def _letters(text: str) -> Counter[str]:
    """Letters by writing, all Latin ones under one name. Chinese characters beside Japanese ones are Japanese."""
    counts = Counter({"latin": sum(map(len, LATIN.findall(text)))})
    if text.isascii():
        return counts
    counts.update({code: sum(map(len, runs.findall(text))) for code, runs in WRITINGS.items()})
    if counts["ja"] * 10 > counts["zh"]:
        counts["ja"] += counts.pop("zh")
    return counts


def strangers(questions: Sequence[str], answers: Sequence[str]) -> tuple[list[bool], Mapping[str, int]]:
    """For each answer whether it is in another language than its question; how many of the answers are in which.

    The counts call all languages in Latin letters one, unless the set has several.
    """
    classify = _restricted([*questions, *answers])
    asked = {text: language(text, classify) for text in set(questions)}
    given = [language(text, classify) for text in answers]
    wrong = [
        code is not None and asked[question] not in (None, code) and not ABOUT_LANGUAGES.search(question)
        for question, code in zip(questions, given, strict=True)
    ]
    return wrong, Counter(code for code in given if code is not None)


def _restricted(texts: Sequence[str]) -> Classify | None:
    """A classifier for the languages in Latin letters that the texts have; None where they have at most one."""
    sample = sorted(set(texts), key=lambda text: hashlib.sha256(text.encode()).digest())[:SAMPLE]
    latin = [text for text in sample if language(text) == "latin"]
    if not latin:
        return None
    identifier = _identifier()
    identifier.set_languages(None)
    codes = Counter(language(text, identifier.classify) for text in latin)
    several = sorted(code for code, count in codes.items() if code and count >= max(3, SHARE * len(latin)))
    if len(several) < 2:
        return None
    identifier.set_languages(several)
    classify: Classify = identifier.classify
    return classify


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # type: ignore[import-untyped]

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
