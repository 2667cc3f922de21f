"""One item of a dataset as the model will see it: after cutting, with the tokens that are trained marked."""

from functools import lru_cache

from engine.data.templates import Template, TemplateProblem
from engine.models import catalogue
from engine.models.model_folder import ModelProblem
from engine.spec.answers import Preview, PreviewRequest
from storage import datasets
from storage.database import Database
from storage.errors import StorageError
from storage.workspace import Workspace


def preview(db: Database, request: PreviewRequest) -> Preview:
    """The pieces of each response, or why there are none."""
    limits = (request.max_tokens, request.max_prompt_tokens)
    try:
        item = datasets.item(db, request.dataset, request.item)
        template = _template(request.model, db.workspace)
        pieces = [tuple(template.marked(item.messages, response.text, *limits)) for response in item.responses]
    except (StorageError, ModelProblem, TemplateProblem) as error:
        return Preview(problem=error.text, pieces=())
    return Preview(pieces=tuple(pieces))


@lru_cache(maxsize=4)
def _template(name: str, workspace: Workspace) -> Template:
    # Late, and kept: the tokenizer is transformers' own, as in training, and brings torch with it.
    from engine.models.load import load_tokenizer

    return Template.from_tokenizer(load_tokenizer(catalogue.locate(name, workspace)))
