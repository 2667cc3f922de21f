"""Named views of the table of runs: a person saves what the page's address holds, and deletes it.

Left out: what the address may say (`app.runs.table_view`).
"""

from collections.abc import Mapping

from app.actions.permissions import record, require
from app.people import Person
from storage import saved_view_writes
from storage.database import Database
from storage.records import SavedView


def save(db: Database, person: Person, name: str, query: Mapping[str, str], now: float) -> SavedView:
    """Keep the query under a name, in place of a view of the same name. Raises Invalid."""
    require(person, "researcher")
    view = saved_view_writes.save(db, name, query, account=person.account, now=now)
    record(db, person, "view.save", view.name, now, query=view.query)
    return view


def delete(db: Database, person: Person, name: str, now: float) -> None:
    """Forget a view. Raises NotFound."""
    require(person, "researcher")
    saved_view_writes.delete(db, name)
    record(db, person, "view.delete", name, now)
