"""What differs between two frozen versions of a dataset, or between one and the working copy.

Left out: the words that differ inside a text, which pages show; restoring a version (`storage.version_writes`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from storage import datasets, tables, version_files
from storage.database import Database
from storage.errors import Damaged
from storage.item_content import canonical, content_hash, from_json
from storage.judging import judged_items, verdict_counts
from storage.judging.verdict_counts import JudgedState
from storage.records import Dataset, Item, Version


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


def is_frozen(db: Database, data: Dataset, version: Version) -> bool:
    """Whether nothing differs between the version and the working copy, whatever was done and undone since.

    Found anew only after an edit or a verdict. Raises NotFound.
    """
    state = verdict_counts.state(db, data)
    if not state.verdicts and data.edited_at <= version.created_at:
        return True
    return _is_frozen(db, data.name, version.path, state)


@lru_cache(maxsize=256)
def _is_frozen(db: Database, name: str, path: Path, state: JudgedState) -> bool:
    last = _last_edit(db, state.dataset_id)
    if last is not None and _differs(db, name, path, last):
        return False  # the usual case, in which a large dataset need not be read
    return content_hash(_items(db, name, None)) == path.stem


def _last_edit(db: Database, dataset_id: int) -> sa.Row[Any] | None:
    table = tables.ItemEdit
    query = sa.select(table.item_id, table.after).where(table.dataset_id == dataset_id, table.undone_at.is_(None))
    with db.read() as connection:
        return connection.execute(query.order_by(table.id.desc()).limit(1)).first()


def _differs(db: Database, name: str, path: Path, edit: sa.Row[Any]) -> bool:
    """Whether the version holds the edited item otherwise. A damaged file says nothing."""
    try:
        before = version_files.read(path, edit.item_id)
    except Damaged:
        return False
    after = [] if edit.after is None else judged_items.to_freeze(db, name, [from_json(edit.after)])
    return list(map(canonical, before)) != list(map(canonical, after))


def _items(db: Database, name: str, version: str | None) -> list[Item]:
    if version is not None:
        return datasets.load(db, datasets.version(db, name, version).hash)
    return judged_items.to_freeze(db, name, datasets.items(db, name)[0])
