"""Which items of a dataset a model's chat template refuses: all of them are rendered, as far as there is time.

An answer is kept as long as data and model stay the same, since a form asks again at every change. No torch. Left out:
what a refusal means for a run (`learning_checks`), and the check that a worker makes (`engine.runtime.training`).
"""

import math
import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

from engine.data.items import matching
from engine.data.refusals import Refusal, Refusals, checker, refusals
from engine.data.templates import TemplateProblem
from engine.models import catalogue, tokenizer_process
from engine.models.model_folder import Location, ModelProblem
from engine.spec.answers import RefusedItem, TemplateCheck, TemplateCheckRequest
from engine.spec.blocks import SystemTurn
from storage import datasets
from storage.database import Database
from storage.errors import StorageError
from storage.records import Item

SECONDS = 5.0
PAGE = 1_000  # items
MOST_KEPT = 50
SHOWN = 100

UNFINISHED_SECONDS = 60.0  # for which an answer is kept that ran out of time

_kept: dict[tuple[object, ...], tuple[float, Refusals]] = {}  # until when, and what


class Prompts(NamedTuple):
    """The prompts of a dataset that a run may use, held-out ones too."""

    dataset: str
    version: str = "latest"
    filter: str | None = None
    answers: bool = False  # those that call tools are read too, since they are trained on


def find(
    db: Database,
    prompts: Prompts,
    location: Location,
    system_turn: SystemTurn,
    enable_thinking: bool | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Refusals:
    """Render the items for SECONDS at most. Raises StorageError, ModelProblem and TemplateProblem."""
    template = tokenizer_process.template(location, enable_thinking)
    edited_at = datasets.get(db, prompts.dataset).edited_at if prompts.version == "latest" else None
    key = (str(db.workspace.root), *prompts, edited_at, template, system_turn)
    until, answer = _kept.get(key, (0.0, None))
    if answer is None or clock() > until:
        template.typed_ends([""])  # its process starts before the time counts
        items, total = _items(db, prompts)
        end = clock() + SECONDS
        answer = refusals(items, total, checker(template, answers=prompts.answers), system_turn, lambda: clock() > end)
        while len(_kept) >= MOST_KEPT:
            _kept.pop(next(iter(_kept)), None)
        _kept[key] = (math.inf if answer.checked == answer.total else clock() + UNFINISHED_SECONDS, answer)
    return answer


def check_dataset(db: Database, request: TemplateCheckRequest) -> TemplateCheck:
    """The answer for the Data page: the items of a working copy that a model cannot read."""
    try:
        location = catalogue.locate(request.model, db.workspace)
        found = find(db, Prompts(request.dataset, answers=True), location, request.system_turn)
    except (StorageError, ModelProblem, TemplateProblem) as error:
        return TemplateCheck(problem=error.text)
    return TemplateCheck(
        prompts_in_all=found.total,
        prompts_read=found.checked,
        refused=found.count,
        mended=found.mended,
        items=tuple(map(_shown, found.refusals[:SHOWN])),
    )


def _shown(refusal: Refusal) -> RefusedItem:
    return RefusedItem(item=refusal.item, cause=refusal.cause)


def _items(db: Database, prompts: Prompts) -> tuple[Iterator[Item], int]:
    if prompts.version != "latest":
        frozen = matching(datasets.load(db, prompts.version), prompts.filter)
        return iter(frozen), len(frozen)
    first, total = datasets.items(db, prompts.dataset, limit=PAGE)

    def pages() -> Iterator[Item]:
        yield from matching(first, prompts.filter)
        for offset in range(PAGE, total, PAGE):
            yield from matching(datasets.items(db, prompts.dataset, offset=offset, limit=PAGE)[0], prompts.filter)

    return pages(), total
