"""One item of a dataset as the model will see it: after cutting, with the tokens that are trained marked."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from engine.data.templates import Template, TemplateProblem
from engine.models import catalogue
from engine.models.model_folder import ModelProblem
from storage import datasets
from storage.database import Database
from storage.errors import StorageError
from storage.workspace import Workspace


def preview(db: Database, asked: Mapping[str, Any]) -> dict[str, Any]:
    """{pieces}: per response what `Template.marked` gives; {problem} where that cannot be told.

    Asked for by `dataset`, `item` (its id), `model`, `max_tokens` and `max_prompt_tokens`.
    """
    try:
        item = datasets.item(db, asked["dataset"], asked["item"])
        template = _template(asked["model"], db.workspace)
        limits = (int(asked["max_tokens"]), int(asked["max_prompt_tokens"]))
        pieces = [template.marked(item.messages, response.text, *limits) for response in item.responses]
    except (StorageError, ModelProblem, TemplateProblem) as error:
        return {"problem": list(error.text), "pieces": []}
    return {"pieces": pieces}


@lru_cache(maxsize=4)
def _template(name: str, workspace: Workspace) -> Template:
    # Late, and kept: the tokenizer is transformers' own, as in training, and brings torch with it.
    from engine.models.load import load_tokenizer

    return Template.of(load_tokenizer(catalogue.locate(name, workspace)))
