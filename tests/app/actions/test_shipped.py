"""What ships with the product is brought in by the engine's installer, here stood in for."""

import pytest

from app.actions import shipped
from app.clients import EngineClient, EngineError
from app.people import LOCAL
from storage import dataset_writes, study_writes
from storage.database import Database
from tests.app.actions.conftest import NOW


def test_the_datasets_that_ship_are_listed_once_they_are_here(db: Database, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(
        EngineClient, "bring_samples", lambda self: dataset_writes.create(db, "polite-weather", "pairs", NOW)
    )
    listed = shipped.bring_samples(db, LOCAL, EngineClient(db.workspace), NOW)
    assert [data.name for data in listed] == ["polite-weather"]


def test_the_example_comes_back_as_its_study(db: Database, monkeypatch: pytest.MonkeyPatch):
    study = study_writes.create(db, name="quartet", spec={}, now=NOW)
    monkeypatch.setattr(EngineClient, "bring_example", lambda self: study.id)
    assert shipped.bring_example(db, LOCAL, EngineClient(db.workspace), NOW) == study


def test_an_engine_that_fails_is_told(db: Database, monkeypatch: pytest.MonkeyPatch):
    def refuse(self: EngineClient) -> None:
        raise EngineError("The disk is full.")

    monkeypatch.setattr(EngineClient, "bring_samples", refuse)
    with pytest.raises(EngineError, match="The disk is full"):
        shipped.bring_samples(db, LOCAL, EngineClient(db.workspace), NOW)
