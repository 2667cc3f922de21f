"""One item of a dataset as the model will see it: after cutting, with the tokens that are trained marked."""

from engine.data.system_turn import as_read
from engine.data.templates import Conversation, TemplateProblem
from engine.data.tool_calls import answers_with_calls, tools_of
from engine.models import catalogue, tokenizer_process
from engine.models.model_folder import ModelProblem
from engine.spec.answers import Preview, PreviewRequest
from storage import datasets
from storage.database import Database
from storage.errors import StorageError


def preview(db: Database, request: PreviewRequest) -> Preview:
    """The pieces of each response, or why there are none."""
    limits = (request.max_tokens, request.max_prompt_tokens)
    try:
        item = datasets.item(db, request.dataset, request.item)
        template = tokenizer_process.template(catalogue.locate(request.model, db.workspace), request.enable_thinking)
        messages = as_read(item.messages, request.system_turn)
        tools, calling = tools_of(item.extra), answers_with_calls(item)
        answers = [calling.get(response.id, response.text) for response in item.responses]
        pieces = [tuple(template.marked(messages, answer, *limits, tools)) for answer in answers]
        written = template.written_otherwise([Conversation(messages, [answer], tools) for answer in answers])
        typed_ends = template.typed_ends([response.text for response in item.responses])
    except (StorageError, ModelProblem, TemplateProblem) as error:
        return Preview(problem=error.text, pieces=())
    return Preview(
        pieces=tuple(pieces),
        written=tuple(written) if any(written) else (),
        typed_ends=tuple(typed_ends) if any(typed_ends) else (),
    )
