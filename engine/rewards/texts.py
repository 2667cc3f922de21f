"""Rewards that read the answer's text alone, or beside a reference: keywords, patterns, length, likeness."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import regex as patterns

from engine.analysis import thinking
from engine.rewards.protocol import Items, Messages, RewardProblem, Scorer
from engine.spec import rewards as spec
from words import N_

Rule = Callable[[str], float]
WORD = re.compile(r"[\u3400-\u9fff]|[^\W\u3400-\u9fff]+")  # a Chinese character counts as a word
MATCH_SECONDS = 0.5
ORDERS = 6
RECALL = 2.0  # how many times recall counts over precision


def keyword(part: spec.Keyword) -> Rule:
    """Which of the words are there: any, all, or the share of them."""
    expressions = [re.compile(_as_word(word), re.IGNORECASE) for word in part.words]
    combine: Callable[[Sequence[bool]], float] = {
        "any": lambda hits: float(any(hits)),
        "all": lambda hits: float(all(hits)),
        "count": lambda hits: sum(hits) / len(hits),
    }[part.match]
    return lambda response: combine([expression.search(response) is not None for expression in expressions])


def _as_word(word: str) -> str:
    """Not inside another word; Chinese has no spaces to tell by."""
    letter = r"[^\W\u3400-\u9fff]"
    before = f"(?<!{letter})" if re.match(letter, word) else ""
    after = f"(?!{letter})" if re.search(f"{letter}$", word) else ""
    return f"{before}{re.escape(word)}{after}"


def regex(part: spec.Regex) -> Rule:
    """1 where the pattern matches. A pattern that takes ages on an answer ends the run: skipping it would score it."""
    expression = patterns.compile(part.pattern)

    def matches(response: str) -> float:
        try:
            return float(expression.search(response, timeout=MATCH_SECONDS) is not None)
        except TimeoutError:
            text = N_("The pattern {pattern} takes too long on some answers: write it without nested repeats.")
            raise RewardProblem(text, pattern=part.pattern) from None

    return matches


def length(part: spec.Length) -> Rule:
    """1 within the range; outside, how many times too short or too long it is, as a fraction."""

    def fits(response: str) -> float:
        size = len(WORD.findall(response)) if part.unit == "words" else len(response)
        if size < part.shortest:
            return size / part.shortest
        return 1.0 if size <= part.longest else part.longest / size

    return fits


def reference(part: spec.Reference) -> Scorer:
    """The likeness to the item's reference, or to the closest of several."""

    def like(prompt: Messages, responses: Sequence[str], items: Items) -> list[float]:
        return [
            max(chrf(response, thinking.split(text).answer) for text in references(item, part.field))
            for response, item in zip(responses, items, strict=True)
        ]

    return like


def references(item: Mapping[str, Any], field: str) -> list[str]:
    """What the item says a good answer is: its extra field, else its preferred answers, else its best."""
    value = item["extra"].get(field)
    if value:
        return [value] if isinstance(value, str) else list(value)
    texts = [response["text"] for response in item["responses"] if _is_good(response, item)]
    if not texts:
        text = N_("The item {id} has no reference answer: no field {field}, and no answer that is known to be good.")
        raise RewardProblem(text, id=item["id"], field=field)
    return texts


def _is_good(response: Mapping[str, Any], item: Mapping[str, Any]) -> bool:
    """Preferred by someone, else of the best score, else not labelled bad."""
    if item["preferences"]:
        return response["id"] in {preference["chosen"] for preference in item["preferences"]}
    scores = [other["score"] for other in item["responses"] if other["score"] is not None]
    return response["score"] == max(scores) if scores else response["label"] is not False


def chrf(response: str, reference: str) -> float:
    """Character n-gram F-score (Popović 2015, chrF2 as sacreBLEU computes it), from 0 to 1; spaces do not count.

    >>> chrf("the cat", "the cat"), chrf("", "the cat")
    (1.0, 0.0)
    """
    precisions, recalls = [], []
    for order in range(1, ORDERS + 1):
        response_grams, reference_grams = _grams(response, order), _grams(reference, order)
        if response_grams and reference_grams:
            common = (response_grams & reference_grams).total()
            precisions.append(common / response_grams.total())
            recalls.append(common / reference_grams.total())
    if not any(precisions):
        return 0.0
    precision, recall = sum(precisions) / len(precisions), sum(recalls) / len(recalls)
    return (1 + RECALL**2) * precision * recall / (RECALL**2 * precision + recall)


def _grams(text: str, order: int) -> Counter[str]:
    packed = "".join(text.split())
    return Counter(packed[start : start + order] for start in range(len(packed) - order + 1))
