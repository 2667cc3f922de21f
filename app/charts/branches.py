"""Where the curves of forks begin: with those of the runs that they came from.

Left out: drawing them (`js/branches.js`).
"""

from collections.abc import Mapping, Sequence

from app.charts.live_panels import Origin
from app.markup import texts
from storage import run_links
from storage.database import Database
from storage.records import Run


def origins(db: Database, runs: Sequence[Run]) -> Mapping[str, Sequence[Origin]]:
    """The runs that each fork came from, the oldest first, up to which step."""
    return {
        run: [Origin(link.parent, link.step or 0, texts.fork_of(link.parent, link.step or 0)) for link in line]
        for run, line in run_links.fork_lines(db, [run.id for run in runs]).items()
    }
