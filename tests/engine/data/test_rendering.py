"""A template is a program that came with a model: whatever it does, a conversation or one sentence comes out."""

import resource
import signal
import threading
from datetime import datetime

import pytest

from engine.data import rendering
from engine.data.rendering import TemplateLimit, TemplateProblem, render
from engine.data.templates import Template
from tests.engine.data.chat_models import CHATML, LLAMA3, byte_level

QUESTION = [{"role": "user", "content": "Rain on Monday?"}]
FAILING = {
    "refuses this conversation: roles, please": "{{ raise_exception('roles, please') }}",
    "refuses this conversation: 'weather' is undefined": "{{ weather.today }}",
    "refuses this conversation: list object has no element 7": "{{ messages[7]['content'] }}",
    "fails on this conversation: unsupported operand": "{{ messages | length + 'a' }}",
    "fails on this conversation: integer division": "{{ 1 // (messages | length - 1) }}",
    "fails on this conversation: maximum recursion": "{% macro again() %}{{ again() }}{% endmacro %}{{ again() }}",
    "refuses this conversation: access to attribute": "{{ messages.__class__.__mro__ }}",
    "refuses this conversation: Expected an expression": "{% for %}",
}
ENDLESS = {
    "loop": "{% for a in range(90000) %}{% for b in range(90000) %}{% endfor %}{% endfor %}",
    "memory": "{{ 'x' * (messages | length * 10 ** 12) }}",
    "growing": "{% set n = namespace(x='a') %}{% for a in range(99) %}{% set n.x = n.x + n.x %}{% endfor %}{{ n.x }}",
    "length": "{{ 'x' * (messages | length * 3000000) }}",
}


def rendered(template, messages=QUESTION, **options):
    return render(byte_level(template), messages, add_generation_prompt=True, **options)


@pytest.mark.parametrize("words", FAILING)
def test_whatever_a_template_does_wrong_is_one_sentence(words):
    with pytest.raises(TemplateProblem) as raised:
        rendered(FAILING[words])
    assert words in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("kind", ENDLESS)
def test_a_template_that_would_not_end_is_ended(kind, monkeypatch):
    monkeypatch.setattr(rendering, "RENDER_SECONDS", 0.3)
    limits = resource.getrlimit(resource.RLIMIT_AS)
    handler = signal.getsignal(signal.SIGPROF)
    with pytest.raises(TemplateLimit):
        rendered(ENDLESS[kind])
    assert rendered(CHATML).endswith("assistant\n")
    assert resource.getrlimit(resource.RLIMIT_AS) == limits
    assert signal.getsignal(signal.SIGPROF) == handler
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)


def test_another_thread_renders_without_signals():
    texts = []
    thread = threading.Thread(target=lambda: texts.append(rendered(CHATML)))
    thread.start()
    thread.join()
    assert texts == [rendered(CHATML)]


def test_a_template_writes_the_date_it_is_given_and_today_else():
    then = datetime(2024, 7, 1, 12, 30)
    assert "Today: 01 Jul 2024 12:30:00" in rendered(LLAMA3, written_at=then)
    assert f"Today: {datetime.now():%d %b %Y}" in rendered(LLAMA3)


def test_the_date_of_a_run_reaches_its_prompts():
    template = Template.from_tokenizer(byte_level(LLAMA3))
    first, second = (template.for_run(datetime(2024, 7, day), None) for day in (1, 2))
    assert first.encode_prompt(QUESTION) != second.encode_prompt(QUESTION)
    assert first.encode_prompt(QUESTION) == template.for_run(datetime(2024, 7, 1), None).encode_prompt(QUESTION)


def test_the_template_for_tools_writes_the_date_it_is_given_too():
    tokenizer = byte_level(None, eos="</s>")
    tokenizer.chat_template = {"default": "{{ messages[0].content }}", "tool_use": "{{ strftime_now('%Y') }}"}
    tools = {"tools": [{"type": "function", "function": {"name": "rain"}}]}
    then = datetime(1999, 7, 1)
    assert render(tokenizer, QUESTION, add_generation_prompt=True, written_at=then, variables=tools) == "1999"


def test_the_template_chosen_of_several_is_the_default_one():
    tokenizer = byte_level({"default": LLAMA3, "tool_use": "{{ raise_exception('not this one') }}"})
    text = render(tokenizer, QUESTION, add_generation_prompt=True, written_at=datetime(2024, 7, 1))
    assert "01 Jul 2024" in text
    tokenizer.chat_template = {"rag": CHATML}
    with pytest.raises(TemplateProblem, match="fails on this conversation"):
        render(tokenizer, QUESTION, add_generation_prompt=True)


def test_all_special_tokens_are_there_for_a_template():
    tokenizer = byte_level("{{ bos_token }}{{ eos_token }}{{ unk_token }}{{ pad_token }}", eos="</s>")
    tokenizer.pad_token = "<|head|>"
    assert render(tokenizer, QUESTION, add_generation_prompt=True) == "<s></s><unk><|head|>"
