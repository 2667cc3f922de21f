"""New datasets made of others' items: a copy, several in one, one in two parts. The others stay as they are.

Verdicts stay with the dataset they were given in; what follows from them is frozen there. Left out: importing files
(`storage.dataset_writes`).
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from storage import dataset_writes, datasets, hidden_datasets, working_copy
from storage.database import Database
from storage.errors import Invalid
from storage.item_content import KINDS, prompt_key, with_flags
from storage.records import Dataset, Item
from words import N_


def copy(db: Database, name: str, new_name: str, now: float) -> Dataset:
    """A dataset with the same items, under the same ids."""
    dataset = datasets.get(db, name)
    return _make(db, new_name, dataset.kind, datasets.items(db, name)[0], now)


def merge(db: Database, names: Sequence[str], new_name: str, now: float) -> Dataset:
    """One dataset with the items of several of one kind; an id that is taken gets its dataset's name before it."""
    sources = [datasets.get(db, name) for name in dict.fromkeys(names)]
    if len(sources) < 2:
        raise Invalid(N_("Name at least two datasets to merge."))
    first = sources[0]
    for other in sources[1:]:
        if other.kind != first.kind:
            raise Invalid(
                N_("Only datasets of one kind can be merged: {first} holds {kind}, {other} holds {other_kind}."),
                first=first.name,
                kind=(KINDS[first.kind], {}),
                other=other.name,
                other_kind=(KINDS[other.kind], {}),
            )
    items = list(_kept_apart((source.name, datasets.items(db, source.name)[0]) for source in sources))
    return _make(db, new_name, first.kind, with_flags(items), now)


def split_by_label(
    db: Database, name: str, into: tuple[str, str], now: float, *, facet: str, value: str
) -> tuple[Dataset, Dataset]:
    """Items with this topic or tag into the first dataset, the others into the second."""
    if facet not in ("topic", "tag"):
        raise Invalid(N_("A dataset is split by topic or tag, not by {facet}."), facet=facet)
    return _split(db, name, into, lambda item: value in (item.tags if facet == "tag" else (item.topic,)), now)


def split_by_share(
    db: Database, name: str, into: tuple[str, str], now: float, *, share: float, seed: int
) -> tuple[Dataset, Dataset]:
    """About this share of the prompts into the first dataset, the others into the second; equal prompts stay together.

    Which ones depends on the seed and the prompts alone.
    """
    if not 0 < share < 1:
        raise Invalid(N_("The share of the first part is a number between 0 and 1, not {share}."), share=share)
    ranks = {prompt_key(item.messages) for item in datasets.items(db, name)[0]}
    ordered = sorted(ranks, key=lambda key: hashlib.sha256(f"{seed}:{key}".encode()).digest())
    first = set(ordered[: round(len(ordered) * share)])
    return _split(db, name, into, lambda item: prompt_key(item.messages) in first, now)


def _split(
    db: Database, name: str, into: tuple[str, str], is_first: Callable[[Item], bool], now: float
) -> tuple[Dataset, Dataset]:
    dataset, items = datasets.get(db, name), datasets.items(db, name)[0]
    parts: tuple[list[Item], list[Item]] = ([], [])
    for item in items:
        parts[0 if is_first(item) else 1].append(item)
    for part_name, part in zip(into, parts, strict=True):
        dataset_writes.check_name(db, part_name)
        if not part:
            raise Invalid(N_("The part {name} would hold no item."), name=part_name)
    if into[0] == into[1]:
        raise Invalid(N_("The two parts need two names."))
    first, second = (_make(db, own, dataset.kind, with_flags(part), now) for own, part in zip(into, parts, strict=True))
    return first, second


def _kept_apart(sources: Iterable[tuple[str, list[Item]]]) -> Iterator[Item]:
    """All items, each under an id of its own."""
    ids = set[str]()
    for name, items in sources:
        for item in items:
            item_id = item.id if item.id not in ids else f"{name}:{item.id}"
            while item_id in ids:
                item_id = f"{item_id}'"
            ids.add(item_id)
            yield replace(item, id=item_id)


def _make(db: Database, name: str, kind: str, items: Sequence[Item], now: float) -> Dataset:
    """A dataset of these items. Raises Invalid for the name, and then nothing is left."""
    dataset_writes.check_name(db, name)
    with hidden_datasets.hidden(db, kind, now) as dataset_id:
        for first in range(0, len(items), hidden_datasets.BATCH_ITEMS):
            part = items[first : first + hidden_datasets.BATCH_ITEMS]
            prepared = working_copy.Prepared.from_items(part, first + 1, now)
            with db.write() as connection:
                working_copy.insert(connection, dataset_id, prepared)
        with db.write() as connection:
            return dataset_writes.show(connection, dataset_id, name)
