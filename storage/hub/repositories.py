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

CONVERTED = "refs/convert/parquet"


@dataclass(frozen=True)
class Repository:
    """The data files of a dataset at a commit, and how its configurations divide them."""

    name: str
    commit: str
    files: tuple[DataFile, ...]
    configs: tuple[Config, ...]

    def config(self, name: str | None = None) -> Config:
        """The configuration of this name; without one the default, or the only one. Raises Invalid, NotFound."""
        names = [config.name for config in self.configs]
        if name is not None:
            found = [config for config in self.configs if config.name == name]
        else:
            declared = [config for config in self.configs if config.is_default]
            found = declared or [config for config in self.configs if config.name == layout.DEFAULT or len(names) == 1]
        if found:
            return found[0]
        if name is not None:
            sentence = N_("The dataset {name} has no configuration {config}; it has {configs}.")
            raise NotFound(sentence, name=self.name, config=name, configs=listed(names))
        raise Invalid(
            N_("The dataset {name} has several configurations: {configs}. Name one, as in {example}."),
            name=self.name,
            configs=listed(names),
            example=str(DatasetId(self.name, names[0])),
        )

    def split(self, config: Config, name: str | None = None) -> Split:
        """The split of this name; without one train, or the only one. Raises Invalid, NotFound."""
        splits = config.splits(self.files)
        found = [split for split in splits if split.name == name or (name is None and len(splits) == 1)]
        if name is None and not found:
            found = [split for split in splits if split.name == TRAIN]
        if found:
            return found[0]
        names = listed([split.name for split in splits])
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
    found = _at(name, name.revision)
    if found is None and name.revision in (None, "main"):
        found = _converted(name)
    if found is None:
        raise Invalid(
            N_(
                "The dataset {name} has no file that is read ({endings}), and the hub made no Parquet of it. AlignLab "
                "runs no code of a dataset."
            ),
            name=name.repository,
            endings=", ".join(layout.ENDINGS),
        )
    return found


def _converted(name: DatasetId) -> Repository | None:
    """The dataset as the hub converted it; None where it did not."""
    try:
        return _at(name, CONVERTED)
    except NotFound:
        return None


def _at(name: DatasetId, revision: str | None) -> Repository | None:
    """The repository at a revision; None where it has no data file."""
    info = _asked(name, partial(_info, name.repository, revision))
    files = layout.data_files(DataFile(file.rfilename, file.size or 0) for file in info.siblings or ())
    card = info.card_data.get("configs") if hasattr(info.card_data, "get") else None
    configs = [config for config in layout.configs(files, card) if config.splits(files)]
    return Repository(info.id, info.sha, tuple(files), tuple(configs)) if configs else None


def _info(repository: str, revision: str | None) -> Any:
    from huggingface_hub import HfApi

    return HfApi().dataset_info(repository, revision=revision, timeout=answers.ANSWER_SECONDS, files_metadata=True)


def _asked(name: DatasetId, request: Callable[[], answers.Answer]) -> answers.Answer:
    try:
        return answers.within(answers.ANSWER_SECONDS, request)
    except Exception as error:  # of the network and the library, which share no class
        raise answers.refusal(error, name) from error
