"""The items that a round may ask about: chosen by words, labels and verdicts, with two answers or more.

Left out: which questions follow from them (`questions`).
"""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from storage import generated_items, tables, working_copy
from storage.database import Database
from storage.judging import rounds
from storage.judging.judgement_records import Selection
from storage.judging.questions import Candidate
from storage.records import Preference, Response

_ITEM = tables.Item
_COLUMNS = _ITEM.id, _ITEM.responses, _ITEM.preferences, _ITEM.tags, _ITEM.extra


def count(db: Database, dataset: str, selection: Selection) -> int:
    """How many items of the dataset are selected and have two answers or more. Raises NotFound."""
    with db.read() as connection:
        query = _selected(connection, working_copy.find(connection, dataset).id, selection).order_by(None)
        if not selection.item_ids:
            counted = query.with_only_columns(sa.func.count(), maintain_column_froms=True)
            return connection.execute(counted).scalar_one()
        ids = connection.execute(query.with_only_columns(_ITEM.id, maintain_column_froms=True)).scalars()
        return len(set(ids) & set(selection.item_ids))


def selected(connection: sa.Connection, dataset_id: int, selection: Selection) -> Iterator[Candidate]:
    """The items, in the order in which they came."""
    query = _selected(connection, dataset_id, selection).with_only_columns(*_COLUMNS, maintain_column_froms=True)
    item_ids = set(selection.item_ids)
    for row in connection.execute(query):
        if not item_ids or row.id in item_ids:
            yield _candidate(row)


def _selected(connection: sa.Connection, dataset_id: int, selection: Selection) -> sa.Select[Any]:
    """All conditions but the ids, of which there may be more than a statement takes."""
    query = working_copy.filtered(connection, dataset_id, selection)
    query = query.where(sa.func.json_array_length(_ITEM.responses) > 1)
    if not selection.unjudged_only:
        return query
    judgement = tables.Judgement
    return query.where(
        ~sa.exists().where(
            judgement.dataset_id == dataset_id,
            judgement.item_id == _ITEM.id,
            judgement.source.in_(("human", "adjudicator")),
            judgement.verdict.not_in(("withdrawn", "skip")),
            rounds.not_superseded(),
        )
    )


def _candidate(row: sa.Row[Any]) -> Candidate:
    hidden = generated_items.hidden_scores(row.extra)
    responses = tuple(
        Response(**{**response, "score": hidden.get(response["id"], response["score"])}) for response in row.responses
    )
    preferences = tuple(Preference(preference["chosen"], preference["rejected"]) for preference in row.preferences)
    return Candidate(row.id, responses, preferences, tuple(row.tags))
