"""`alignlab clean`: says what goes, and with --dry-run only says it."""

import os

from storage.database import Database
from tests.app.cli.conftest import Alignlab


def test_a_stray_file_is_named_and_then_gone(alignlab: Alignlab, database: Database):
    stray = database.workspace.datasets / "0123.parquet"
    stray.write_bytes(b"12345")
    os.utime(stray, (0, 0))
    expected = {"path": str(stray), "bytes": 5, "why": "no dataset version of this name"}
    looked = alignlab("clean", "--dry-run", "--json").json
    assert looked == {"removed": [expected], "bytes": 5, "dry_run": True}
    assert stray.exists()
    assert alignlab("clean").out.endswith("0.0 MB were freed.\n")
    assert not stray.exists()
