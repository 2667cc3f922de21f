"""What a list of runs is narrowed by, as SQL: search, state, method, dataset, model, tag, person, archived or not.

Left out: the lists themselves (`run_lists`), and groups of runs (`run_groups`).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from storage import tables
from storage.database import Database
from storage.search_words import search_words

METHOD: sa.ColumnElement[str] = sa.func.coalesce(tables.Run.algorithm, tables.Run.kind)
"""The algorithm; of a run that has none, what it does."""
_COLUMNS: dict[str, sa.ColumnElement[str]] = {
    "method": METHOD,
    "dataset": sa.type_coerce(tables.Run.dataset, sa.String),
    "model": sa.type_coerce(tables.Run.model, sa.String),
    "person": sa.type_coerce(tables.Run.requested_by, sa.String),
}


@dataclass(frozen=True)
class RunFacets:
    """None leaves all runs. `method` is an algorithm, or the kind of a run that has none; `person` an account.

    `archived` is None for both those in the lists and those put away.
    """

    method: str | None = None
    dataset: str | None = None
    model: str | None = None
    tag: str | None = None
    person: str | None = None
    archived: bool | None = False


LISTED = RunFacets()
EVERY_RUN = RunFacets(archived=None)


def matching(text: str, states: Collection[str], facets: RunFacets) -> Sequence[sa.ColumnElement[bool]]:
    """Conditions on columns of `ix_runs_list` alone, but for a tag: no row is read of which nothing is shown."""
    run = tables.Run
    conditions = [run.words.contains(word, autoescape=True) for word in search_words(text)]
    if states:
        # an expression, since SQLite would otherwise take the index by state, and sort all runs of that state
        conditions.append(sa.func.coalesce(run.state, "").in_(states))
    for name, column in _COLUMNS.items():
        value = getattr(facets, name)
        if value is not None:
            conditions.append(column == value)
    if facets.archived is not None:
        conditions.append(run.archived_at.is_not(None) if facets.archived else run.archived_at.is_(None))
    if facets.tag is not None:
        conditions.append(run.id.in_(sa.select(tables.RunTag.run_id).where(tables.RunTag.tag == facets.tag)))
    return conditions


def values(db: Database) -> dict[str, dict[str, int]]:
    """By facet, the values that runs have, and how many runs have each; archived runs count too."""
    with db.read() as connection:
        counted = {
            name: connection.execute(
                sa.select(column, sa.func.count()).where(column.is_not(None)).group_by(column).order_by(column)
            )
            for name, column in _COLUMNS.items()
        }
        tag = tables.RunTag.tag
        counted["tag"] = connection.execute(sa.select(tag, sa.func.count()).group_by(tag).order_by(tag))
        return {name: dict(rows.all()) for name, rows in counted.items()}
