"""What the hub says of a dataset, and each way in which it can refuse."""

import threading

import pytest

from storage.errors import Invalid, NotFound, StorageError
from storage.hub import answers, repositories
from storage.hub.answers import Unreachable
from storage.hub.dataset_ids import DatasetId, parse
from tests.fake_hub import MAIN, TOKEN, FakeDataset, FakeHub

ROWS = b'{"prompt": "Hi", "chosen": "a", "rejected": "b"}\n'
CONFIGS = [{"config_name": name, "data_files": f"{name}/*"} for name in ("one", "two")]


def refused(name: str) -> str:
    with pytest.raises(StorageError) as error:
        repositories.find(parse(name))
    return str(error.value)


def test_a_dataset_is_pinned_to_its_commit(hub: FakeHub) -> None:
    dataset = hub.add("org/pairs", {"train.jsonl": ROWS, "test.jsonl": ROWS * 2, "run.py": b"import os"})
    repository = repositories.find(DatasetId("org/pairs"))
    config = repository.config()
    assert repository.origin(config) == f"hub:org/pairs@{dataset.commit(MAIN)}"
    assert [(split.name, split.size) for split in config.splits(repository.files)] == [
        ("train", len(ROWS)),
        ("test", 2 * len(ROWS)),
    ]
    assert repository.split(config).name == "train"
    with pytest.raises(NotFound, match=r"org/pairs has no split dev; it has train, test\."):
        repository.split(config, "dev")
    assert repositories.find(parse(repository.origin(config))) == repository


def test_a_revision_is_read_as_it_was(hub: FakeHub) -> None:
    hub.add("org/pairs", {"train.jsonl": ROWS}).revisions["v1"] = {"old.jsonl": ROWS}
    assert [file.path for file in repositories.find(parse("org/pairs@v1")).files] == ["old.jsonl"]
    assert refused("org/pairs@v2") == "The dataset org/pairs has no revision v2."


def test_of_several_configurations_one_has_to_be_named(hub: FakeHub) -> None:
    hub.add("org/two", {"one/a.csv": b"", "two/a.csv": b""}, CONFIGS)
    repository = repositories.find(DatasetId("org/two"))
    with pytest.raises(Invalid, match=r"org/two has several configurations: one, two\. Name one, as in hub:"):
        repository.config()
    with pytest.raises(NotFound, match="has no configuration three; it has one, two"):
        repository.config("three")
    assert repository.origin(repository.config("two")).startswith("hub:org/two/two@")
    hub.add("org/two", {"one/a.csv": b"", "two/a.csv": b""}, [CONFIGS[0], {**CONFIGS[1], "default": True}])
    assert repositories.find(DatasetId("org/two")).config().name == "two"


def test_a_default_is_marked_or_called_so_and_a_split_called_train(hub: FakeHub) -> None:
    card = [{"config_name": name, "data_files": f"{name}/*"} for name in ("one", "default")]
    hub.add("org/two", {"one/a.csv": b"", "default/test.csv": b"", "default/train.csv": b""}, card)
    repository = repositories.find(DatasetId("org/two"))
    assert (default := repository.default_config()) is not None
    assert default.name == "default"
    hub.add("org/two", {"one/a.csv": b"", "default/a.csv": b""}, [{**card[0], "default": True}, card[1]])
    assert repositories.find(DatasetId("org/two")).config().name == "one"


def test_splits_without_train_have_to_be_named(hub: FakeHub) -> None:
    hub.add("org/odd", {"data/a-00000-of-00001.csv": b"", "data/b-00000-of-00001.csv": b""})
    repository = repositories.find(DatasetId("org/odd"))
    with pytest.raises(Invalid, match=r"org/odd has several splits: a, b\. Name one with --split"):
        repository.split(repository.config())


def test_where_there_are_no_data_files_those_are_taken_that_the_hub_converted(hub: FakeHub) -> None:
    dataset = hub.add("org/script", {"script.py": b"import os", "README.md": b""}, CONFIGS)
    said = refused("org/script")
    assert said.startswith("The dataset org/script has no file that is read (.parquet, ")
    assert said.endswith("AlignLab runs no code of a dataset.")
    dataset.revisions[repositories.CONVERTED_REVISION] = {"en/train/0000.parquet": b"x"}
    repository = repositories.find(DatasetId("org/script"))
    origin = repository.origin(repository.config())
    assert origin == f"hub:org/script/en@{dataset.commit(repositories.CONVERTED_REVISION)}"
    assert repositories.find(parse(origin)) == repository


def test_a_private_dataset_needs_a_token_and_the_sentence_says_so(
    hub: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.add("org/mine", {"a.jsonl": ROWS}, is_private=True)
    said = refused("org/mine")
    assert said == refused("org/nothing").replace("nothing", "mine")
    assert "shows no dataset org/mine. If it is private, set HF_TOKEN or sign in" in said
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    assert repositories.find(DatasetId("org/mine")).name == "org/mine"


def test_a_hub_that_fails_is_told_apart_from_one_that_is_not_there(
    hub: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huggingface_hub import constants

    hub.datasets["org/pairs"] = FakeDataset({MAIN: {"a.jsonl": ROWS}})
    hub.status = 503
    assert refused("org/pairs") == "The Hugging Face hub answered 503 about the dataset org/pairs: try again later."
    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")
    assert refused("org/pairs").startswith("The Hugging Face hub cannot be reached (")
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    assert refused("org/pairs").startswith("HF_HUB_OFFLINE is set")


def test_what_takes_too_long_is_not_waited_for(hub: FakeHub) -> None:
    with pytest.raises(TimeoutError):
        answers.within(0.0, threading.Event().wait)
    said = answers.refusal(TimeoutError("no answer within 10 s"), "dataset", "org/pairs")
    assert isinstance(said, Unreachable)
    assert "(no answer within 10 s)" in str(said)
