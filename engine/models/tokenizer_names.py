"""Names of the files of a model's folder that its tokens and chat template are read from.

Left out: reading them (`model_checks` before a run is queued, `tokenizer_files` as training does).
"""

from pathlib import Path

VOCABULARIES = ("tokenizer.json", "vocab.json")  # which name every token with its number; the first one there counts
SENTENCEPIECE = "tokenizer.model"
SETTINGS = "tokenizer_config.json"
JSON_FILES = (*VOCABULARIES, SETTINGS, "special_tokens_map.json", "added_tokens.json")
CHAT_TEMPLATE = "chat_template.jinja"
NAMED_TEMPLATES = "additional_chat_templates/*.jinja"
PROCESSOR_TEMPLATE = "chat_template.json"  # of models that read pictures too; transformers reads it with these only
GENERATION_CONFIG = "generation_config.json"
PATTERNS = ("*token*", "vocab*", "merges.txt", "chat_template*", NAMED_TEMPLATES, "*config.json")
MOST_BYTES = 2**29  # of a JSON file: the largest vocabularies there are take some 40 MB


def has_tokenizer(folder: Path) -> bool:
    """Whether a folder holds one of the files that a tokenizer can be made from."""
    return any((folder / file).is_file() for file in (*VOCABULARIES, SENTENCEPIECE))


def vocabulary(folder: Path) -> Path | None:
    """The file that names the tokens with their numbers; None where it is not JSON."""
    return next((folder / file for file in VOCABULARIES if (folder / file).is_file()), None)


def template_files(folder: Path) -> list[Path]:
    """The files that may hold the chat template."""
    paths = [folder / SETTINGS, folder / CHAT_TEMPLATE, folder / PROCESSOR_TEMPLATE]
    return [path for path in (*paths, *sorted(folder.glob(NAMED_TEMPLATES))) if path.is_file()]


def token_files(folder: Path) -> list[Path]:
    """All files that tokens and their template depend on."""
    return sorted({path for pattern in PATTERNS for path in folder.glob(pattern) if path.is_file()})
