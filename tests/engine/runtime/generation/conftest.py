"""A second tiny model, with other weights."""

from pathlib import Path

import pytest

from tests import tiny


@pytest.fixture(scope="session")
def other_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.write_model(tmp_path_factory.mktemp("other"), seed=1)
