"""A, annotation quality: which items have a defect, and the share of those that have none.

Also what is told beside the score: duplicates, near-duplicates, contradictions, prompts that are evaluated on.
"""

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from engine.analysis.intervals import wilson
from engine.analysis.judged import Judged
from engine.analysis.quality import unwanted_words
from engine.analysis.quality.answer_languages import strangers
from engine.analysis.quality.consistency import contradictions
from engine.analysis.quality.cut_answers import cut
from engine.analysis.quality.quality_items import Answer, QualityInput, QualityItem
from engine.analysis.quality.quality_report import Defect, Ingredient, Part
from words import N_, Text

CHARACTERS_PER_SECOND = 200
LEAST_GOLD = 20
LEAST_SCORED = 20  # pairs with scores
DEVIATIONS = 2.0
TITLES = {
    "empty_prompt": N_("empty prompt"),
    "empty_response": N_("empty answer"),
    "equal_responses": N_("identical answers"),
    "cut": N_("cut answer"),
    "wrong_language": N_("answer in another language"),
    "template_leak": N_("template or other model in the text"),
    "insult": N_("insult in the chosen answer"),
    "fast_judgement": N_("judged faster than it can be read"),
    "old_guideline": N_("judged under an old guideline"),
    "against_scores": N_("far below the rejected answer by its score"),
    "contradiction": N_("contradicts another item"),
    "duplicate": N_("duplicate"),
    "near_duplicate": N_("near-duplicate"),
    "evaluation_prompt": N_("evaluation prompt in training"),
    "held_out_prompt": N_("nearly a held-out prompt"),
}
GAMING = N_(
    "Rules see what answers look like, not whether they are right: a wrong answer in good form has no defect. Items "
    "with a defect can be deleted, which raises the share; the number of items kept stands beside it."
)
BAD = ("evaluation_prompt", "held_out_prompt", "insult", "contradiction")


def lowering(data: QualityInput) -> tuple[list[Defect], dict[str, int]]:
    """The defects that annotation quality counts, and the number of chosen answers by language.

    Rules that compare an answer with the rest of the set read the judged items alone: others must not shift the rest.
    """
    wrong_language, languages = _wrong_language(data.judged_items)
    sets = {
        "empty_prompt": _matching(data.items, lambda item: not item.prompt.strip()),
        "empty_response": _matching(data.items, lambda item: any(map(_is_empty, item.answers))),
        "equal_responses": _matching(data.items, _has_equal_pair),
        "cut": _cut(data.judged_items),
        "wrong_language": wrong_language,
        "template_leak": _matching(data.items, _leaks),
        "insult": _matching(data.items, _insults),
        "fast_judgement": _too_fast(data),
        "old_guideline": {judged.item for judged in data.judged if _is_old(judged, data.guideline)},
        "against_scores": _against_scores(data.items),
    }
    return [_defect(key, data.items, ids) for key, ids in sets.items()], languages


def beside(data: QualityInput, prompt_clusters: Sequence[int], text_clusters: Sequence[int]) -> list[Defect]:
    """The defects of the set as a whole, which annotation quality does not count."""
    exact = _repeats(data.items, [_content(item) for item in data.items])
    sets = {
        "contradiction": contradictions(data.items),
        "duplicate": exact,
        "near_duplicate": _repeats(data.items, text_clusters) - exact,
        "evaluation_prompt": {
            item.id for item in data.items if not item.held_out and item.prompt_key in data.evaluation_prompts
        },
        "held_out_prompt": _nearly_held_out(data.items, prompt_clusters),
    }
    return [_defect(key, data.items, ids, lowers=False) for key, ids in sets.items()]


def annotation(data: QualityInput, defects: Iterable[Defect]) -> tuple[Part, int]:
    """The part, and the number of judged items without a defect, which it counts."""
    judged = {item.id for item in data.judged_items}
    faulty = {item for defect in defects if defect.lowers for item in defect.items} & judged
    total = len(judged)
    kept = total - len(faulty)
    if not total:
        return Part("annotation", None, (), (GAMING, {}), (N_("items"), {})), 0
    gold = _gold(data.judged)
    without_defect = Ingredient((N_("items without a defect"), {}), kept / total, total, *wilson(kept, total))
    value = without_defect.value if gold.value is None else kept / total * gold.value
    return Part("annotation", value, (without_defect, gold), (GAMING, {})), kept


def _defect(key: str, items: Sequence[QualityItem], ids: set[str], lowers: bool = True) -> Defect:
    in_order = tuple(item.id for item in items if item.id in ids)
    return Defect(key, (TITLES[key], {}), in_order, "bad" if key in BAD else "warning", lowers)


def _matching(items: Sequence[QualityItem], condition: Callable[[QualityItem], bool]) -> set[str]:
    return {item.id for item in items if condition(item)}


def _is_empty(answer: Answer) -> bool:
    return not answer.text.strip() and not answer.calls_tools


def _has_equal_pair(item: QualityItem) -> bool:
    return any(
        chosen.text.strip() == rejected.text.strip() and not (chosen.calls_tools or rejected.calls_tools)
        for chosen, rejected in item.pairs
    )


def _leaks(item: QualityItem) -> bool:
    """Marks of a template in an answer; what other models say of themselves in a chosen one."""
    return any(unwanted_words.leaks_template(answer.text) for answer in item.answers) or any(
        unwanted_words.speaks_as_another_model(answer.text) for answer in item.chosen
    )


def _insults(item: QualityItem) -> bool:
    return any(unwanted_words.insults_of_its_own(answer.text, item.prompt) for answer in item.chosen)


def _chosen(items: Sequence[QualityItem]) -> list[tuple[QualityItem, Answer]]:
    return [(item, answer) for item in items for answer in item.chosen]


def _cut(items: Sequence[QualityItem]) -> set[str]:
    chosen = _chosen(items)
    marks = cut([answer.text for _item, answer in chosen])
    return {item.id for (item, _answer), mark in zip(chosen, marks, strict=True) if mark}


def _wrong_language(items: Sequence[QualityItem]) -> tuple[set[str], dict[str, int]]:
    chosen = _chosen(items)
    questions, answers = [item.question for item, _answer in chosen], [answer.text for _item, answer in chosen]
    marks, languages = strangers(questions, answers)
    return {item.id for (item, _answer), mark in zip(chosen, marks, strict=True) if mark}, dict(languages)


def _too_fast(data: QualityInput) -> set[str]:
    """Items that somebody judged faster than 1 s for 200 characters of what was shown."""
    items = {item.id: item for item in data.items}
    return {judged.item for judged in data.judged if judged.item in items and _is_fast(judged, items[judged.item])}


def _is_fast(judged: Judged, item: QualityItem) -> bool:
    if judged.seconds is None or judged.verdict == "skip":
        return False
    shown = [item.by_id[name].text for name in (judged.first, judged.second) if name in item.by_id]
    characters = len(item.prompt) + sum(map(len, shown))
    return judged.seconds < characters / CHARACTERS_PER_SECOND


def _is_old(judged: Judged, guideline: int | None) -> bool:
    return guideline is not None and judged.guideline is not None and judged.guideline < guideline


def _against_scores(items: Sequence[QualityItem]) -> set[str]:
    """Items whose chosen answer scores more than 2 deviations below the rejected one.

    The deviation is that of the differences, by their median: flipped labels widen an ordinary one until it hides them.
    """
    gaps = [
        (item.id, chosen.score - rejected.score)
        for item in items
        for chosen, rejected in item.pairs
        if chosen.score is not None and rejected.score is not None
    ]
    if len(gaps) < LEAST_SCORED:
        return set()
    values = np.array([gap for _id, gap in gaps])
    deviation = 1.4826 * float(np.median(np.abs(values - np.median(values)))) or float(values.std())
    return {name for name, gap in gaps if gap < 0 and gap < -DEVIATIONS * deviation}


def _gold(judgements: Iterable[Judged]) -> Ingredient:
    gold = [judged for judged in judgements if judged.expected is not None and judged.verdict != "skip"]
    items = {judged.item for judged in gold}
    title: Text = (N_("agreement with planted items"), {})
    if len(items) < LEAST_GOLD:
        msgid = N_("not measured: needs {least} planted items with a known verdict, there are {count}")
        return Ingredient(title, None, len(items), note=(msgid, {"least": LEAST_GOLD, "count": len(items)}))
    right = sum(judged.verdict == judged.expected for judged in gold)
    return Ingredient(title, right / len(gold), len(gold), *wilson(right, len(gold)))


def _content(item: QualityItem) -> tuple[object, ...]:
    """Equal for items of which one repeats the other."""
    texts = {answer.id: answer.text.strip() for answer in item.answers}
    pairs = tuple(sorted((texts[chosen], texts[rejected]) for chosen, rejected in item.preferences))
    rated = tuple(sorted((answer.text.strip(), str(answer.score), str(answer.label)) for answer in item.answers))
    return item.prompt_key, rated, pairs


def _repeats(items: Sequence[QualityItem], keys: Sequence[object]) -> set[str]:
    """The items whose key an item before them has."""
    seen: set[object] = set()
    repeats = set()
    for item, key in zip(items, keys, strict=True):
        if key in seen:
            repeats.add(item.id)
        seen.add(key)
    return repeats


def _nearly_held_out(items: Sequence[QualityItem], clusters: Sequence[int]) -> set[str]:
    """Training items whose prompt is a near-duplicate of a held-out one."""
    held_out = {cluster for item, cluster in zip(items, clusters, strict=True) if item.held_out}
    return {item.id for item, cluster in zip(items, clusters, strict=True) if not item.held_out and cluster in held_out}
