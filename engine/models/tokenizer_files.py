"""A model folder's tokenizer and chat template, read by transformers: the one reader, for training and before it.

transformers reads tokenizers without torch too. Left out: reading them in a process apart (`tokenizer_process`).
"""

import json
from typing import Any

from engine.data.templates import Template, TemplateProblem
from engine.models.model_folder import Location, ModelProblem, first_line, reading
from words import N_

GENERATION_CONFIG = "generation_config.json"
PROCESSOR_TEMPLATE = "chat_template.json"  # of models that read pictures too; transformers reads it with these only
JSON_FILES = ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "vocab.json")


def load_template(location: Location) -> Template:
    """The tokenizer of a folder with its chat template and all its end tokens. Raises ModelProblem, TemplateProblem."""
    tokenizer, ends = load_tokenizer(location), _ends(location)
    try:
        return Template.from_tokenizer(tokenizer, ends)
    except TemplateProblem:
        raise
    except Exception as error:  # settings of the wrong type are noticed when the tokenizer is first used
        raise _unreadable(location, error) from error


def load_tokenizer(location: Location) -> Any:
    """The tokenizer of a folder. Its own code is never run. Raises ModelProblem."""
    from transformers import AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(location.folder, trust_remote_code=False, local_files_only=True)
    except Exception as error:  # the tokenizers' library raises bare ones
        _name_damaged_file(location)
        raise _unreadable(location, error) from error
    if tokenizer.chat_template is None:
        tokenizer.chat_template = _read(location, PROCESSOR_TEMPLATE).get("chat_template")
    return tokenizer


def _unreadable(location: Location, error: Exception) -> ModelProblem:
    text = N_("The tokenizer of the model {name} cannot be loaded: {cause}")
    return ModelProblem(text, name=location.name, cause=first_line(error))


def _name_damaged_file(location: Location) -> None:
    """Raise ModelProblem for a file that is no JSON: what a library says of it names no file."""
    for file in JSON_FILES:
        path = location.folder / file
        if path.is_file():
            with reading(location.name, path):
                json.loads(path.read_text(encoding="utf-8"))


def _ends(location: Location) -> list[int]:
    """The ids at which the model's settings end a text: those of generation_config.json, else of config.json."""
    for config in (_read(location, GENERATION_CONFIG), location.config, location.config.get("text_config")):
        ids = config.get("eos_token_id") if isinstance(config, dict) else None
        if ids is not None:
            return [token for token in (ids if isinstance(ids, list) else [ids]) if type(token) is int]
    return []


def _read(location: Location, file: str) -> dict[str, Any]:
    """A JSON file of the folder; nothing where there is none, or where it is no object."""
    path = location.folder / file
    if not path.is_file():
        return {}
    with reading(location.name, path):
        content = json.loads(path.read_text(encoding="utf-8"))
    return content if isinstance(content, dict) else {}
