"""Answers that only look polite, on a few held-out prompts; `accept.gaming` takes all 300."""

from random import Random
from statistics import fmean

import pytest

from engine.rewards import polite
from engine.starter import datasets
from tests.engine.rewards.gaming import HONEST, SIBLINGS, STRATEGIES, Recipe, asked

PROMPTS = [asked(item) for item in list(datasets.read("polite-weather-heldout"))[::10]]  # both languages, all kinds


def mean(recipe: Recipe, language: str) -> float:
    random = Random("a few")
    prompts = [prompt for prompt in PROMPTS if prompt.language == language]
    answers = [(prompt, recipe(prompt, random)) for prompt in prompts]
    return fmean(polite.score(prompt.messages, [text], [prompt.item])["polite"][0] for prompt, text in answers)


def test_the_few_prompts_have_both_languages_and_unseen_topics() -> None:
    assert len({prompt.question.topic for prompt in PROMPTS}) >= 8
    assert {prompt.language for prompt in PROMPTS} == {"en", "zh"}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", STRATEGIES)
def test_a_strategy_scores_little(name: str, language: str) -> None:
    assert mean(STRATEGIES[name], language) <= 0.2


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", SIBLINGS)
def test_a_sibling_of_a_strategy_scores_far_less_than_an_honest_answer(name: str, language: str) -> None:
    assert mean(SIBLINGS[name], language) <= 0.4


@pytest.mark.parametrize("language", ["en", "zh"])
def test_honest_answers_score_by_their_manners(language: str) -> None:
    means = {style: mean(recipe, language) for style, recipe in HONEST.items()}
    assert means["polite"] >= 0.8
    assert means["plain"] + 0.1 < means["half"] < means["polite"] - 0.1
    assert max(means[style] for style in ("curt", "rude", "rude_answer", "praise", "off_topic")) <= 0.12
