"""Entries of the audit come back newest first."""

from storage.database import Database
from storage.people import audit


def test_entries_are_listed_newest_first_and_by_account(db: Database):
    for number, account in enumerate(("ann", None, "bo", "ann")):
        audit.record(
            db,
            account=account,
            person=account or "command line",
            action="run.stop",
            subject=f"r{number}",
            now=float(number),
        )
    assert [entry.subject for entry in audit.listing(db)] == ["r3", "r2", "r1", "r0"]
    assert [entry.subject for entry in audit.listing(db, account="ann")] == ["r3", "r0"]
    assert [entry.subject for entry in audit.listing(db, limit=2, offset=1)] == ["r2", "r1"]
    assert audit.listing(db)[2].person == "command line"
    assert audit.listing(db)[0].details == {}
