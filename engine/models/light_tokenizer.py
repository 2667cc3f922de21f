"""A model's tokenizer without torch, from tokenizer.json: quick enough to count tokens before a run is launched.

It offers what `engine.data.templates.Template` asks of a tokenizer. Training uses transformers' own (`load`).
"""

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from tokenizers import Tokenizer
from transformers.utils.chat_template_utils import render_jinja_template

from engine.data.templates import Template
from engine.models.model_folder import Location, reading

TOKENIZER = "tokenizer.json"
CONFIG = "tokenizer_config.json"


class _Ids(NamedTuple):
    input_ids: list[int]


class LightTokenizer:
    """The tokenizer of a model folder."""

    def __init__(self, name: str, folder: Path) -> None:
        with reading(name, folder / TOKENIZER):
            self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        with reading(name, folder / CONFIG):
            config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
            self._special = {key: _text(config[key]) for key in ("bos_token", "eos_token") if config.get(key)}
        self.chat_template = _chat_template(folder, config)
        self.added_tokens_decoder = self._tokenizer.get_added_tokens_decoder()

    @property
    def eos_token_id(self) -> int | None:
        return self._id("eos_token")

    @property
    def bos_token_id(self) -> int | None:
        return self._id("bos_token")

    def __call__(self, text: str, add_special_tokens: bool = True) -> _Ids:
        return _Ids(self._tokenizer.encode(text, add_special_tokens=add_special_tokens).ids)

    def apply_chat_template(
        self, messages: Sequence[Mapping[str, Any]], *, tokenize: bool, add_generation_prompt: bool
    ) -> str:
        """The conversation as text; it is never tokenised here."""
        assert not tokenize
        rendered, _ = render_jinja_template(
            [list(messages)],
            chat_template=self.chat_template,
            add_generation_prompt=add_generation_prompt,
            **self._special,
        )
        return str(rendered[0])

    def _id(self, name: str) -> int | None:
        token = self._special.get(name)
        return None if token is None else self._tokenizer.token_to_id(token)


@lru_cache(maxsize=4)
def template(location: Location) -> Template:
    """The template of a model; through transformers, and so torch, where there is no tokenizer.json.

    Raises ModelProblem and TemplateProblem.
    """
    if all((location.folder / file).is_file() for file in (TOKENIZER, CONFIG)):
        return Template.from_tokenizer(LightTokenizer(location.name, location.folder))
    from engine.models.load import load_tokenizer

    return Template.from_tokenizer(load_tokenizer(location))


def _text(token: Any) -> str:
    """A token as its config has it: text, or a block with its text in `content`."""
    return str(token["content"] if isinstance(token, Mapping) else token)


def _chat_template(folder: Path, config: Mapping[str, Any]) -> str | None:
    file = folder / "chat_template.jinja"
    if file.is_file():
        return file.read_text(encoding="utf-8")
    template_text = config.get("chat_template")
    return template_text if isinstance(template_text, str) else None
