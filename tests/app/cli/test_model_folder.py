"""A model folder is the one beside the person, wherever the engine stands."""

import pytest

from app.cli.train_command import absolute_model_paths


@pytest.fixture
def here(tmp_path, monkeypatch):
    (tmp_path / "models" / "mine").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path.resolve()


@pytest.mark.parametrize("name", ["models/mine", "./models/mine"])
def test_a_folder_beside_the_person_is_named_in_full(here, name):
    run = {"algorithm": "dpo", "model": {"name": name, "adapter": "none"}}
    expected = {"name": str(here / "models" / "mine"), "adapter": "none"}
    assert absolute_model_paths(run) == {"algorithm": "dpo", "model": expected}


@pytest.mark.parametrize(
    "run",
    [
        {"model": {"name": "some/hub-id"}},
        {"model": {"name": "models"}},
        {"model": {"name": "~nobody-of-that-name/x"}},
        {"model": {"name": "models/" + "a" * 300}},
        {"model": 3},
        [],
        {},
    ],
)
def test_anything_else_stays_as_it_was_written(here, run):
    assert absolute_model_paths(run) == run
