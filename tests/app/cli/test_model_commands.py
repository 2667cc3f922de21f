"""`alignlab models`: what is here, and a name that is no good."""

from pathlib import Path

import pytest

from tests import tiny
from tests.app.cli.conftest import Alignlab

pytestmark = pytest.mark.slow


def test_the_starter_is_listed_and_models_of_the_workspace_are(alignlab: Alignlab, tmp_path: Path):
    tiny.write_model(tmp_path / "workspace" / "models" / "mine")
    listed = {model["name"]: model for model in alignlab("models", "list", "--json").json}
    assert listed["starter"]["parameters"] > 1_000_000
    assert listed["smollm2-135m"]["folder"] is None
    assert listed["mine"]["folder"] == str(tmp_path / "workspace" / "models" / "mine")
    assert "starter" in alignlab("models", "list").out


def test_a_folder_that_is_no_model_is_listed_with_what_is_wrong(alignlab: Alignlab, tmp_path: Path):
    (tmp_path / "workspace" / "models" / "empty").mkdir(parents=True)
    answer = alignlab("models", "list")
    assert answer.code == 0
    assert "empty" in answer.out
    assert answer.err.splitlines()[-1].endswith("of the model empty has no config.json.")


@pytest.mark.parametrize("name", ["../pickled", "no model's name"])
def test_a_name_that_is_none_is_one_line(alignlab: Alignlab, name: str):
    answer = alignlab("models", "add", name)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.splitlines()[-1].endswith(".")
    assert name in answer.err
