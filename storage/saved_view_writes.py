"""Saving and deleting named views of the table of runs.

Left out: reading them (`saved_views`), and what a view's address means, which the page knows.
"""

from collections.abc import Mapping

import sqlalchemy as sa

from storage import tables
from storage.database import Database
from storage.errors import Invalid, NotFound
from storage.records import SavedView
from words import N_
from words.names import unseen_character

LONGEST_VIEW_NAME = 60


def save(db: Database, name: str, query: Mapping[str, str], *, account: str | None, now: float) -> SavedView:
    """Keep the query under a name, in place of a view of the same name. Raises Invalid."""
    name = name.strip()
    if not name or len(name) > LONGEST_VIEW_NAME or unseen_character(name):
        text = N_("The name of a view has 1 to {most} characters that can be seen.")
        raise Invalid(text, most=LONGEST_VIEW_NAME)
    view = SavedView(name, dict(query), account, now)
    with db.write() as connection:
        connection.execute(sa.delete(tables.SavedView).where(tables.SavedView.name == name))
        connection.execute(sa.insert(tables.SavedView).values(vars(view)))
    return view


def delete(db: Database, name: str) -> None:
    """Forget the view of this name. Raises NotFound."""
    with db.write() as connection:
        if not connection.execute(sa.delete(tables.SavedView).where(tables.SavedView.name == name)).rowcount:
            raise NotFound(N_("There is no view {name}."), name=name)
