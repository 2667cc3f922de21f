"""The grammar: its answers repeat what was asked, its styles mean what they say, and its text is deterministic."""

import hashlib
from random import Random

import pytest

from engine.rewards import polite
from engine.starter import datasets, grammar
from engine.starter.corpus import normalised, training_lines
from engine.starter.phrasings import MANNERS
from engine.starter.topic_schema import LANGUAGES
from engine.starter.topics import TOPICS

CELLS = [(topic, language) for topic in TOPICS for language in LANGUAGES]
# The mean score of a style lies here, in every topic and language.
RANGES = {
    "polite": (0.85, 1.0),
    "half": (0.65, 0.8),
    "plain": (0.35, 0.5),
    "curt": (0.0, 0.05),
    "rude": (0.0, 0.05),
    "rude_answer": (0.0, 0.1),
    "praise": (0.0, 0.05),
    "off_topic": (0.0, 0.3),
}


@pytest.mark.parametrize(("topic", "language"), CELLS)
def test_each_style_scores_as_its_name_says(topic: str, language: str) -> None:
    random = Random(0)
    for style, (low, high) in RANGES.items():
        scores = []
        for number in range(60):
            dialogue = grammar.converse(topic, language, number % 6, 1 + number % 2, random)
            text = grammar.answer(dialogue.question, style, random)
            scores += polite.score(dialogue.messages, [text], [{"topic": topic}])["polite"]
        assert low <= sum(scores) / len(scores) <= high, style


@pytest.mark.parametrize(("topic", "language"), CELLS)
def test_an_answer_repeats_what_was_asked_for(topic: str, language: str) -> None:
    random = Random(1)
    for number in range(30):
        question = grammar.ask(topic, language, number % 6, random)
        text = grammar.answer(question, "plain", random).lower()
        thing = question.thing.lower().replace("my ", "your ")
        assert thing in text
        assert question.case.lower().replace("my ", "your ").replace("我这个", "您这个").replace("我们", "你们") in text


def test_nothing_is_left_unfilled_and_sentences_open_with_a_capital() -> None:
    for line in training_lines(2000, set(), Random(2)):
        text = " ".join(message["content"] for message in line.prompt) + line.answer
        assert not set("{}") & set(text)
        assert line.answer[0] == line.answer[0].upper()


def test_a_follow_up_asks_for_something_else() -> None:
    random = Random(3)
    for _ in range(50):
        question = grammar.ask("weather", "en", 0, random)
        assert grammar.follow_up(question, random).thing != question.thing


def test_curt_and_rude_answers_have_as_many_wordings_as_polite_ones() -> None:
    for manners in MANNERS.values():
        polite_ones = len(manners.openers) * len(manners.closers)
        assert len(manners.curt_heads) * len(manners.curt_tails) >= polite_ones
        assert len(manners.rude_heads) * len(manners.rude_tails) >= polite_ones


def test_the_same_seed_gives_the_same_text() -> None:
    first, second = (list(training_lines(50, set(), Random("seed"))) for _ in range(2))
    assert first == second


def test_the_training_text_is_the_one_the_shipped_model_learned() -> None:
    """The first 2,000 lines. Where this fails on purpose, the model has to be built again."""
    reserved = {normalised(dialogue.messages) for dialogue in datasets.reserved_dialogues()}
    lines = [(line.prompt, line.answer) for line in training_lines(2000, reserved, Random("text"))]
    assert hashlib.sha256(repr(lines).encode()).hexdigest().startswith("912076536745f714")


def test_topics_and_languages_have_equal_shares() -> None:
    every = TOPICS.values()
    assert {len(topic.speech(language).questions) for topic in every for language in LANGUAGES} == {6}
    assert {len(topic.speech(language).things) for topic in every for language in LANGUAGES} == {12}


@pytest.mark.slow
def test_no_held_out_prompt_is_in_the_training_text() -> None:
    reserved = {normalised(dialogue.messages) for dialogue in datasets.reserved_dialogues()}
    with_all = {normalised(line.prompt) for line in training_lines(20_000, set(), Random("text"))}
    assert reserved & with_all, "the test can fail: without the reserve some of them are drawn"
    assert not reserved & {normalised(line.prompt) for line in training_lines(20_000, reserved, Random("text"))}
