"""What the preflight says of a template that writes more than prompt and answer."""

import pytest

from engine.data.items import Example, ScoredResponse
from engine.models import tokenizer_process
from engine.models.model_folder import Location
from engine.runtime.preflight.thinking_checks import EXAMPLES, warnings
from engine.spec import parse
from tests.engine.data.chat_models import CHATML, LLAMA2, THINKING, byte_level
from words import english

pytestmark = pytest.mark.slow
THOUGHT = "<think>\nClouds.\n</think>\n\nRain."
QUESTION = ({"role": "user", "content": "Rain on Monday?"},)


def told(folder, template, answers, **data):
    byte_level(template, added=["<think>", "</think>"]).save_pretrained(folder)
    spec = parse({"algorithm": "dpo", "data": {"dataset": "any", **data}})
    examples = [
        Example(str(number), QUESTION, (ScoredResponse("a", text, 1.0),)) for number, text in enumerate(answers)
    ]
    problems = list(warnings(examples, spec, Location("any", folder, {}, 1, None)))
    tokenizer_process.close_all()
    return [(problem.path, english(problem.text)) for problem in problems]


def test_a_block_of_thinking_that_only_the_whole_conversation_has_is_told(tmp_path):
    ((path, text),) = told(tmp_path, THINKING, ["Rain.", THOUGHT, *["Sun."] * EXAMPLES])
    assert path == "data.enable_thinking"
    assert text.startswith(f"In {EXAMPLES - 1} of the first {EXAMPLES} examples")
    assert text.endswith("Both agree with data.enable_thinking: false.")


def test_what_agrees_is_not_told(tmp_path):
    assert told(tmp_path / "thought", THINKING, [THOUGHT]) == []
    assert told(tmp_path / "not", THINKING, ["Rain."], enable_thinking=False) == []
    assert told(tmp_path / "chatml", CHATML, ["Rain.<|im_end|>", ""]) == []
    assert told(tmp_path / "spaces", LLAMA2, [" Rain. "]) == []  # white space is how such templates are


def test_what_no_setting_mends_offers_none(tmp_path):
    ((_path, text),) = told(tmp_path, CHATML.replace("{{ m['content'] }}", "{{ m['content'] | upper }}"), ["Rain."])
    assert "data.enable_thinking" not in text


def test_sampled_answers_are_trained_on_as_they_are(tmp_path):
    assert told(tmp_path, THINKING, []) == []
    spec = parse({"algorithm": "grpo", "data": {"dataset": "any"}})
    assert list(warnings([Example("1", QUESTION, ())], spec, Location("any", tmp_path, {}, 1, None))) == []


def test_a_setting_that_the_template_does_not_know_is_told(tmp_path):
    ((path, text),) = told(tmp_path / "chatml", CHATML, ["Rain."], enable_thinking=True)
    assert path == "data.enable_thinking"
    assert "knows no thinking" in text
    assert told(tmp_path / "thinking", THINKING, [THOUGHT], enable_thinking=True) == []
