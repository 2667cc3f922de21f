"""Runs that were scored by the rule `polite` of earlier versions say `polite_v1`: in settings, curves and samples."""

import sqlalchemy as sa
from alembic import op

from storage.first_polite import Renaming, renaming

revision = "0010"
down_revision = "0009"

JSON = sa.JSON(none_as_null=True)
KEY = ("run_id", "step", "prompt_index", "sample_index")
RUNS = sa.table("runs", sa.column("id"), sa.column("spec", JSON))
SERIES = sa.table("series", sa.column("run_id"), sa.column("key"))
SAMPLES, ROLLOUTS = (
    sa.table(name, *(sa.column(part) for part in KEY), sa.column("scores", JSON))
    for name in ("samples", "rollout_samples")
)


def upgrade() -> None:
    connection = op.get_bind()
    for run in connection.execute(sa.select(RUNS)).all():
        renamed = renaming(run.spec)
        if renamed is not None:
            _rename(connection, run.id, renamed)


def _rename(connection: sa.Connection, run_id: str, renamed: Renaming) -> None:
    connection.execute(sa.update(RUNS).where(RUNS.c.id == run_id).values(spec=renamed.spec))
    for former, name in renamed.keys.items():
        connection.execute(sa.update(SERIES).where(SERIES.c.run_id == run_id, SERIES.c.key == former).values(key=name))
    for table, held_out in ((SAMPLES, True), (ROLLOUTS, False)):
        rows = connection.execute(sa.select(table).where(table.c.run_id == run_id)).all()
        values = [
            {**{f"of_{name}": getattr(row, name) for name in KEY}, "renamed": scores}
            for row in rows
            if (scores := renamed.scores(row.scores, held_out=held_out)) != row.scores
        ]
        if values:
            keys = (table.c[name] == sa.bindparam(f"of_{name}") for name in KEY)
            connection.execute(sa.update(table).where(*keys).values(scores=sa.bindparam("renamed", type_=JSON)), values)
