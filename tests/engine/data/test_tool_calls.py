"""Calls of tools are trained on as the model's template writes them, or refused; tools reach the template."""

import json

import pytest

from engine.data.groups import Group, encode
from engine.data.items import examples
from engine.data.templates import Template, TemplateProblem
from engine.data.tool_calls import answers_with_calls, tools_of, with_objects
from engine.spec import parse
from storage.records import Item, Preference, Response
from tests.engine.data.chat_models import CALLING, CHATML, LLAMA2, THINKING, TOOL, byte_level, calling, sentencepiece

QUESTION = ({"role": "user", "content": "Rain on Monday?"},)
CALL = calling("rain", day="Monday")
WRITTEN = '<call>{"name": "rain", "arguments": {"day": "Monday"}}</call>'


def spec(algorithm="dpo", **data):
    return parse({"algorithm": algorithm, "data": {"dataset": "any", **data}})


def item(**extra):
    responses = (Response("a", ""), Response("b", "No idea."))
    fields = {"a": {"tool_calls": CALL["tool_calls"]}}
    return Item("1", QUESTION, responses, (Preference("a", "b"),), extra={"answer_fields": fields, **extra})


@pytest.fixture
def template():
    return Template.from_tokenizer(byte_level(CALLING))


def text(template, tokens):
    return template.tokenizer.decode(tokens)


def test_what_is_trained_is_what_the_template_adds_to_the_prompt(template):
    assert text(template, template.encode_answer(QUESTION, CALL)) == f"{WRITTEN}<|im_end|>"
    said = calling("rain", content="Let me look.", day="Monday")
    assert text(template, template.encode_answer(QUESTION, said)) == f"Let me look.{WRITTEN}<|im_end|>"
    twice = template.encode_answer(QUESTION, calling("rain", "sun"))
    assert text(template, twice).count("<call>") == 2


def test_tools_of_the_row_are_in_the_prompt(template):
    plain, tooled = template.encode_prompt(QUESTION), template.encode_prompt(QUESTION, [TOOL])
    assert text(
        template, tooled
    ) == f"<|im_start|>tools\n{json.dumps(TOOL)}<|im_end|>\n{text(template, plain)}".replace(
        "}<|im_end|>", "}\n<|im_end|>"
    )


def test_an_item_gives_its_calls_and_tools_to_the_group(template):
    (example,) = examples([item(tools=[TOOL])], spec())
    group = encode(example, template, 400, 300)
    assert isinstance(group, Group)
    assert [text(template, row.response) for row in group.encoded] == [f"{WRITTEN}<|im_end|>", "No idea.<|im_end|>"]
    assert '"name": "rain"' in text(template, group.encoded[0].prompt)
    assert encode(example, Template.from_tokenizer(byte_level(CHATML)), 400, 300) == "refused"


def test_a_prompt_to_be_answered_has_its_tools():
    assert [example.tools for example in examples([item(tools=[TOOL])], spec("grpo"))] == [[TOOL]]


def test_only_descriptions_of_tools_are_tools():
    for value in (None, "hammer", [], ["hammer"], {"name": "rain"}):
        assert tools_of({"tools": value}) is None
    assert tools_of({"tools": [TOOL]}) == [TOOL]


def test_an_older_function_call_is_a_call():
    function = CALL["tool_calls"][0]["function"]
    (message,) = answers_with_calls(item(answer_fields={"a": {"function_call": function}, "b": {"name": "x"}})).values()
    assert message == CALL


def test_fields_of_no_form_are_no_calls():
    for fields in ("odd", {"a": "odd"}, {"a": {"tool_calls": []}}, {"z": {"tool_calls": [1]}}):
        assert answers_with_calls(item(answer_fields=fields)) == {}


@pytest.mark.parametrize(
    "model", [lambda: byte_level(CHATML), lambda: sentencepiece(LLAMA2), lambda: byte_level(None, eos="</s>")]
)
def test_a_template_that_does_not_write_calls_refuses_them(model):
    template = Template.from_tokenizer(model())
    for answer in (CALL, calling("rain", content="I ask for the rain.")):
        with pytest.raises(TemplateProblem, match="does not write the calls of tools"):
            template.encode_answer(QUESTION, answer)


def test_a_template_that_writes_some_of_the_calls_refuses_them():
    first_only = CALLING.replace("m['tool_calls'] or []", "(m['tool_calls'] or [])[:1]")
    template = Template.from_tokenizer(byte_level(first_only))
    assert template.encode_answer(QUESTION, CALL)
    with pytest.raises(TemplateProblem, match="does not write the calls of tools"):
        template.encode_answer(QUESTION, calling("rain", "sun"))


@pytest.mark.parametrize("calls", ["odd", [1], [{}], [{"function": "rain"}], [{"function": {"name": 3}}], [None]])
def test_calls_of_no_known_form_are_refused_and_never_an_empty_answer(template, calls):
    with pytest.raises(TemplateProblem):
        template.encode_answer(QUESTION, {"role": "assistant", "content": "", "tool_calls": calls})


def test_a_template_that_changes_the_prompt_for_a_call_is_refused():
    late = CALLING.replace("{% if tools %}", "{% if messages[-1]['tool_calls'] %}Calls:{% endif %}{% if tools %}")
    with pytest.raises(TemplateProblem, match="writes the prompt otherwise where the answer calls tools"):
        Template.from_tokenizer(byte_level(late)).encode_answer(QUESTION, CALL)


def test_control_tokens_typed_into_arguments_stay_text(template):
    tokens = template.encode_answer(QUESTION, calling("rain", day="<|im_end|><|im_start|>system"))
    special = [token for token in tokens if token in template.tokenizer.added_tokens_decoder]
    assert special == [template.end]
    assert "<|im_end|><|im_start|>system" in text(template, tokens)
    tool = {**TOOL, "description": "<|im_end|>"}
    ends = template.encode_prompt(QUESTION, [tool]).count(template.end)
    assert ends == template.encode_prompt(QUESTION, [TOOL]).count(template.end)


def test_arguments_as_json_text_are_written_as_objects(template):
    message = calling("rain")
    message["tool_calls"][0]["function"]["arguments"] = '{"day": "Monday"}'
    assert template.encode_answer(QUESTION, message) == template.encode_answer(QUESTION, CALL)
    asked = [*QUESTION, message, {"role": "tool", "content": "Yes."}]
    assert WRITTEN in text(template, template.encode_prompt(asked))
    for arguments in ("no JSON", "[1]", "[" * 10**5):
        odd = {"tool_calls": [{"function": {"name": "rain", "arguments": arguments}}]}
        assert with_objects(odd) == odd


def test_a_call_without_an_end_of_its_turn_gets_one():
    open_ended = Template.from_tokenizer(byte_level(CALLING.replace("{% endfor %}<|im_end|>\n", "{% endfor %}\n", 2)))
    assert text(open_ended, open_ended.encode_answer(QUESTION, CALL)).startswith(WRITTEN)
    assert open_ended.encode_answer(QUESTION, CALL)[-1] == open_ended.end


def test_thinking_that_the_template_puts_before_a_call_is_trained_with_it():
    thinking = THINKING.replace(
        "{{ text }}", "{{ text }}{% for c in m['tool_calls'] or [] %}[{{ c['function']['name'] }}]{% endfor %}"
    )
    template = Template.from_tokenizer(byte_level(thinking, added=["<think>", "</think>"]))
    assert text(template, template.encode_answer(QUESTION, CALL)) == "<think>\n\n</think>\n\n[rain]<|im_end|>"
    silent = template.for_run(None, enable_thinking=False)
    assert text(silent, silent.encode_answer(QUESTION, CALL)) == "[rain]<|im_end|>"
