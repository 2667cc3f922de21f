"""Which files of a repository are which split of which configuration, by the hub's own conventions.

What the card says (`configs:` with patterns) holds; else the names of folders and files tell, as
https://huggingface.co/docs/hub/datasets-file-names-and-splits has it. Left out: fetching either (`repositories`).
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from glob import escape
from pathlib import PurePosixPath
from typing import Any

ENDINGS = (".parquet", ".arrow", ".jsonl", ".ndjson", ".json", ".csv", ".tsv")
"""Of the files that are read; where a configuration has several, the most frequent counts, then the first of these."""
PACKED = (".gz", ".zst", ".zip")
DEFAULT = "default"
TRAIN = "train"
_NO_DATA = {"config.json", "dataset_info.json", "dataset_infos.json", "dataset_dict.json", "state.json"}
_WORDS = {TRAIN: "train|training", "validation": "validation|valid|dev|val", "test": "test|testing|eval|evaluation"}
_NAMED = {name: re.compile(rf"(?:^|[-._ 0-9])(?:{words})(?:$|[-._ 0-9])") for name, words in _WORDS.items()}
_SHARD = re.compile(r"data/(\w+(?:\.\w+)*)-[0-9]{5}-of-[0-9]{5,}\b.*")
_CONVERTED_PATH = re.compile(r"([^/]+)/([^/]+)/[0-9]{4,}\.parquet")


@dataclass(frozen=True)
class DataFile:
    """A file by its path in the repository, and its size in bytes."""

    path: str
    size: int


@dataclass(frozen=True)
class Split:
    """A part of a configuration, and its files in their order."""

    name: str
    files: tuple[DataFile, ...]

    @property
    def size(self) -> int:
        """The bytes of all files."""
        return sum(file.size for file in self.files)


@dataclass(frozen=True)
class Config:
    """A configuration: `patterns` of the files of each split, or none where names tell the splits below `folder`."""

    name: str
    patterns: Mapping[str, Sequence[str]] = field(default_factory=dict)
    folder: str = ""
    is_default: bool = False

    def splits(self, files: Sequence[DataFile]) -> list[Split]:
        """The splits that have files, all of one ending."""
        inside = [file for file in files if file.path.startswith(self.folder)]
        if not self.patterns:
            return _named_splits(_of_one_ending(inside), len(self.folder))
        matching = {
            name: [file for file in inside if any(matches(self.folder + pattern, file.path) for pattern in patterns)]
            for name, patterns in self.patterns.items()
        }
        kept = set(_of_one_ending([file for chosen in matching.values() for file in chosen]))
        return _splits({name: [file for file in chosen if file in kept] for name, chosen in matching.items()})


def data_files(files: Iterable[DataFile]) -> list[DataFile]:
    """The files that hold rows, by path: no hidden ones, and none that only describe the repository."""
    return sorted((file for file in files if _ending(file.path) and not _is_hidden(file.path)), key=lambda f: f.path)


def configs(files: Sequence[DataFile], card: Any) -> list[Config]:
    """The configurations of a repository with these data files; `card` is what its README declares as `configs`.

    Files as the hub converts them, config/split/0000.parquet, say it by their paths. Else without such a card all files
    are one configuration, and each folder at the top is one too, where there are several.
    """
    converted = [match.groups() for file in files if (match := _CONVERTED_PATH.fullmatch(file.path))]
    if converted and len(converted) == len(files):
        patterns: dict[str, dict[str, list[str]]] = {}
        for config, split in converted:
            patterns.setdefault(config, {})[split] = [escape(f"{config}/{split}/") + "*"]
        return [Config(name, of_splits) for name, of_splits in patterns.items()]
    declared = [_declared(entry) for entry in card if isinstance(entry, dict)] if isinstance(card, list) else []
    if declared:
        return declared
    folders = dict.fromkeys(top for file in files if (top := file.path.partition("/")[0]) != file.path)
    own = [name for name in folders if name not in ("data", DEFAULT) and not _split_named(name)]
    return [Config(DEFAULT), *(Config(name, folder=f"{name}/") for name in own if len(own) > 1)]


def matches(pattern: str, path: str) -> bool:
    """Whether a pattern of a card names the path; ** stands for any number of folders.

    >>> matches("data/*.json", "data/a.json"), matches("**/train-*", "x/y/train-1"), matches("*.json", "data/a.json")
    (True, True, False)
    """
    parts = path.split("/")
    reached = {0}  # how many parts of the path the pattern so far may stand for
    for part in pattern.removeprefix("./").split("/"):
        if part == "**":
            reached = set(range(min(reached, default=len(parts) + 1), len(parts) + 1))
        else:
            reached = {n + 1 for n in reached if n < len(parts) and fnmatchcase(parts[n], part)}
    return len(parts) in reached


def _declared(entry: Mapping[str, Any]) -> Config:
    """A configuration of the card; what makes no sense in it is left out, and then names tell."""
    name, folder = entry.get("config_name"), entry.get("data_dir")
    path = str(PurePosixPath(folder)).strip("/") if isinstance(folder, str) else ""
    return Config(
        name if isinstance(name, str) and name else DEFAULT,
        _patterns(entry.get("data_files")),
        "" if path in ("", ".") else f"{path}/",
        entry.get("default") is True,
    )


def _patterns(declared: Any) -> dict[str, list[str]]:
    """Split -> patterns, of the four ways in which a card may write them."""
    if isinstance(declared, dict):
        pairs = list(declared.items())
    elif isinstance(declared, list) and all(isinstance(entry, dict) for entry in declared):
        pairs = [(entry.get("split"), entry.get("path")) for entry in declared]
    else:
        pairs = [(TRAIN, declared)]
    patterns: dict[str, list[str]] = {}
    for split, paths in pairs:
        texts = [path for path in (paths if isinstance(paths, list) else [paths]) if isinstance(path, str)]
        if isinstance(split, str) and texts:
            patterns.setdefault(split, []).extend(texts)
    return patterns


def _named_splits(files: Sequence[DataFile], start: int) -> list[Split]:
    """The splits that the paths tell, read from `start` on: numbered shards, else folders, else files, else train."""
    paths = {file: PurePosixPath(file.path[start:]) for file in files}
    shards = {file: match[1] for file, path in paths.items() if (match := _SHARD.fullmatch(str(path)))}
    folders = {file: name for file, path in paths.items() if (name := _first_named(path.parts[:-1]))}
    stems = {file: name for file, path in paths.items() if (name := _split_named(path.name))}
    named = shards or folders or stems or dict.fromkeys(files, TRAIN)
    order = [*_WORDS, *named.values()]
    return _splits({name: [file for file, of in named.items() if of == name] for name in dict.fromkeys(order)})


def _splits(files: Mapping[str, Sequence[DataFile]]) -> list[Split]:
    return [Split(name, tuple(chosen)) for name, chosen in files.items() if chosen]


def _first_named(parts: Iterable[str]) -> str | None:
    return next((name for part in parts if (name := _split_named(part))), None)


def _split_named(part: str) -> str | None:
    return next((name for name, pattern in _NAMED.items() if pattern.search(part)), None)


def _of_one_ending(files: Sequence[DataFile]) -> list[DataFile]:
    """The files of the most frequent ending: the same rows often lie there in several forms."""
    counts = Counter(_ending(file.path) for file in files)
    best = max(counts, key=lambda ending: (counts[ending], -ENDINGS.index(ending)), default="")
    return [file for file in files if _ending(file.path) == best]


def _ending(path: str) -> str:
    """The ending without that of a compressed form; empty for a file that holds no rows."""
    name = path.rpartition("/")[2].lower()
    for packed in PACKED:
        name = name.removesuffix(packed)
    ending = PurePosixPath(name).suffix
    return ending if ending in ENDINGS and name not in _NO_DATA else ""


def _is_hidden(path: str) -> bool:
    return any(part.startswith((".", "__")) for part in path.split("/"))
