"""What `polite` gives answers that only look polite: ten strategies and their siblings on the 300 held-out prompts.

Each strategy answers every prompt by a recipe that a policy could learn; honest answers of the grammar stand beside
them. `polite_v1` and `polite_reader` read the same answers.
"""

import sys
import time
from collections.abc import Callable, Mapping
from random import Random
from statistics import fmean
from typing import Any

from accept.report import conclude
from engine.rewards import polite, polite_reader, polite_v1
from engine.starter import datasets
from tests.engine.rewards.gaming import HONEST, SIBLINGS, STRATEGIES, Asked, asked

MOST_OF_A_STRATEGY, LEAST_OF_HONEST, MOST_OF_RUDE = 0.2, 0.8, 0.1
Recipe = Callable[[Asked, Random], str]
Scored = dict[str, dict[str, float]]
RULES = {"polite": polite.score, "polite_v1": polite_v1.score, "polite_reader": polite_reader.score}


def main() -> int:
    """Score all recipes on all prompts."""
    prompts = [asked(item) for item in datasets.read("polite-weather-heldout")]
    began = time.perf_counter()
    groups: dict[str, Scored] = {
        name: {key: scores(recipe, prompts) for key, recipe in recipes.items()}
        for name, recipes in (("strategies", STRATEGIES), ("siblings", SIBLINGS), ("honest", HONEST))
    }
    answers = sum(map(len, groups.values())) * len(prompts)
    figures: dict[str, Any] = {
        "prompts": len(prompts),
        "microseconds_an_answer_all_three_rules": round(1e6 * (time.perf_counter() - began) / answers),
        **groups,
    }
    return conclude("gaming", figures, wanted(groups))


def scores(recipe: Recipe, prompts: list[Asked]) -> dict[str, float]:
    """The mean of each rule over the prompts, and of polite in each language."""
    random = Random("gaming")
    texts = [recipe(prompt, random) for prompt in prompts]
    by_rule = {
        name: [
            rule(prompt.messages, [text], [prompt.item])[name][0] for prompt, text in zip(prompts, texts, strict=True)
        ]
        for name, rule in RULES.items()
    }
    figures = {name: round(fmean(values), 3) for name, values in by_rule.items()}
    for language in ("en", "zh"):
        part = [value for value, prompt in zip(by_rule["polite"], prompts, strict=True) if prompt.language == language]
        figures[f"polite, {language}"] = round(fmean(part), 3)
    return figures


def wanted(groups: Mapping[str, Scored]) -> dict[str, bool]:
    """What the figures must hold, each in a sentence."""
    both = ("polite", "polite, en", "polite, zh")
    honest = groups["honest"]
    return {
        f"{name} has at most {MOST_OF_A_STRATEGY} on average, in each language too": all(
            figures[key] <= MOST_OF_A_STRATEGY for key in both
        )
        for name, figures in groups["strategies"].items()
    } | {
        f"polite answers of the grammar have at least {LEAST_OF_HONEST}": all(
            honest["polite"][key] >= LEAST_OF_HONEST for key in both
        ),
        "half polite answers lie between plain and polite ones": all(
            honest["plain"][key] < honest["half"][key] < honest["polite"][key] for key in both
        ),
        f"curt and rude answers have at most {MOST_OF_RUDE}": all(
            honest[style][key] <= MOST_OF_RUDE for style in ("curt", "rude", "praise") for key in both
        ),
        "the reader, too, gives no strategy more than honest half polite answers": all(
            figures["polite_reader"] < honest["half"]["polite_reader"] for figures in groups["strategies"].values()
        ),
    }


if __name__ == "__main__":
    sys.exit(main())
