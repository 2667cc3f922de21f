"""What a model's chat template makes of the run's data, where a person should know it before the launch. No torch.

Left out: rows that it refuses, and what is cut (`learning_checks`).
"""

from collections.abc import Iterator, Sequence

from engine.data.data_stats import UNCUT
from engine.data.items import Example
from engine.data.rendering import TemplateProblem
from engine.data.templates import Conversation
from engine.models import tokenizer_process
from engine.models.model_folder import Location
from engine.spec import Problem, Train
from words import N_

_UNKNOWN = N_("The chat template of the model {name} knows no thinking: data.enable_thinking changes nothing.")
EXAMPLES = 20

_OTHERWISE = N_(
    "In {count} of the first {total} examples, the chat template writes prompt and answer otherwise than the run "
    "trains on them, as templates do that put a block of thinking before an answer. The example under the form shows "
    "both."
)
_WITHOUT_THINKING = N_(
    "In {count} of the first {total} examples, the chat template writes prompt and answer otherwise than the run "
    "trains on them, as templates do that put a block of thinking before an answer. Both agree with "
    "data.enable_thinking: false."
)


def warnings(examples: Sequence[Example], spec: Train, location: Location) -> Iterator[Problem]:
    """A setting that the template does not know, and answers of the data that it writes otherwise.

    Answers that are sampled are trained on as sampled.
    """
    if spec.data.enable_thinking is not None and not _knows_thinking(examples, location):
        yield Problem("data.enable_thinking", (_UNKNOWN, {"name": location.name}))
    rows = [example.conversation for example in examples[:EXAMPLES] if example.responses]
    differing = _differing(rows, location, spec.data.enable_thinking)
    if differing:
        agrees = not _differing(differing, location, enable_thinking=False)
        values = {"count": len(differing), "total": len(rows)}
        yield Problem("data.enable_thinking", (_WITHOUT_THINKING if agrees else _OTHERWISE, values))


def _knows_thinking(examples: Sequence[Example], location: Location) -> bool:
    """Whether the setting changes any of the first prompts."""
    prompts = [Conversation(example.messages, [""], example.tools) for example in examples[:EXAMPLES]]
    on, off = (tokenizer_process.template(location, value).encode_all(prompts, UNCUT, UNCUT) for value in (True, False))
    return any(isinstance(row, TemplateProblem) or row != other for row, other in zip(on, off, strict=True))


def _differing(rows: Sequence[Conversation], location: Location, enable_thinking: bool | None) -> list[Conversation]:
    written = tokenizer_process.template(location, enable_thinking).written_otherwise(rows)
    return [row for row, whole in zip(rows, written, strict=True) if whole is not None]
