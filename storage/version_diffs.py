"""What differs between two frozen versions of a dataset, or between one and the working copy.

Left out: the words that differ inside a text, which pages show; restoring a version (`storage.version_writes`).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from storage import datasets
from storage.database import Database
from storage.item_content import canonical
from storage.judging import judged_items
from storage.records import Item


@dataclass(frozen=True)
class VersionDiff:
    """Items by what became of them, in the order of their ids; `changed` has each before and after."""

    added: tuple[Item, ...]
    removed: tuple[Item, ...]
    changed: tuple[tuple[Item, Item], ...]
    same: int


def diff(db: Database, name: str, before: str | None, after: str | None) -> VersionDiff:
    """From one version, named by its hash or the beginning of it, to another; None is the working copy.

    The working copy is taken as a version of it would be: with what follows from verdicts, without excluded items.
    Raises NotFound, Ambiguous, Damaged.
    """
    return compare(_items(db, name, before), _items(db, name, after))


def compare(before: Iterable[Item], after: Iterable[Item]) -> VersionDiff:
    """What differs between two lists of items."""
    old, new = ({item.id: item for item in items} for items in (before, after))
    both = sorted(old.keys() & new.keys())
    changed = tuple((old[key], new[key]) for key in both if canonical(old[key]) != canonical(new[key]))
    return VersionDiff(
        tuple(new[key] for key in sorted(new.keys() - old.keys())),
        tuple(old[key] for key in sorted(old.keys() - new.keys())),
        changed,
        len(both) - len(changed),
    )


def _items(db: Database, name: str, version: str | None) -> list[Item]:
    if version is not None:
        return datasets.load(db, datasets.version(db, name, version).hash)
    return judged_items.to_freeze(db, name, datasets.items(db, name)[0])
