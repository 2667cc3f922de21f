"""Labels of the items that measuring quality found a defect in, so that rows can be filtered by it.

An edit of an item takes its labels away: whether the defect is mended shows when quality is measured next. Left out:
the flags that storage sets itself (`storage.item_content`).
"""

from collections.abc import Collection, Mapping

import sqlalchemy as sa

from storage import tables, working_copy
from storage.database import Database

FACET = "defect"


def replace(db: Database, name: str, items_by_defect: Mapping[str, Collection[str]]) -> None:
    """Label the dataset's items anew; ids of items that are gone are left out. Raises NotFound."""
    label, item = tables.Label, tables.Item
    with db.write() as connection:
        dataset = working_copy.find(connection, name)
        connection.execute(sa.delete(label).where(label.dataset_id == dataset.id, label.facet == FACET))
        live = sa.select(item.id).where(item.dataset_id == dataset.id, item.deleted_at.is_(None))
        present = set(connection.execute(live).scalars())
        rows = [
            {"dataset_id": dataset.id, "item_id": item_id, "facet": FACET, "value": defect}
            for defect, ids in items_by_defect.items()
            for item_id in present.intersection(ids)
        ]
        if rows:
            connection.execute(sa.insert(label), rows)
