"""Takes the next step of running studies when one of their runs has changed its state.

What it remembers only spares reading: a new engine steps every running study once. Left out: the step
(`engine.studies`).
"""

from collections.abc import Collection, Mapping

from engine import studies as study_plans
from storage import studies
from storage.database import Database


class StudySteps:
    """The running studies of a database as this process last saw them. `only`: one study, and no other."""

    def __init__(self, db: Database, only: str | None = None) -> None:
        self._db = db
        self._only = only
        self._counts: Mapping[str, Mapping[str, int]] = {}

    def poll(self, now: float) -> None:
        """Step the studies in which something has changed. Reads once, and writes only where a study goes on."""
        progress = studies.progress(self._db, states=("running",))
        running = {study: seen.counts for study, seen in progress.items() if self._only in (None, study)}
        changed = [study for study, counts in running.items() if self._counts.get(study) != counts]
        self._forget([study for study in self._counts if study not in running])
        for study in changed:
            study_plans.step(self._db, study, now)
            self._counts = {**self._counts, study: running[study]}

    def _forget(self, ended: Collection[str]) -> None:
        self._counts = {study: counts for study, counts in self._counts.items() if study not in ended}
