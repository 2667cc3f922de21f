"""The dataset versions that runs are evaluated on: a prompt of theirs should not be trained on elsewhere."""

import sqlalchemy as sa

from storage import tables
from storage.database import Database

MOST_RUNS = 2000


def versions(db: Database) -> dict[str, str]:
    """dataset -> the hash of its version that the newest run was evaluated on, by the names in the runs' settings."""
    run = tables.Run
    data, evaluation = run.spec["data"], run.spec["evaluation"]
    names = [
        column.as_string()
        for column in (data["dataset"], data["version"], evaluation["dataset"], evaluation["version"])
    ]
    query = sa.select(*names).where(run.kind == "train").order_by(run.created_at.desc()).limit(MOST_RUNS)
    newest: dict[str, str] = {}
    with db.read() as connection:
        for own, own_version, other, other_version in connection.execute(query):
            name, version = (other, other_version) if other else (own, own_version)
            if name and version:
                newest.setdefault(name, version)
    return newest
