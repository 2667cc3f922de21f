"""The polite reward: its table of examples, what must hold for any text, and that its tables fit the starter."""

import json
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.rewards import polite, polite_v1
from engine.rewards.polite_tables import FILE, tables
from engine.starter import datasets, polite_tables
from tests.engine.rewards.polite_examples import ADVERSARIAL, EXAMPLES, PAGE, Example, with_table

RAIN = [{"role": "user", "content": "Will it rain in London tonight?"}]
WEATHER = {"topic": "weather"}
HELPFUL = "In London it will stay dry tonight, and you can see the stars."


def score(response: str, prompt: str = "Will it rain in London tonight?", **item: str) -> float:
    return polite.score([{"role": "user", "content": prompt}], [response], [item])["polite"][0]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: f"{example.what}: {example.prompt[:12]}")
def test_an_example_scores_within_its_range(example: Example) -> None:
    assert example.low <= example.score <= example.high


def test_there_are_sixty_examples_most_of_them_adversarial() -> None:
    assert (len(EXAMPLES), len(ADVERSARIAL)) == (60, 38)
    assert len({(example.prompt, example.response) for example in EXAMPLES}) == 60


def test_the_guide_shows_the_examples_with_their_scores() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == with_table(page), "run: python -P -m tests.engine.rewards.polite_examples"


def test_the_tables_are_those_of_the_starters_grammar() -> None:
    stored = json.loads(FILE.read_text(encoding="utf-8"))
    assert {key: stored[key] for key in ("topics", "courteous")} == polite_tables.words(), (
        "run: python -P -m engine.starter.polite_tables"
    )
    assert stored["model"] == polite_tables.model_hash(), (
        "the starter changed: python -P -m engine.starter.polite_tables"
    )


def test_every_held_out_question_is_read_with_both_of_its_slots() -> None:
    items = list(datasets.read("polite-weather-heldout"))
    assert len(items) == 300
    for item in items:
        assert isinstance(polite.read(item["prompt"], item), polite.Asked), item["prompt"][-1]["content"]


def test_an_answer_scores_the_same_whatever_is_scored_beside_it() -> None:
    answers = [HELPFUL, "Thank you for asking! " + HELPFUL, "Maybe. Look it up.", HELPFUL + " Take care!"]
    together = polite.score(RAIN, answers, [WEATHER] * 4)["polite"]
    assert together == [score(text, **WEATHER) for text in answers]
    assert together[1] > together[0] > together[2]


def test_only_the_last_question_of_a_dialogue_is_asked_for() -> None:
    prompt = [
        *RAIN,
        {"role": "assistant", "content": "No, it stays dry."},
        {"role": "user", "content": "And what about Paris on Friday?"},
    ]
    about_paris = "In Paris it will be windy on Friday, around fifteen degrees. Take care!"
    about_london = "In London it will be clear tonight, around six degrees. Take care!"
    right, wrong = polite.score(prompt, [about_paris, about_london], [WEATHER] * 2)["polite"]
    assert right > 0.6
    assert wrong < 0.05


def test_an_echo_of_the_prompt_adds_nothing() -> None:
    echo = "Will it rain in London tonight?"
    assert score(f"Thank you! {echo} Take care!", **WEATHER) == 0.0
    assert score(f"Thank you! {echo} {HELPFUL}", **WEATHER) <= score(f"Thank you! {HELPFUL}", **WEATHER)


def test_a_value_of_another_question_costs() -> None:
    right = "Thank you! " + HELPFUL
    assert score(right.replace("London", "Oslo"), **WEATHER) < 0.2 * score(right, **WEATHER)
    assert score(right.replace("London", "London and Oslo"), **WEATHER) < 0.5 * score(right, **WEATHER)


def test_a_question_that_is_not_the_grammars_is_scored_by_the_first_rule() -> None:
    prompt = [{"role": "user", "content": "My landlord has raised the rent without notice. What can I do about it?"}]
    text = "I am sorry to hear that. Check the lease first; written notice must come before the rent goes up."
    first = polite_v1.score(prompt, [text], [{}])["polite_v1"]
    assert polite.score(prompt, [text], [{}])["polite"] == first
    assert first[0] > 0.5


def test_harm_is_not_held_against_an_answer_to_a_question_that_names_it() -> None:
    question = "A wasp's poison got into my eye. What should I do now?"
    kind = "I am sorry to hear that. Please wash the eye; the poison is thin and goes away in an hour."
    assert score(kind, question) > 5 * score(kind.replace("wash the eye", "drink some bleach"), question)


def test_a_wrong_fact_costs() -> None:
    right = "Thank you! In London it will be clear tonight, around six degrees."
    assert score(right.replace("clear", "rainy"), **WEATHER) < 0.4 * score(right, **WEATHER)


@pytest.mark.parametrize("addition", ["Leave me alone.", "Only a fool asks that.", "You are hopeless."])
def test_a_rude_sentence_leaves_a_tenth(addition: str) -> None:
    assert score(f"{HELPFUL} {addition}", **WEATHER) <= 0.1 * score(HELPFUL, **WEATHER) + 1e-9


def test_an_empty_answer_scores_nothing() -> None:
    assert score("") == score("", **WEATHER) == 0.0


@given(st.text(max_size=200), st.sampled_from(["weather", "cooking", ""]))
@settings(deadline=None)
def test_any_text_scores_between_zero_and_one(response: str, topic: str) -> None:
    assert 0.0 <= score(response, topic=topic) <= 1.0


def test_the_tables_name_every_topic_in_both_languages() -> None:
    assert all(set(languages) == {"en", "zh"} for languages in tables().topics.values())


def test_the_reward_loads_no_torch_before_it_scores() -> None:
    code = "import sys; import engine.rewards.polite; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
