"""Marks the items that measuring quality found a defect in. Left out: measuring (`app.quality`)."""

from collections.abc import Collection, Mapping

from app.actions.permissions import require
from app.people import Person
from storage import defect_labels
from storage.database import Database


def label_defects(db: Database, person: Person, name: str, items_by_defect: Mapping[str, Collection[str]]) -> None:
    """Label the items of a dataset by their defects, in place of the labels they had. Raises NotFound.

    It is measured, not decided, so it leaves no entry in the audit.
    """
    require(person, "researcher")
    defect_labels.replace(db, name, items_by_defect)
