"""What a folder's tokenizer is, wherever its parts are written down."""

import json
import shutil

import pytest

from engine.data.templates import TemplateProblem
from engine.models import tokenizer_files
from engine.models.model_folder import Location, ModelProblem
from engine.models.tokenizer_files import load_template
from tests.engine.data.chat_models import CHATML, byte_level

QUESTION = [{"role": "user", "content": "Rain on Monday?"}]


@pytest.fixture
def folder(tmp_path):
    byte_level(CHATML).save_pretrained(tmp_path)
    return tmp_path


def location(folder, **config):
    return Location("any", folder, {"model_type": "llama", **config}, 1, None)


def write(folder, name, value):
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")


def rewrite(folder, drop=(), **values):
    path = folder / "tokenizer_config.json"
    config = {**json.loads(path.read_text(encoding="utf-8")), **values}
    write(folder, path.name, {key: value for key, value in config.items() if key not in drop})


def test_all_ends_of_the_generation_config_stop_an_answer(folder):
    ids = load_template(location(folder)).tokenizer.convert_tokens_to_ids
    write(folder, "generation_config.json", {"eos_token_id": [ids("</s>"), ids("<|head|>"), ids("r"), 99_999]})
    template = load_template(location(folder, eos_token_id=ids("<s>")))
    assert template.end == ids("<|im_end|>")
    assert template.stops == {template.end, ids("</s>"), ids("<|head|>")}  # "r" is a letter, whatever the file says


@pytest.mark.parametrize("ends", [True, "</s>", [[2]], [None], {"a": 2}, -1, 10**30])
def test_an_end_that_is_no_token_id_is_passed_over(folder, ends):
    write(folder, "generation_config.json", {"eos_token_id": ends})
    template = load_template(location(folder))
    assert template.stops == {template.end}


@pytest.mark.parametrize("values", [{"model_max_length": "long"}, {"eos_token": 7}, {"chat_template": [1]}])
def test_a_setting_of_the_wrong_type_is_one_sentence(folder, values):
    (folder / "chat_template.jinja").unlink()
    rewrite(folder, **values)
    with pytest.raises(ModelProblem, match="The tokenizer of the model any cannot be loaded: "):
        load_template(location(folder))


def test_the_config_says_the_end_where_no_generation_config_does(folder):
    ids = load_template(location(folder)).tokenizer.convert_tokens_to_ids
    write(folder, "generation_config.json", {"temperature": 1})
    assert ids("</s>") in load_template(location(folder, eos_token_id=ids("</s>"))).stops
    assert ids("</s>") in load_template(location(folder, text_config={"eos_token_id": ids("</s>")})).stops


def test_a_tokenizer_that_names_no_end_ends_as_its_model_does(folder):
    ids = load_template(location(folder)).tokenizer.convert_tokens_to_ids
    (folder / "chat_template.jinja").unlink()
    rewrite(folder, drop=["eos_token"])
    template = load_template(location(folder, eos_token_id=ids("</s>")))
    assert (template.end, template.tokenizer.eos_token) == (ids("</s>"), "</s>")
    with pytest.raises(TemplateProblem, match="no end-of-text token"):
        load_template(location(folder))


def test_a_class_of_tokenizers_knows_its_own_end(tmp_path):
    byte_level(None, eos="<|endoftext|>").save_pretrained(tmp_path)
    write(tmp_path, "tokenizer_config.json", {"model_max_length": 1024})
    write(tmp_path, "config.json", {"model_type": "gpt2"})
    template = load_template(location(tmp_path))
    assert template.tokenizer.eos_token == "<|endoftext|>"
    assert template.tokenizer.decode([template.end]) == "<|endoftext|>"


def test_the_special_tokens_map_is_read(folder):
    rewrite(folder, drop=["eos_token", "bos_token", "unk_token"])
    write(folder, "special_tokens_map.json", {"eos_token": {"content": "</s>", "special": True}, "bos_token": "<s>"})
    (folder / "chat_template.jinja").write_text(
        "{{ bos_token }}{{ messages[0].content }}{{ eos_token }}", encoding="utf-8"
    )
    template = load_template(location(folder))
    assert template.tokenizer.decode(template.encode_prompt(QUESTION)) == "<s>Rain on Monday?</s>"


@pytest.mark.parametrize("place", ["config", "named", "json", "jinja", "additional"])
def test_a_template_is_found_wherever_it_is_written(folder, place):
    (folder / "chat_template.jinja").unlink()
    if place == "config":
        rewrite(folder, chat_template=CHATML)
    elif place == "named":
        rewrite(folder, chat_template=[{"name": "tool_use", "template": "no"}, {"name": "default", "template": CHATML}])
    elif place == "json":
        write(folder, "chat_template.json", {"chat_template": CHATML})
    else:
        write(folder, "chat_template.jinja", CHATML)
        if place == "additional":
            write(folder, "additional_chat_templates/tool_use.jinja", "no")
    template = load_template(location(folder))
    assert template.plain is None
    assert template.tokenizer.decode(template.encode_prompt(QUESTION)).startswith("<|im_start|>user\nRain")


@pytest.mark.parametrize("file", ["special_tokens_map.json", "added_tokens.json", "chat_template.json"])
def test_a_file_that_would_fill_the_memory_is_refused_before_it_is_read(folder, monkeypatch, file):
    limit = max(path.stat().st_size for path in folder.iterdir())
    monkeypatch.setattr(tokenizer_files, "MOST_BYTES", limit)
    load_template(location(folder))
    write(folder, file, "{" + " " * limit + "}")
    with pytest.raises(ModelProblem, match=f"The {file} of the model any cannot be read; .*: it is larger than 0 MB"):
        load_template(location(folder))


def test_a_folder_with_vocabulary_and_merges_only_is_read(tmp_path):
    source = byte_level(None, eos="<|endoftext|>")
    source.backend_tokenizer.model.save(str(tmp_path))
    write(tmp_path, "config.json", {"model_type": "gpt2"})
    template = load_template(location(tmp_path))
    assert template.tokenizer.decode(template.encode_response("the rain")) == "the rain<|endoftext|>"
    shutil.rmtree(tmp_path)
