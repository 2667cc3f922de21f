"""What a person can do with datasets of the Hugging Face hub: have this machine ask for one, and fetch a split of it.

Both reach the hub with the token of this machine, so they are verbs, though they write nothing but the hub's own cache.
Left out: making a dataset of the files (`app.actions.dataset_edits`).
"""

from app.actions.permissions import require
from app.people import Person
from storage.hub import dataset_ids, repositories
from storage.hub.downloads import Download
from storage.hub.layout import Config, Split
from storage.hub.repositories import Repository

__all__ = ["Download", "Repository", "download", "find"]


def find(person: Person, name: dataset_ids.DatasetId) -> Repository:
    """The dataset as the hub has it now. Raises StorageError with a sentence."""
    require(person, "researcher")
    return repositories.find(name)


def download(person: Person, repository: Repository, config: Config, split: Split) -> Download:
    """Begin to fetch the files of a split. Raises Invalid where they are too large."""
    require(person, "researcher")
    return Download(repository, config, split)
