"""Which tokens are read, which are trained, and what is cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transformers import AutoTokenizer

from engine.data.templates import PLAIN, Conversation, Encoded, Template, TemplateProblem, truncate
from tests import tiny
from tests.engine.data.chat_models import THINKING, byte_level

CHATML = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
STRICT = "{% if messages[0]['role'] == 'system' %}{{ raise_exception('no system, please') }}{% endif %}" + CHATML
QUESTION = [{"role": "user", "content": "Rain on Monday?"}]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tiny.write_model(tmp_path_factory.mktemp("model"))


@pytest.fixture
def tokenizer(folder):
    return AutoTokenizer.from_pretrained(folder)


@pytest.fixture
def chatml(tokenizer):
    tokenizer.add_special_tokens({"additional_special_tokens": ["<|im_start|>", "<|im_end|>"]})
    tokenizer.chat_template = CHATML
    return tokenizer


def shown(tokenizer, ids):
    return tokenizer.decode(list(ids))


def test_a_response_is_the_answer_and_the_end_of_its_turn(chatml):
    template = Template.from_tokenizer(chatml)
    prompt, response = template.encode_prompt(QUESTION), template.encode_response("Yes.")
    assert shown(chatml, prompt) == "<|im_start|>user\nRain on Monday?<|im_end|>\n<|im_start|>assistant\n"
    assert shown(chatml, response) == "Yes.<|im_end|>"
    assert response[-1] == template.end == chatml.convert_tokens_to_ids("<|im_end|>")
    assert template.stops == {template.end, chatml.eos_token_id}
    assert template.plain is None


def test_an_empty_answer_still_has_its_end_to_learn(chatml):
    template = Template.from_tokenizer(chatml)
    assert template.encode_response("") == (template.end,)


def test_a_model_without_a_template_gets_the_plain_one_to_be_stored_with_it(tokenizer):
    assert tokenizer.chat_template is None
    template = Template.from_tokenizer(tokenizer)
    assert template.plain == tokenizer.chat_template == PLAIN
    assert template.end == tokenizer.eos_token_id
    turns = [*QUESTION, {"role": "assistant", "content": "Yes."}, {"role": "user", "content": "Sure?"}]
    assert shown(tokenizer, template.encode_prompt(turns)) == (
        "User:\nRain on Monday?\n\nAssistant:\nYes.<|end|>\n\nUser:\nSure?\n\nAssistant:\n"
    )


def test_a_model_that_begins_every_text_with_a_token_does_so_in_the_plain_template(tokenizer):
    tokenizer.add_special_tokens({"bos_token": "<s>"})
    begin = tokenizer.bos_token_id

    class Beginning:
        """The tokenizer, adding the token as Llama's does."""

        def __call__(self, text, add_special_tokens=True):
            found = tokenizer(text, add_special_tokens=False)
            found["input_ids"] = [begin] * add_special_tokens + found["input_ids"]
            return found

        def __getattr__(self, name):
            return getattr(tokenizer, name)

        def apply_chat_template(self, messages, **options):
            return tokenizer.apply_chat_template(messages, chat_template=self.chat_template, **options)

    prompt = Template.from_tokenizer(Beginning()).encode_prompt(QUESTION)
    assert prompt[0] == begin
    assert begin not in prompt[1:]


def test_a_tokenizer_without_an_end_is_refused(tokenizer):
    tokenizer.eos_token = None
    with pytest.raises(TemplateProblem, match="no end-of-text token"):
        Template.from_tokenizer(tokenizer)


def test_a_conversation_that_the_template_refuses_is_one_sentence(chatml):
    chatml.chat_template = STRICT
    template = Template.from_tokenizer(chatml)
    with pytest.raises(TemplateProblem, match="refuses this conversation: no system, please"):
        template.encode_prompt([{"role": "system", "content": "Be kind."}, *QUESTION])


def test_an_answer_has_the_same_tokens_after_any_prompt(chatml):
    template = Template.from_tokenizer(chatml)
    pair = template.encode(QUESTION, ["Yes, thank you."], 100, 50)[0]
    other = template.encode([{"role": "user", "content": "the rain"}], ["Yes, thank you."], 100, 50)[0]
    assert pair.response == other.response == template.encode_response("Yes, thank you.")


def test_sampled_text_is_read_without_its_end(chatml):
    template = Template.from_tokenizer(chatml)
    assert template.decode(template.encode_response("多谢 , yes .")) == "多谢 , yes ."
    assert template.decode(template.encode_response("多")[:1]) == "�"


def test_the_pieces_of_an_example_say_what_is_trained(chatml):
    template = Template.from_tokenizer(chatml)
    whole = template.marked(QUESTION, "Yes.", 100, 60)
    assert whole == [
        ("<|im_start|>user\nRain on Monday?<|im_end|>\n<|im_start|>assistant\n", "prompt"),
        ("Yes.", "response"),
        ("<|im_end|>", "end"),
    ]
    length = len(template.encode_prompt(QUESTION))
    cut = template.marked(QUESTION, "Yes.", length + 1, length - 1)
    assert [kind for _, kind in cut] == ["cut", "prompt", "response", "cut"]
    lost = len(template.encode_response("Yes.")) - 2  # room is for two tokens beside the shortened prompt
    assert (cut[0][0], cut[3][0]) == ("1", str(lost))
    assert whole[0][0].endswith(cut[1][0])
    assert whole[1][0].startswith(cut[2][0])


tokens = st.lists(st.integers(0, 9), min_size=1, max_size=12).map(tuple)


@given(
    prompt=tokens, responses=st.lists(tokens, min_size=1, max_size=3), most=st.integers(2, 20), room=st.integers(1, 19)
)
def test_what_is_cut_keeps_the_end_of_the_prompt_and_the_beginning_of_the_answers(prompt, responses, most, room):
    found = truncate(prompt, responses, most, room)
    if not found:
        assert len(prompt[-room:]) >= most
        return
    for pair, response in zip(found, responses, strict=True):
        assert pair.prompt == prompt[-room:]
        assert pair.response == response[: most - len(pair.prompt)]
        assert len(pair.prompt) + len(pair.response) <= most


def test_what_fits_is_not_cut():
    assert truncate((1, 2), [(3,), (4, 5)], 4, 2) == [Encoded((1, 2), (3,)), Encoded((1, 2), (4, 5))]


@pytest.mark.parametrize(
    "text", ["", "{{ bos_token }}{% for m in messages if m['role'] == 'human' %}{{ m }}{% endfor %}"]
)
def test_a_template_that_leaves_the_user_out_is_refused(chatml, text):
    chatml.chat_template = text
    with pytest.raises(TemplateProblem, match="leaves out what the user says"):
        Template.from_tokenizer(chatml)


def test_a_conversation_of_which_nothing_is_written_is_refused(chatml):
    chatml.chat_template = "{% if messages[0]['role'] != 'system' %}" + CHATML + "{% endif %}"
    with pytest.raises(TemplateProblem, match="writes nothing for this conversation"):
        Template.from_tokenizer(chatml).encode_prompt([{"role": "system", "content": "Be kind."}])


def test_a_template_that_rewrites_answers_ends_them_as_texts_end(chatml):
    chatml.chat_template = "<|im_start|>" + CHATML.replace("m['content']", "m['content'] | upper")
    assert Template.from_tokenizer(chatml).end == chatml.eos_token_id


def test_what_the_template_writes_otherwise_than_prompt_and_answer_is_shown_whole():
    thinking = Template.from_tokenizer(byte_level(THINKING, added=["<think>", "</think>"]))
    answers = ("Yes.", "<think>\nClouds.\n</think>\n\nYes.", "Yes.<|im_end|>")
    rows = [Conversation(QUESTION, [answer]) for answer in answers]
    first, second, third = thinking.written_otherwise(rows)
    assert first == third
    assert "assistant\n<think>\n\n</think>\n\nYes.<|im_end|>" in first
    assert second is None
    assert thinking.for_run(None, enable_thinking=False).written_otherwise(rows[:1]) == [None]
    refusing = byte_level(STRICT)
    system = [{"role": "system", "content": "Be kind."}, *QUESTION]
    assert Template.from_tokenizer(refusing).written_otherwise([Conversation(system, ["Yes."]), rows[0]]) == [
        None,
        None,
    ]
