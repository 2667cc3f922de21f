"""The schema's history. Revisions are numbered, so that a newer database is told from an older one without Alembic."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0010"


def upgrade(connection: sa.Connection) -> None:
    """Bring the schema to HEAD inside the caller's transaction."""
    from alembic import command

    command.upgrade(config(connection), HEAD)


def config(connection: sa.Connection) -> Config:
    """Alembic's settings, by program: no alembic.ini to find."""
    from alembic.config import Config

    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    settings.attributes["connection"] = connection
    return settings
