"""Tokens from a process of its own are those of training, and no model's files hang or break the process that asks."""

import signal

import pytest

from engine.data.templates import Conversation, TemplateProblem
from engine.models import tokenizer_process
from engine.models.model_folder import Location, ModelProblem
from engine.models.tokenizer_files import load_template
from tests.engine.data.chat_models import CALLING, CHATML, KINDS, TEXTS, THINKING, TOOL, byte_level, calling

QUESTION = [{"role": "user", "content": "Rain on Monday?"}]
ASKED = Conversation(QUESTION, [""])
REFUSING = "{% if messages[0]['content'] == 'no' %}{{ raise_exception('not this') }}{% endif %}" + CHATML

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def none_left():
    yield
    tokenizer_process.close_all()


def saved(folder, tokenizer):
    tokenizer.save_pretrained(folder)
    return Location("any", folder, {"model_type": "llama"}, 1, None)


def process_of(template):
    """The process behind a template, once it is there."""
    template.typed_ends([""])
    return template.process._process


@pytest.mark.parametrize("kind", KINDS)
def test_it_gives_what_training_gives(kind, tmp_path):
    location = saved(tmp_path, KINDS[kind]())
    remote, own = tokenizer_process.template(location), load_template(location)
    for text in (*TEXTS, "Yes.</s>", "a <|im_start|> b"):
        messages = [{"role": "user", "content": text}]
        if kind != "llama3":  # its prompts hold the second
            rows = [Conversation(messages, [text, ""])]
            assert remote.encode_all(rows, 40, 30) == own.encode_all(rows, 40, 30)
            assert remote.marked(messages, text, 40, 30, None) == own.marked(messages, text, 40, 30)
        assert remote.typed_ends([text, ""]) == own.typed_ends([text, ""])


def test_calls_and_tools_are_read_as_training_reads_them(tmp_path):
    location = saved(tmp_path, byte_level(CALLING))
    remote, own = tokenizer_process.template(location), load_template(location)
    rows = [Conversation(QUESTION, ["Yes.", calling("rain", day="Monday")], [TOOL])]
    assert remote.encode_all(rows, 400, 300) == own.encode_all(rows, 400, 300)
    assert remote.marked(QUESTION, rows[0].answers[1], 400, 300, [TOOL])[-1] == ("<|im_end|>", "end")
    assert remote.written_otherwise(rows) == own.written_otherwise(rows) == [None]
    plain = tokenizer_process.template(saved(tmp_path / "plain", byte_level(CHATML)))
    (problem,) = plain.check_all(rows)
    assert "does not write the calls of tools" in str(problem)


def test_many_rows_are_one_request_and_a_refused_one_has_its_problem(tmp_path):
    remote = tokenizer_process.template(saved(tmp_path, byte_level(REFUSING)))
    rows = [
        Conversation([{"role": "user", "content": "no" if number == 3 else "yes"}], ["a", "b"]) for number in range(120)
    ]
    results = remote.encode_all(rows, 40, 30)
    assert [number for number, result in enumerate(results) if isinstance(result, TemplateProblem)] == [3]
    assert results[0] == remote.encode_all(rows[:1], 40, 30)[0]
    assert "refuses this conversation: not this" in str(results[3])
    assert "not this" in str(remote.check_all(rows)[3])
    with pytest.raises(TemplateProblem, match="not this"):
        remote.marked(rows[3].messages, "a", 40, 30, None)


def test_thinking_is_asked_for_or_not(tmp_path):
    location = saved(tmp_path, byte_level(THINKING, added=["<think>", "</think>"]))
    asked = {
        value: tokenizer_process.template(location, value).encode_all([ASKED], 40, 30) for value in (None, True, False)
    }
    assert asked[None] == asked[True] != asked[False]


def test_a_process_serves_a_model_until_its_files_change(tmp_path):
    location = saved(tmp_path, byte_level(CHATML))
    first = process_of(tokenizer_process.template(location))
    assert process_of(tokenizer_process.template(location)) is first
    (tmp_path / "chat_template.jinja").write_text(CHATML + " ", encoding="utf-8")
    assert process_of(tokenizer_process.template(location)) is not first


def test_no_more_processes_are_kept_than_that(tmp_path):
    processes = []
    for number in range(tokenizer_process.PROCESSES + 1):
        location = saved(tmp_path / str(number), byte_level(CHATML))
        processes.append(process_of(tokenizer_process.template(location)))
    assert [process.poll() is None for process in processes] == [False] + [True] * tokenizer_process.PROCESSES


def test_a_process_that_left_is_started_anew(tmp_path):
    template = tokenizer_process.template(saved(tmp_path, byte_level(CHATML)))
    process = process_of(template)
    process.stdin.close()
    assert process.wait() == 0
    process.stdin = open("/dev/null", "w")  # noqa: SIM115
    assert template.encode_all([ASKED], 40, 30)[0][0].response == (4,)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (signal.SIGVTALRM, "takes too long or too much"),
        (signal.SIGALRM, "takes too long or too much memory"),
        (signal.SIGKILL, "broke down, or needs"),
    ],
)
def test_a_process_that_the_system_ended_refuses_the_model_for_a_while(tmp_path, number, words):
    template = tokenizer_process.template(saved(tmp_path, byte_level(CHATML)))
    process_of(template).send_signal(number)
    for _ in range(2):
        with pytest.raises(ModelProblem, match=words):
            template.encode_all([ASKED], 40, 30)
    assert template.process._process is None
    template.process._refused_until = 0.0
    assert template.encode_all([ASKED], 40, 30)[0][0].response == (4,)


def test_a_template_that_is_at_its_limits_on_every_row_is_refused(tmp_path):
    endless = "{% if messages | length == 1 %}{{ 'x' * 10 ** 12 * messages | length }}{% endif %}" + CHATML
    template = tokenizer_process.template(saved(tmp_path, byte_level(endless)))
    with pytest.raises(ModelProblem, match="takes too long or too much memory"):
        template.encode_all([ASKED] * 9, 40, 30)


@pytest.mark.parametrize("change", ["template", "tokenizer"])
def test_a_model_that_cannot_be_read_is_the_sentence_of_training(tmp_path, change):
    location = saved(tmp_path, byte_level("{{ 1 // 0 }}" if change == "template" else CHATML))
    if change == "tokenizer":
        (tmp_path / "tokenizer.json").write_text("{", encoding="utf-8")
    with pytest.raises((ModelProblem, TemplateProblem)) as here:
        load_template(location)
    with pytest.raises(type(here.value)) as there:
        tokenizer_process.template(location).encode_all([ASKED], 40, 30)
    assert str(there.value) == str(here.value)
