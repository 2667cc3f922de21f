"""Rewards are weighted sums of named parts, and each part is kept."""

from engine import rewards
from engine.rewards import Reward, compose
from engine.spec.rewards import Component

PROMPT = [{"role": "user", "content": "Will it rain in Paris tomorrow?"}]
KIND = "Thank you for asking! Light showers are likely over Paris tomorrow, about 12 degrees. Please take an umbrella."
ANSWERS = [KIND, "Go away."]
ITEMS = [{"topic": "weather"}, {"topic": "weather"}]


def length(prompt, responses, items):
    return {"length": [float(len(text)) for text in responses], "turns": [float(len(prompt)) for _ in responses]}


def topic(prompt, responses, items):
    return {"topic": [float(item["topic"] == "weather") for item in items]}


def test_the_total_is_the_weighted_sum_and_the_parts_are_unweighted():
    scored = Reward(((length, 0.5), (topic, -2.0))).score(PROMPT, ["four", "sixsix"], ITEMS)
    assert scored.components == {"length": [4.0, 6.0], "turns": [1.0, 1.0], "topic": [1.0, 1.0]}
    assert scored.total == [0.5 * (4 + 1) - 2, 0.5 * (6 + 1) - 2]


def test_a_run_file_names_its_parts():
    scored = compose([Component(kind="polite", weight=3.0)]).score(PROMPT, ANSWERS, ITEMS)
    polite, rude = scored.components["polite"]
    assert polite > 0.5 > rude
    assert scored.total == [3 * polite, 3 * rude]


def test_every_kind_that_a_run_file_can_name_is_a_module_here():
    kinds = Component.model_fields["kind"].annotation.__args__
    for kind in kinds:
        compose([Component(kind=kind)])
    assert rewards.__doc__
