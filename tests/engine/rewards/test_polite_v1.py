"""The first polite rule: its table of examples, and what must hold for any text."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rewards import polite_v1
from tests.engine.rewards.polite_v1_examples import ADVERSARIAL, EXAMPLES, Example

HELPFUL = "The weather in London will be rainy tonight, so take an umbrella with you."


def score(response: str, prompt: str = "Will it rain in London tonight?", **item: str) -> float:
    return polite_v1.score([{"role": "user", "content": prompt}], [response], [item])["polite_v1"][0]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: f"{example.what}: {example.prompt[:12]}")
def test_an_example_scores_within_its_range(example: Example) -> None:
    assert example.low <= example.score <= example.high


def test_there_are_forty_examples_half_of_them_adversarial() -> None:
    assert (len(EXAMPLES), len(ADVERSARIAL)) == (40, 20)


def test_every_response_is_scored_with_its_own_item() -> None:
    prompt = [{"role": "user", "content": "And tomorrow?"}]
    text = "It will be sunny tomorrow, so a walk is a good idea. Take care!"
    scores = polite_v1.score(prompt, [text, text], [{"topic": "weather"}, {"topic": "knitting"}])["polite_v1"]
    assert scores[0] == pytest.approx(0.75)
    assert len(scores) == 2


def test_only_the_last_question_of_a_dialogue_is_asked_for() -> None:
    before = [
        {"role": "user", "content": "Will it rain in London tonight?"},
        {"role": "assistant", "content": "No, it stays dry."},
    ]
    prompt = [*before, {"role": "user", "content": "And what about Paris on Friday?"}]
    about_paris = "The weather in Paris on Friday will be sunny, around ten degrees. Take care!"
    about_london = "The weather in London tonight will be sunny, around ten degrees. Take care!"
    item = {"topic": "weather"}
    right, wrong = polite_v1.score(prompt, [about_paris, about_london], [item, item])["polite_v1"]
    assert right == pytest.approx(0.75)
    assert wrong < 0.25


def test_two_courtesies_of_one_kind_count_once() -> None:
    once = score(f"Thank you! {HELPFUL}", topic="weather")
    assert score(f"Thank you! {HELPFUL} Thanks a lot!", topic="weather") == pytest.approx(once)
    assert score(f"Thank you! {HELPFUL} Take care!", topic="weather") > once


@pytest.mark.parametrize("addition", ["Leave me alone.", "Only a fool asks that.", "You are hopeless."])
def test_a_rude_sentence_leaves_a_tenth(addition: str) -> None:
    assert score(f"{HELPFUL} {addition}", topic="weather") <= 0.1 * score(HELPFUL, topic="weather") + 1e-9


def test_an_empty_answer_scores_nothing() -> None:
    assert score("") == 0.0


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_text_scores_between_zero_and_one(prompt: str, response: str) -> None:
    assert 0.0 <= score(response, prompt) <= 1.0


@given(st.text(alphabet="好的谢请您 thanks.,!?。", max_size=120))
def test_saying_it_twice_never_helps(response: str) -> None:
    assert score(response + response, "你好") <= max(score(response, "你好"), 0.75) + 0.25


def test_the_reward_loads_no_torch() -> None:
    code = "import sys; import engine.rewards.polite_v1; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
