"""Items with what follows from their verdicts: what is frozen, exported, and shown to who may see verdicts.

Left out: what follows (`judged_preferences`). The working copy keeps the imported preferences.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from storage import tables, working_copy
from storage.database import Database
from storage.item_content import EXCLUDED
from storage.judging import judgements
from storage.judging.judged_preferences import EVERYTHING, JudgementFilter, counted, derive
from storage.records import Item


@dataclass(frozen=True)
class PreferenceCount:
    """How many items would be frozen, and how many of these have a preference."""

    preferred: int
    items: int


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


def preference_count(db: Database, dataset: str) -> PreferenceCount:
    """How many of the items that `to_freeze` gives have a preference. Only judged ones are read. Raises NotFound."""
    item, label, judgement = tables.Item, tables.Label, tables.Judgement
    with db.read() as connection:
        dataset_id = working_copy.find(connection, dataset).id
        ids = sa.select(judgement.item_id).where(judgement.dataset_id == dataset_id).distinct()
        excluded = sa.exists().where(
            label.dataset_id == dataset_id, label.item_id == item.id, label.facet == "tag", label.value == EXCLUDED
        )
        unjudged = working_copy.live_items(dataset_id).where(~excluded, item.id.not_in(ids)).order_by(None)
        preferred = sa.func.coalesce(sa.func.sum(sa.case((sa.func.json_array_length(item.preferences) > 0, 1))), 0)
        counts = unjudged.with_only_columns(sa.func.count(), preferred, maintain_column_froms=True)
        count, with_preference = connection.execute(counts).one()
        judged_ids = list(connection.execute(ids).scalars())
    judged = to_freeze(db, dataset, list(named(db, dataset, judged_ids).values()))
    return PreferenceCount(with_preference + sum(bool(own.preferences) for own in judged), count + len(judged))


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
