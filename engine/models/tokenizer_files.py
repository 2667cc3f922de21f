"""A model folder's tokenizer and chat template, read by transformers: the one reader, for training and before it.

transformers reads tokenizers without torch too. Left out: reading them in a process apart (`tokenizer_process`).
"""

from typing import Any

from engine.data.templates import Template, TemplateProblem
from engine.models.model_folder import CONFIG_BYTES, Location, ModelProblem, check_bytes, load_json, reading
from engine.models.tokenizer_names import GENERATION_CONFIG, JSON_FILES, MOST_BYTES, PROCESSOR_TEMPLATE, token_files
from words import N_
from words.names import first_line


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

    _check_sizes(location)
    try:
        tokenizer = AutoTokenizer.from_pretrained(location.folder, trust_remote_code=False, local_files_only=True)
    except Exception as error:  # the tokenizers' library raises bare ones
        _name_damaged_file(location)
        raise _unreadable(location, error) from error
    if tokenizer.chat_template is None:
        tokenizer.chat_template = _read(location, PROCESSOR_TEMPLATE).get("chat_template")
    return tokenizer


def _check_sizes(location: Location) -> None:
    """Raise ModelProblem for a file that is too large to be read."""
    for path in token_files(location.folder):
        with reading(location.name, path):
            check_bytes(path, MOST_BYTES)


def _unreadable(location: Location, error: Exception) -> ModelProblem:
    text = N_("The tokenizer of the model {name} cannot be loaded: {cause}")
    return ModelProblem(text, name=location.name, cause=first_line(error))


def _name_damaged_file(location: Location) -> None:
    """Raise ModelProblem for a file that is no JSON: what a library says of it names no file."""
    for file in JSON_FILES:
        path = location.folder / file
        if path.is_file():
            load_json(location.name, path, MOST_BYTES)


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
    content = load_json(location.name, path, CONFIG_BYTES)
    return content if isinstance(content, dict) else {}
