"""Items with what follows from their verdicts: what is frozen, exported, and shown to who may see verdicts.

Left out: what follows (`judged_preferences`). The working copy keeps the imported preferences.
"""

from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from storage import tables, working_copy
from storage.database import Database
from storage.item_content import EXCLUDED
from storage.judging import judgements
from storage.judging.judged_preferences import EVERYTHING, JudgementFilter, counted, derive
from storage.records import Item


def derived(
    db: Database, dataset: str, items: Sequence[Item], wanted: JudgementFilter = EVERYTHING
) -> tuple[list[Item], set[str]]:
    """Those of the items that are wanted, as their verdicts make them, and the ids of the verdicts that count.

    Raises NotFound.
    """
    with db.read() as connection:
        dataset_id = working_copy.find(connection, dataset).id
        by_item = judgements.by_item(connection, dataset_id, [item.id for item in items])
    judged, judgement_ids = [], set()
    for item in items:
        own = by_item.get(item.id, [])
        result = derive(item, own, wanted) if own or wanted.judged_only else item
        if wanted.holds(item) and (result.preferences or not wanted.judged_only):
            judged.append(result)
            judgement_ids |= {judgement.id for judgement in counted(own, wanted)}
    return judged, judgement_ids


def included(items: Iterable[Item]) -> list[Item]:
    """The items that are not excluded from training."""
    return [item for item in items if EXCLUDED not in item.tags]


def to_freeze(db: Database, dataset: str, items: Sequence[Item]) -> list[Item]:
    """The items as a version would hold them that was frozen now. Raises NotFound."""
    return included(derived(db, dataset, items)[0])


def named(db: Database, dataset: str, item_ids: Sequence[str]) -> dict[str, Item]:
    """id -> item of the working copy, of those that are there; imported preferences as they are. Raises NotFound."""
    items: dict[str, Item] = {}
    with db.read() as connection:
        dataset_id = working_copy.find(connection, dataset).id
        for part in working_copy.parts(item_ids, working_copy.MOST_NAMED):
            items |= working_copy.items_named(connection, dataset_id, part)
    return items


def link(connection: sa.Connection, version: str, judgement_ids: set[str]) -> None:
    """Note which verdicts a frozen version rests on, unless it is noted already."""
    table = tables.VersionJudgement
    linked = connection.execute(sa.select(table.judgement_id).where(table.hash == version)).scalars()
    rows = [{"hash": version, "judgement_id": own} for own in sorted(judgement_ids - set(linked))]
    if rows:
        connection.execute(sa.insert(table), rows)
