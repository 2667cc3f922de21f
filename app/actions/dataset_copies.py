"""What a person can make of whole datasets: a copy, several in one, one in two parts. The sources stay as they are.

Left out: changes of a dataset itself (`app.actions.dataset_edits`).
"""

from collections.abc import Sequence

from app.actions.permissions import record, require
from app.people import Person
from storage import dataset_copy_writes
from storage.database import Database
from storage.records import Dataset


def copy(db: Database, person: Person, name: str, new_name: str, now: float) -> Dataset:
    """A dataset with the same items. Raises Invalid for the name, NotFound."""
    require(person, "researcher")
    copied = dataset_copy_writes.copy(db, name, new_name, now)
    record(db, person, "dataset.copy", copied.name, now, source=name)
    return copied


def merge(db: Database, person: Person, names: Sequence[str], new_name: str, now: float) -> Dataset:
    """One dataset with the items of several of one kind. Raises Invalid, NotFound."""
    require(person, "researcher")
    merged = dataset_copy_writes.merge(db, names, new_name, now)
    record(db, person, "dataset.merge", merged.name, now, sources=list(names))
    return merged


def split_by_label(
    db: Database, person: Person, name: str, into: tuple[str, str], now: float, *, facet: str, value: str
) -> tuple[Dataset, Dataset]:
    """Items with this topic or tag into the first dataset, the others into the second. Raises Invalid, NotFound."""
    require(person, "researcher")
    parts = dataset_copy_writes.split_by_label(db, name, into, now, facet=facet, value=value)
    record(db, person, "dataset.split", name, now, into=list(into), facet=facet, value=value)
    return parts


def split_by_share(
    db: Database, person: Person, name: str, into: tuple[str, str], now: float, *, share: float, seed: int
) -> tuple[Dataset, Dataset]:
    """This share of the prompts into the first dataset, the others into the second. Raises Invalid, NotFound."""
    require(person, "researcher")
    parts = dataset_copy_writes.split_by_share(db, name, into, now, share=share, seed=seed)
    record(db, person, "dataset.split", name, now, into=list(into), share=share, seed=seed)
    return parts
