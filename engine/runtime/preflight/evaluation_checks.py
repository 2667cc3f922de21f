"""What is checked of the prompts that a run is evaluated on: that they are enough, and not also trained on. No torch.

Prompts are compared by their hash and, since a form asks again at every change, once for each content by MinHash. Left
out: an evaluation set that no model can read (`train_checks`).
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from engine.analysis.quality import near_duplicates
from engine.data import data_stats, held_out_prompts
from engine.data.data_stats import Content
from engine.data.held_out_prompts import Division
from engine.data.items import evaluated, matching, share, training
from engine.models.model_folder import Location
from engine.runtime.run.machine import this_device
from engine.spec import Problem, Train
from engine.spec.models import resolve_final_prompts
from storage import datasets
from storage.database import Database
from storage.item_content import asked_key
from storage.records import Item
from words import N_

MOST_KEPT = 50
EXAMPLE_CHARACTERS = 80

_TOO_FEW = N_(
    "evaluation.prompts asks for {prompts} prompts, and there are {held_out} held-out ones: all of them are used, on "
    "the way and at the end, so that the best checkpoint is chosen by the prompts that are reported on."
)
_SHARED = N_(
    "Of {held_out} held-out prompts, {prompts} choose the best checkpoint: too few are left to report on others at the "
    "end, so that the end evaluation reports on {reported_on} that include those. More held-out prompts, or a smaller "
    "evaluation.prompts, keep them apart."
)
_EQUAL = N_(
    "{count} of the {total} evaluation prompts are also trained on, such as “{example}”: figures on these say how well "
    "they were learned, not how well new ones are answered."
)
_ALIKE = N_(
    "{count} of the {total} evaluation prompts nearly repeat one that is trained on, such as “{example}”: figures on "
    "these say little of new ones."
)


class Overlap(NamedTuple):
    """How many evaluation prompts are trained on, as they are or nearly, of how many, each with its first example."""

    total: int
    equal: int = 0
    alike: int = 0
    equal_example: str = ""
    alike_example: str = ""


_kept: dict[tuple[object, ...], Overlap] = {}


class Sides(NamedTuple):
    """The items to train and to evaluate on, as far as they are read; `is_whole`: the latter are read whole."""

    to_train_on: list[Item]
    to_evaluate_on: list[Item]
    is_whole: bool
    are_apart: bool  # or it is evaluated on what it trains on

    @property
    def prompts(self) -> int:
        """Different prompts to evaluate on."""
        return len(set(map(asked_key, self.to_evaluate_on)))


def read(db: Database, spec: Train, content: Content) -> Sides:
    """The sides of a run whose own data is read already. Raises StorageError."""
    own, filter_ = content.read, spec.data.filter
    to_train_on = share(matching(training(own), filter_), spec.data.fraction)
    if spec.evaluated_elsewhere:
        other, total = data_stats.read_items(db, spec.evaluation.dataset or "", spec.evaluation.version)
        return Sides(to_train_on, other, len(other) == total, are_apart=True)
    return Sides(to_train_on, evaluated(own, filter_), len(own) == content.items, content.split)


def division(spec: Train, location: Location, sides: Sides) -> Division:
    """How the held-out prompts will be divided."""
    device = this_device() if spec.resources.device == "auto" else spec.resources.device
    count = resolve_final_prompts(spec, location.parameters, device)
    return held_out_prompts.divide(sides.prompts, spec.evaluation.prompts, count)


def warnings(db: Database, spec: Train, location: Location, sides: Sides) -> Iterator[Problem]:
    """What to know before its figures are believed."""
    if not sides.are_apart:
        return
    divided, prompts = division(spec, location, sides), spec.evaluation.prompts
    values: dict[str, object] = {"held_out": divided.held_out, "prompts": prompts}
    if sides.is_whole and prompts > divided.held_out:
        yield Problem("evaluation.prompts", (_TOO_FEW, values))
    elif sides.is_whole and not divided.apart:
        yield Problem("evaluation.final_prompts", (_SHARED, {**values, "reported_on": divided.reported_on}))
    yield from _overlap_warnings(spec, _overlap(db, spec, sides))


def _overlap_warnings(spec: Train, overlap: Overlap) -> Iterator[Problem]:
    path = "evaluation.dataset" if spec.evaluated_elsewhere else "data.dataset"
    for text, count, example in (
        (_EQUAL, overlap.equal, overlap.equal_example),
        (_ALIKE, overlap.alike, overlap.alike_example),
    ):
        if count:
            yield Problem(path, (text, {"count": count, "total": overlap.total, "example": example}))


def _overlap(db: Database, spec: Train, sides: Sides) -> Overlap:
    """The overlap, computed once for each content of both."""
    contents = ((spec.data.dataset, spec.data.version), (spec.evaluation.dataset, spec.evaluation.version))
    edited = [datasets.get(db, name).edited_at for name, version in contents if name and version == "latest"]
    key = (str(db.workspace.root), *contents, *edited, spec.data.filter)
    if key not in _kept:
        while len(_kept) >= MOST_KEPT:
            _kept.pop(next(iter(_kept)))
        _kept[key] = overlap(sides.to_train_on, sides.to_evaluate_on)
    return _kept[key]


def overlap(to_train_on: Sequence[Item], to_evaluate_on: Sequence[Item]) -> Overlap:
    """Which distinct prompts of the second are also among the first, by hash or else by MinHash."""
    trained = {asked_key(item): item for item in to_train_on}
    asked = {asked_key(item): item for item in to_evaluate_on}
    equal = [item for key, item in asked.items() if key in trained]
    others = [item for key, item in asked.items() if key not in trained]
    labels = near_duplicates.clusters([_text(item) for item in (*trained.values(), *others)])
    learned = set(labels[: len(trained)])
    alike = [item for item, label in zip(others, labels[len(trained) :], strict=True) if label in learned]
    return Overlap(len(asked), len(equal), len(alike), *(_example(items) for items in (equal, alike)))


def _text(item: Item) -> str:
    return "\n".join(str(message.get("content") or "") for message in item.messages)


def _example(items: Sequence[Item]) -> str:
    """The end of the first prompt, where its question stands."""
    text = " ".join(_text(items[0]).split()) if items else ""
    return text if len(text) <= EXAMPLE_CHARACTERS else f"…{text[-EXAMPLE_CHARACTERS:]}"
