"""Which files are which split: by the card, by names as the hub reads them, and as it converts."""

from collections.abc import Sequence
from typing import Any

import pytest

from storage.hub import layout
from storage.hub.layout import DataFile

SHARDS = [f"data/{name}-0000{n}-of-00002.parquet" for name in ("train_prefs", "test_prefs") for n in range(2)]


def found(paths: Sequence[str], card: Any = None) -> dict[str, dict[str, list[str]]]:
    """Configuration -> split -> paths."""
    files = layout.data_files(DataFile(path, 1) for path in paths)
    return {
        config.name: {split.name: [file.path for file in split.files] for split in config.splits(files)}
        for config in layout.configs(files, card)
    }


@pytest.mark.parametrize(
    ("paths", "splits"),
    [
        (["data.csv", "README.md"], {"train": ["data.csv"]}),
        (
            ["test.jsonl", "dev.jsonl", "train.jsonl"],
            {"train": ["train.jsonl"], "validation": ["dev.jsonl"], "test": ["test.jsonl"]},
        ),
        (["train/2.json", "train/1.json"], {"train": ["train/1.json", "train/2.json"]}),
        (["my_training-set.csv.gz", "other.csv"], {"train": ["my_training-set.csv.gz"]}),
        (["constrained.json", "latest.json"], {"train": ["constrained.json", "latest.json"]}),
        (SHARDS, {"train_prefs": SHARDS[:2], "test_prefs": SHARDS[2:]}),
        (
            ["train.jsonl", "train.csv", "test.csv"],
            {"train": ["train.csv"], "test": ["test.csv"]},
        ),
        (["a.parquet", "a.jsonl"], {"train": ["a.parquet"]}),
        (
            [".x/a.json", "__x/a.json", "dataset_infos.json", "a.py", "a.zip", "a.json.zst"],
            {"train": ["a.json.zst"]},
        ),
    ],
)
def test_without_a_card_names_tell_the_splits(paths: list[str], splits: dict[str, list[str]]) -> None:
    assert found(paths) == {"default": splits}


def test_folders_at_the_top_are_configurations_beside_all_files() -> None:
    paths = ["helpful/train.jsonl.gz", "helpful/test.jsonl.gz", "harmless/train.jsonl.gz"]
    assert found(paths) == {
        "default": {"train": [paths[2], paths[0]], "test": [paths[1]]},
        "harmless": {"train": [paths[2]]},
        "helpful": {"train": [paths[0]], "test": [paths[1]]},
    }


def test_files_as_the_hub_converts_them_say_both_by_their_folders() -> None:
    paths = ["en [a]/train/0000.parquet", "en [a]/train/0001.parquet", "fr/partial-test_sft/0000.parquet"]
    assert found(paths) == {"en [a]": {"train": paths[:2]}, "fr": {"partial-test_sft": paths[2:]}}


@pytest.mark.parametrize(
    ("data_files", "splits"),
    [
        ("x/*.json", {"train": ["x/a.json", "x/b.json"]}),
        (["x/a.json", "**/c.json"], {"train": ["x/a.json", "x/y/c.json"]}),
        ([{"split": "sft", "path": ["x/[b]*"]}, {"split": "none", "path": "no"}], {"sft": ["x/b.json"]}),
        ({"rl": "x/**"}, {"rl": ["x/a.json", "x/b.json", "x/y/c.json"]}),
        ([{"split": "far", "path": "https://elsewhere/a.json"}], {}),
    ],
)
def test_a_card_says_which_files_are_which_split(data_files: Any, splits: dict[str, list[str]]) -> None:
    paths = ["x/a.json", "x/b.json", "x/y/c.json", "test.json"]
    assert found(paths, [{"config_name": "one", "data_files": data_files}]) == {"one": splits}


def test_a_card_with_folders_only_leaves_the_splits_to_names() -> None:
    card = [{"config_name": "one", "data_dir": "./a/", "default": True}, {"config_name": "two", "data_dir": "b"}]
    paths = ["a/test.csv", "b/data/x-00000-of-00001.csv", "ab/c.csv"]
    assert found(paths, card) == {"one": {"test": [paths[0]]}, "two": {"x": [paths[1]]}}
    files = layout.data_files(DataFile(path, 1) for path in paths)
    assert [config.is_default for config in layout.configs(files, card)] == [True, False]


@pytest.mark.parametrize(
    "card", ["en", [], [3, None], [{"config_name": 5, "data_files": 7}], [{"data_files": [{"path": "*"}]}], {}]
)
def test_a_card_that_makes_no_sense_is_as_none(card: Any) -> None:
    assert found(["train.csv"], card) == {"default": {"train": ["train.csv"]}}


def test_a_pattern_of_many_stars_is_matched_in_no_time() -> None:
    assert not layout.matches("**/" * 40 + "*a" * 40 + "b", "a/" * 60 + "a" * 200)
