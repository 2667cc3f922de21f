"""What a model's chat template makes of the run's data, where a person should know it before the launch. No torch.

Left out: rows that it refuses, and what is cut (`train_checks`).
"""

from collections.abc import Iterator, Sequence

from engine.data.items import Example
from engine.data.templates import Encoder, TemplateProblem
from engine.models import tokenizer_process
from engine.models.model_folder import Location, ModelProblem
from engine.spec import Problem, Train
from words import N_

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
    """Answers of the data that the template writes otherwise. Those that are sampled are trained on as sampled."""
    template = tokenizer_process.template(location, spec.data.enable_thinking)
    looked_at = [example for example in examples[:EXAMPLES] if example.responses]
    differing = [example for example in looked_at if _differs(example, template)]
    if differing:
        unthinking = tokenizer_process.template(location, enable_thinking=False)
        agrees = not any(_differs(example, unthinking) for example in differing)
        values = {"count": len(differing), "total": len(looked_at)}
        yield Problem("data.enable_thinking", (_WITHOUT_THINKING if agrees else _OTHERWISE, values))


def _differs(example: Example, template: Encoder) -> bool:
    try:
        return template.written_otherwise(example.messages, example.responses[0].text) is not None
    except (TemplateProblem, ModelProblem):  # told apart
        return False
