"""The reader beside polite: that it tells good answers from bad ones by itself, and cannot be trained on."""

import subprocess
import sys
from random import Random
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rewards import polite_reader
from engine.spec import SpecError
from engine.starter import datasets
from tests.engine.rewards.gaming import HONEST, STRATEGIES, Recipe, asked
from tests.engine.rewards.parts import context, run
from words import english

PROMPTS = [asked(item) for item in list(datasets.read("polite-weather-heldout"))[::7]]


def mean(recipe: Recipe, language: str) -> float:
    random = Random("read")
    prompts = [prompt for prompt in PROMPTS if prompt.language == language]
    answers = [(prompt, recipe(prompt, random)) for prompt in prompts]
    scored = (polite_reader.score(prompt.messages, [text], [prompt.item]) for prompt, text in answers)
    return fmean(values["polite_reader"][0] for values in scored)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_orders_honest_answers_by_their_manners(language: str) -> None:
    means = {style: mean(HONEST[style], language) for style in ("polite", "half", "plain", "curt", "rude", "praise")}
    assert means["polite"] > means["half"] > means["plain"] > max(means[name] for name in ("curt", "rude", "praise"))
    assert means["polite"] > 0.7
    assert means["rude"] < 0.2


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", STRATEGIES)
def test_it_gives_no_strategy_what_it_gives_a_half_polite_answer(name: str, language: str) -> None:
    assert mean(STRATEGIES[name], language) < mean(HONEST["half"], language)


def test_it_reads_none_of_the_tables_and_lists_of_polite() -> None:
    code = (
        "import sys; import engine.rewards.polite_reader as reader;"
        "reader.score([{'role': 'user', 'content': 'Hi'}], ['Hello'], [{}]);"
        "names = ('polite_words', 'polite_tables', 'polite_fluency', 'polite_slots');"
        "sys.exit(any(getattr(reader, name, None) for name in names) or 'torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@given(st.text(max_size=120), st.text(max_size=120))
def test_any_text_scores_between_zero_and_one(prompt: str, response: str) -> None:
    (value,) = polite_reader.score([{"role": "user", "content": prompt}], [response], [{}])["polite_reader"]
    assert 0.0 <= value <= 1.0


def test_no_run_can_train_on_it() -> None:
    with pytest.raises(SpecError) as error:
        run({"kind": "polite"}, {"kind": "polite_reader"})
    (problem,) = error.value.problems
    assert english(problem.text) == (
        "reward.2 must not be polite_reader: no run trains on it. Name it in evaluation.reward."
    )


def test_every_evaluation_by_polite_reports_it_at_no_weight() -> None:
    from engine.rewards import compose

    spec = run({"kind": "polite"})
    reward = compose(spec.evaluation_reward, context())
    prompt = [{"role": "user", "content": "Will it rain in London tonight?"}]
    scored = reward.score(prompt, ["Thank you! It rains in London tonight."], [{"topic": "weather"}])
    assert list(scored.components) == ["polite", "polite_reader"]
    assert scored.total == scored.components["polite"]
    assert [part.kind for part in spec.training_reward] == ["polite"]


def test_an_evaluation_by_something_else_does_not_report_it() -> None:
    assert [part.kind for part in run({"kind": "polite_v1"}).evaluation_reward] == ["polite_v1"]
    named = run(
        {"kind": "polite"}, evaluation={"reward": [{"kind": "polite"}, {"kind": "polite_reader", "weight": 0.5}]}
    )
    assert [part.weight for part in named.evaluation_reward] == [1.0, 0.5]
