"""Bringing in what ships with the product: its datasets, and the recorded example study.

Left out: reading those files, which the engine's installer does in a process of its own.
"""

from app.actions.permissions import record, require
from app.clients import EngineClient
from app.people import Person
from storage import datasets, studies
from storage.database import Database
from storage.records import Dataset, Study


def bring_samples(db: Database, person: Person, engine: EngineClient, now: float) -> list[Dataset]:
    """Import the datasets that ship and that the workspace lacks; all its datasets afterwards. Raises EngineError."""
    require(person, "researcher")
    engine.bring_samples()
    record(db, person, "dataset.bring_samples", "", now)
    return datasets.listing(db)


def bring_example(db: Database, person: Person, engine: EngineClient, now: float) -> Study:
    """The recorded study, brought in the first time it is asked for. Raises EngineError."""
    require(person, "researcher")
    study = studies.get(db, engine.bring_example())
    record(db, person, "study.bring_example", study.id, now)
    return study
