"""A dataset of the hub as its repository stands at one commit: its configurations, their splits, and their files.

Its own data files come first, else the Parquet files that the hub made of it. A script of a dataset is never run.
Left out: which file is which split (`layout`), and the files themselves (`downloads`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from storage.errors import Invalid, NotFound
from storage.hub import answers, layout
from storage.hub.dataset_ids import DatasetId
from storage.hub.layout import TRAIN, Config, DataFile, Split
from words import N_
from words.names import listed

CONVERTED_REVISION = "refs/convert/parquet"


@dataclass(frozen=True)
class Repository:
    """The data files of a dataset at a commit, and how its configurations divide them."""

    name: str
    commit: str
    files: tuple[DataFile, ...]
    configs: tuple[Config, ...]

    def default_config(self) -> Config | None:
        """The configuration of an id without one: what the card marks, `default`, or the only one; None if unclear."""
        marked = [config for config in self.configs if config.is_default]
        named = [config for config in self.configs if config.name == layout.DEFAULT]
        candidates = marked[:1] or named[:1] or self.configs
        return candidates[0] if len(candidates) == 1 else None

    def default_split(self, config: Config) -> Split | None:
        """The split where none is named: train, or the only one; None if unclear."""
        splits = config.splits(self.files)
        candidates = [split for split in splits if split.name == TRAIN] or splits
        return candidates[0] if len(candidates) == 1 else None

    def config(self, name: str | None = None) -> Config:
        """The configuration of this name, or the default. Raises Invalid, NotFound."""
        by_name = {config.name: config for config in self.configs}
        config = self.default_config() if name is None else by_name.get(name)
        if config is not None:
            return config
        names = listed(list(by_name))
        if name is not None:
            sentence = N_("The dataset {name} has no configuration {config}; it has {configs}.")
            raise NotFound(sentence, name=self.name, config=name, configs=names)
        raise Invalid(
            N_("The dataset {name} has several configurations: {configs}. Name one, as in {example}."),
            name=self.name,
            configs=names,
            example=str(DatasetId(self.name, self.configs[0].name)),
        )

    def split(self, config: Config, name: str | None = None) -> Split:
        """The split of this name, or the default. Raises Invalid, NotFound."""
        by_name = {split.name: split for split in config.splits(self.files)}
        split = self.default_split(config) if name is None else by_name.get(name)
        if split is not None:
            return split
        names = listed(list(by_name))
        if name is not None:
            sentence = N_("The dataset {name} has no split {split}; it has {splits}.")
            raise NotFound(sentence, name=self.name, split=name, splits=names)
        raise Invalid(
            N_("The dataset {name} has several splits: {splits}. Name one with --split."), name=self.name, splits=names
        )

    def origin(self, config: Config) -> str:
        """The id that stands for this configuration at this commit for ever."""
        name = None if config.name == layout.DEFAULT else config.name
        return str(DatasetId(self.name, name, self.commit))


def find(name: DatasetId) -> Repository:
    """Ask the hub for the dataset. Raises StorageError with a sentence, within about 20 seconds."""
    repository = _at(name, name.revision)
    if repository is None and name.revision in (None, "main"):
        repository = _converted(name)
    if repository is None:
        raise Invalid(
            N_(
                "The dataset {name} has no file that is read ({endings}), and the hub made no Parquet of it. AlignLab "
                "runs no code of a dataset."
            ),
            name=name.repository,
            endings=", ".join(layout.ENDINGS),
        )
    return repository


def _converted(name: DatasetId) -> Repository | None:
    """The dataset as the hub converted it; None where it did not."""
    try:
        return _at(name, CONVERTED_REVISION)
    except NotFound:
        return None


def _at(name: DatasetId, revision: str | None) -> Repository | None:
    """The repository at a revision; None where it has no data file."""
    info = _answer(name, partial(_info, name.repository, revision))
    files = layout.data_files(DataFile(file.rfilename, file.size or 0) for file in info.siblings or ())
    card = info.card_data.get("configs") if hasattr(info.card_data, "get") else None
    configs = [config for config in layout.configs(files, card) if config.splits(files)]
    return Repository(info.id, info.sha, tuple(files), tuple(configs)) if configs else None


def _info(repository: str, revision: str | None) -> Any:
    from huggingface_hub import HfApi

    return HfApi().dataset_info(repository, revision=revision, timeout=answers.ANSWER_SECONDS, files_metadata=True)


def _answer(name: DatasetId, request: Callable[[], answers.Answer]) -> answers.Answer:
    try:
        return answers.within(answers.ANSWER_SECONDS, request)
    except Exception as error:  # of the network and the library, which share no class
        raise answers.refusal(error, "dataset", name.repository, name.revision) from error
