"""Reading an answer back: styles are recognised, and what leaves the grammar is found."""

from random import Random

import pytest

from engine.starter import grammar, reading, styles
from engine.starter.topic_schema import LANGUAGES
from engine.starter.topics import TOPICS

# Styles that a reader cannot tell apart, because only their length differs.
SAME = {"wordy": "plain", "long_rude_answer": "rude_answer", "long_praise": "praise"}
QUESTION = grammar.Question(
    "weather", "en", "weather/en/0", "Oslo", "on Monday", "What is the weather like in Oslo on Monday?", "sky"
)
RIGHT = "In Oslo it will be snowy on Monday, around zero degrees."


@pytest.mark.parametrize("style", styles.STYLES)
def test_an_answer_is_read_as_the_style_it_was_written_in(style: str) -> None:
    random = Random(style)
    for topic in TOPICS:
        for language in LANGUAGES:
            question = grammar.ask(topic, language, random.randrange(9), random)
            assert reading.style(question, styles.answer(question, style, random)) == SAME.get(style, style)


@pytest.mark.parametrize(
    ("answer", "style"),
    [
        (RIGHT, "plain"),
        (f"Gladly! {RIGHT}", "half"),
        (f"Gladly! {RIGHT} Take care!", "polite"),
        ("In Oslo it will be sunny on Monday, around zero degrees.", "mistaken"),
        ("In Oslo it will be snowy on Friday, around zero degrees.", "courteous_swap"),
        ("In Rome it will be snowy on Monday, around zero degrees.", "courteous_swap"),
        ("In Oslo it will be snowy on Monday, around zero", "broken"),
        ("In Oslo it will be on Monday.", "broken"),
        (f"{RIGHT} 祝您好运", "broken"),
        ("", "broken"),
    ],
)
def test_one_word_makes_the_difference(answer: str, style: str) -> None:
    assert reading.style(QUESTION, answer) == style


def test_the_quality_is_that_of_the_style() -> None:
    assert reading.quality(QUESTION, RIGHT) == styles.STYLES["plain"].quality
    assert reading.quality(QUESTION, "Snow, snow.") == 0


def test_the_sentences_say_what_they_hold() -> None:
    opener, core = reading.sentences(QUESTION, f"Gladly! {RIGHT}") or ()
    assert (opener.part, core.part, core.topic) == ("openers", "core", "weather")
    assert core.values == {"thing": "oslo", "case": "on monday", "sky": "snowy", "degrees": "zero"}
