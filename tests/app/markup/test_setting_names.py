"""Settings in sentences as the form calls them."""

import pytest

from app.markup import setting_names
from app.translations import language_as, translate


def said(msgid: str, algorithm: str | None = None, **values: object) -> str:
    return translate(setting_names.in_words((msgid, values), algorithm))


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("reward.1.words", "Reward 1, Words"),
        ("evaluation.reward.2", "Evaluation reward 2"),
        ("optimizer.learning_rate", "Learning rate"),
        ("beta", "β, tie to the reference"),
        ("budget", "Budget"),
        ("watch.2.metric", "Watch rules 2, Metric"),
        ("reward.1.no_such", "Reward 1"),
        ("no.such", "no.such"),
    ],
)
def test_a_path_is_called_as_the_form_calls_it(path: str, name: str) -> None:
    assert said("{path} is missing.", path=path) == f"{name} is missing."


def test_the_method_decides_what_a_setting_is_called() -> None:
    assert said("{path}!", "gspo", path="epsilon") == "Lower clip!"
    assert said("{path}!", "grpo", path="epsilon") == "Clip ε!"


def test_settings_that_a_sentence_mentions_are_called_by_their_titles_too() -> None:
    sentence = "{path}.max_prompt_tokens ({value}) must be below max_tokens ({limit})."
    assert said(sentence, path="data", value=9, limit=8) == "“Longest prompt” (9) must be below “Longest example” (8)."
    assert said("kto: set optimizer.batch_size to {least}.", least=2) == "kto: set “Batch size” to 2."


def test_sentences_within_sentences_are_told_alike_and_values_stay_as_they_are() -> None:
    inner = ["{path} is read from {name}.", {"path": "sampling.top_p", "name": "data.filter"}]
    assert said("Stage {stage}: {problem}", stage="a_b", problem=inner) == "Stage a_b: Top p is read from data.filter."


def test_fields_of_a_sentence_are_no_settings() -> None:
    assert said("About {max_tokens} of them.", max_tokens=3) == "About 3 of them."


def test_titles_follow_the_language() -> None:
    with language_as("zh"):
        assert "学习率" in said("optimizer.learning_rate")
