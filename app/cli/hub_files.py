"""Fetches a split of a dataset of the Hugging Face hub for the command line, and says how far it is."""

from app.actions import hub_datasets
from app.cli import progress_bar
from app.cli.output import note
from app.people import COMMAND_LINE
from storage.data_files import DataFiles
from storage.hub.dataset_ids import DatasetId
from words import names

POLL_SECONDS = 0.2


def fetched(name: DatasetId, split_name: str | None) -> DataFiles:
    """The files of the split, on this machine. Raises StorageError with a sentence."""
    repository = hub_datasets.find(COMMAND_LINE, name)
    config = repository.config(name.config)
    split = repository.split(config, split_name)
    count = f"{len(split.files)} file{'s' if len(split.files) != 1 else ''}"
    note(f"{repository.origin(config)}, split {split.name}: {count}, {names.size(split.size)}.")
    with (
        hub_datasets.download(COMMAND_LINE, repository, config, split) as download,
        progress_bar.byte_progress(split.size) as show,
    ):
        while not download.is_done(POLL_SECONDS):
            show(download.fetched)
        return download.files()
