"""A workspace for actions: no page and no browser session."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.database import Database, connect
from storage.workspace import Workspace

NOW = 1_800_000_000.0


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    database = connect(Workspace(tmp_path / "workspace").create())
    yield database
    database.close()
