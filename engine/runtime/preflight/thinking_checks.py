"""What a model's chat template makes of the run's data, where a person should know it before the launch. No torch.

Left out: rows that it refuses, and what is cut (`train_checks`).
"""

from collections.abc import Iterator, Sequence

from engine.data.items import Example
from engine.data.rendering import Messages
from engine.models import tokenizer_process
from engine.models.model_folder import Location
from engine.spec import Problem, Train
from words import N_

Row = tuple[Messages, str]

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
    rows = [(example.messages, example.responses[0].text) for example in examples[:EXAMPLES] if example.responses]
    differing = _differing(rows, location, spec.data.enable_thinking)
    if differing:
        agrees = not _differing(differing, location, enable_thinking=False)
        values = {"count": len(differing), "total": len(rows)}
        yield Problem("data.enable_thinking", (_WITHOUT_THINKING if agrees else _OTHERWISE, values))


def _differing(rows: Sequence[Row], location: Location, enable_thinking: bool | None) -> list[Row]:
    written = tokenizer_process.template(location, enable_thinking).written_otherwise(rows)
    return [row for row, whole in zip(rows, written, strict=True) if whole is not None]
