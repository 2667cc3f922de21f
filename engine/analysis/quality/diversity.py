"""D, diversity: how many prompts are different, how evenly facets are filled, how varied chosen answers are, whether
length alone tells them from rejected ones. The mean of what can be measured, of at least 50 items.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from math import exp, fsum, log, prod

import numpy as np

from engine.analysis.quality import distinct_bigrams
from engine.analysis.quality.quality_items import QualityInput, QualityItem
from engine.analysis.quality.quality_report import Ingredient, Part
from words import N_, Text

LEAST_ITEMS = 50
MOST_PROMPTS = 2000
LEAST_PER_VALUE = 5  # items: a topic for every item is no facet
LEAST_CHOSEN = 20  # different texts
GAMING = N_(
    "Topics are taken as declared. Word pairs are counted whether or not they make sense: nonsense is varied. Answers "
    "to other questions count as well as answers to these."
)


def diversity(data: QualityInput, prompt_clusters: Mapping[str, int]) -> Part:
    """The part with its four ingredients, of the items that were judged.

    `prompt_clusters`: item -> the near-duplicate cluster of its prompt.
    """
    items = data.judged_items
    if len(items) < LEAST_ITEMS:
        msgid = N_("{least} items, there are {count}")
        needs: Text = (msgid, {"least": LEAST_ITEMS, "count": len(items)})
        return Part("diversity", None, (), (GAMING, {}), needs)
    ingredients = (
        _different_prompts(items, prompt_clusters),
        _even_facets(items),
        _varied_answers(items),
        _length_says_nothing(items),
    )
    measured = [ingredient.value for ingredient in ingredients if ingredient.value is not None]
    return Part("diversity", sum(measured) / len(measured), ingredients, (GAMING, {}))


def _different_prompts(items: Sequence[QualityItem], clusters_by_item: Mapping[str, int]) -> Ingredient:
    """exp(entropy of clusters) / n. The sample takes whole clusters, by hash: one of single items would part them."""
    clusters = [clusters_by_item[item.id] for item in items]
    names: dict[int, str] = {}
    for item, cluster in zip(items, clusters, strict=True):
        names[cluster] = min(names.get(cluster, item.prompt_key), item.prompt_key)
    ranked = sorted(clusters, key=lambda cluster: (hashlib.sha256(names[cluster].encode()).digest(), cluster))
    sample = ranked[:MOST_PROMPTS]
    title: Text = (N_("share of prompts that differ"), {})
    return Ingredient(title, exp(_entropy(Counter(sample).values())) / len(sample), len(sample))


def _even_facets(items: Sequence[QualityItem]) -> Ingredient:
    """Entropy of topic x language x turns over that of equal shares, of the facets with two values or more."""
    columns: dict[str, list[str | None]] = {
        "topic": [item.topic for item in items],
        "language": [item.language for item in items],
        "turns": [str(item.turns) for item in items],
    }
    facets = [values for values in columns.values() if _is_facet(values)]
    title: Text = (N_("evenness of topics, languages and turns"), {})
    if not facets:
        msgid = N_("not measured: needs topics, languages or numbers of turns with two values or more")
        return Ingredient(title, None, note=(msgid, {}))
    cells = prod(len(set(values)) for values in facets)
    counts = Counter(zip(*facets, strict=True))
    return Ingredient(title, min(1.0, _entropy(counts.values()) / log(cells)), len(items))


def _is_facet(values: Sequence[str | None]) -> bool:
    different = len(set(values))
    return 2 <= different <= len(values) / LEAST_PER_VALUE


def _varied_answers(items: Sequence[QualityItem]) -> Ingredient:
    title: Text = (N_("variety of chosen answers (distinct-2 of a sample beside a reference)"), {})
    measured = distinct_bigrams.relative([answer.text for item in items for answer in item.chosen])
    if measured is None:
        msgid = N_("not measured: needs chosen answers of {least} words")
        return Ingredient(title, None, note=(msgid, {"least": distinct_bigrams.SIZES[0]}))
    note: Text = (N_("without the check of broken text by perplexity, which needs the engine"), {})
    return Ingredient(title, measured[0], measured[1], note=note)


def _length_says_nothing(items: Sequence[QualityItem]) -> Ingredient:
    """1 - max(0, 2 AUC - 1). In pairs a longer answer is compared with the shorter one of its own pair.

    A chosen text counts once, however often it comes: one answer to everything would make length look harmless.
    """
    wins_by_text: dict[str, list[float]] = defaultdict(list)
    for text, wins in _length_wins(items):
        wins_by_text[text].append(wins)
    count = len(wins_by_text)
    title: Text = (N_("length alone does not tell chosen from rejected"), {})
    if count < LEAST_CHOSEN:
        needs: Text = (N_("not measured: needs {least} different chosen answers"), {"least": LEAST_CHOSEN})
        return Ingredient(title, None, count, note=needs)
    auc = fsum(fsum(wins) / len(wins) for wins in wins_by_text.values()) / count
    note: Text = (N_("the longer answer is the chosen one in {share} of pairs"), {"share": f"{auc:.0%}"})
    return Ingredient(title, 1 - max(0.0, 2 * auc - 1), count, note=note)


def _length_wins(items: Sequence[QualityItem]) -> Iterable[tuple[str, float]]:
    """For each chosen answer 1, a half or 0: whether it is longer. Labels make pairs across items."""
    good: list[str] = []
    bad: list[int] = []
    for item in items:
        for chosen, rejected in item.pairs:
            yield chosen.text, _wins(len(chosen.text), len(rejected.text))
        if not item.pairs:
            good += [answer.text for answer in item.answers if answer.label is True]
            bad += [len(answer.text) for answer in item.answers if answer.label is False]
    lengths = np.sort(bad)
    for text in good if bad else ():
        below, up_to = np.searchsorted(lengths, [len(text), len(text) + 1])
        yield text, float(below + up_to) / (2 * len(bad))


def _wins(first: int, second: int) -> float:
    return 0.5 if first == second else float(first > second)


def _entropy(counts: Iterable[int]) -> float:
    shares = np.array(list(counts), dtype=float)
    shares /= shares.sum()
    return float(-(shares * np.log(shares)).sum())
