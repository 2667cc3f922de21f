"""A workspace with pairs and a tiny model, shared by the tests of a module: runs with checkpoints take a while."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.model_exports import sources
from engine.model_exports.export import export
from engine.spec.answers import ExportedModel
from storage.database import Database, connect
from storage.records import Run
from storage.workspace import Workspace
from tests import tiny
from tests.engine.model_exports.trained import trained

Train = Callable[..., Run]
Export = Callable[..., ExportedModel]


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.write_model(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    database = connect(Workspace(tmp_path_factory.mktemp("workspace")).create())
    tiny.write_pairs(database, "pairs", 40)
    yield database
    database.close()


@pytest.fixture(scope="module")
def train(db: Database, model: Path) -> Train:
    """Makes a run with a checkpoint; the same settings give the same run."""
    made: dict[str, Run] = {}

    def make(algorithm: str, adapter: Any = "none", **blocks: Any) -> Run:
        key = repr((algorithm, adapter, blocks))
        if key not in made:
            made[key] = trained(db, model, algorithm, adapter, **blocks)
        return made[key]

    return make


@pytest.fixture
def export_(db: Database) -> Export:
    """Exports a checkpoint in this process."""

    def make(reference: str, out: Path, *, merge: bool = False, force: bool = False) -> ExportedModel:
        source = sources.find(db, reference, merge=merge)
        return export(db, source, out, force=force, tell=lambda text: None)

    return make
