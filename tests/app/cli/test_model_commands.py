"""`alignlab models`: what is here, a name that is no good, and a trained model that is taken out."""

from pathlib import Path

import pytest

from storage.database import Database
from tests import tiny
from tests.app.cli.conftest import Alignlab
from tests.engine.model_exports.trained import LORA, trained

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


def test_a_checkpoint_is_exported_and_read_back(alignlab: Alignlab, database: Database, tmp_path: Path):
    model = tiny.write_model(tmp_path / "model")
    tiny.write_pairs(database, "pairs", 40)
    run = trained(database, model, "dpo", LORA)
    answer = alignlab("models", "export", run.id, "--out", str(tmp_path / "out"), "--merge", "--json")
    assert (answer.code, answer.json["checkpoint"], answer.json["form"]) == (0, f"run:{run.id}@5", "model")
    assert answer.json["check"]["largest_difference"] <= 1e-5
    assert (tmp_path / "out" / "model.safetensors").is_file()
    assert "comparing" in answer.err
    again = alignlab("models", "export", run.id, "--out", str(tmp_path / "out"))
    assert (again.code, again.out) == (2, "")
    assert again.err.splitlines()[-1].endswith("choose another name, or replace it (--force).")
    replaced = alignlab("models", "export", f"{run.id}@0", "--out", str(tmp_path / "out"), "--force")
    assert replaced.code == 0
    assert "Read without AlignLab, the greedy answers to 4 prompts are the same" in replaced.out


def test_a_run_without_a_checkpoint_is_one_line(alignlab: Alignlab, database: Database, tmp_path: Path):
    model = tiny.write_model(tmp_path / "model")
    tiny.write_pairs(database, "pairs", 40)
    run = tiny.submit(database, tiny.settings(model, "pairs"))
    answer = alignlab("models", "export", run.id, "--out", str(tmp_path / "out"))
    sentence = f"The run {run.id} has no checkpoint yet, so there is nothing to export."
    assert (answer.code, answer.out, answer.err) == (2, "", f"{sentence}\n")
