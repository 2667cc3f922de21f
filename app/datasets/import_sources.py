"""What the import dialog imports: a source of files, and the one that is a file a person uploads.

Left out: the source that is a dataset of the hub (`datasets.hub_section`).
"""

import re
import shutil
import tempfile
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

from app.bridge import uploader
from app.translations import _
from storage.data_files import DataFiles
from storage.records import LONGEST_DATASET_NAME

FILE = "import.file"
ENDINGS = re.compile(r"\.(jsonl?|csv|tsv|parquet|arrow|gz|zst|zip)\b", re.IGNORECASE)
Files = Path | DataFiles
Result = TypeVar("Result")


class Source(Protocol):
    """Files that were chosen. `key` tells them from others in the session; a dataset may have the suggested name."""

    @property
    def key(self) -> str: ...

    @property
    def suggested_name(self) -> str: ...

    def use(self, work: Callable[[Files], Result]) -> Result:
        """What `work` makes of the files, which are there until it returns."""


@dataclass(frozen=True)
class Upload:
    """A file that the browser sent."""

    file: Any

    @property
    def key(self) -> str:
        return str(self.file.file_id)

    @property
    def suggested_name(self) -> str:
        return suggested_name(self.file.name)

    def use(self, work: Callable[[Files], Result]) -> Result:
        """Call `work` with a temporary file that holds the upload and has its name: storage reads files.

        It is copied piece by piece, and unlike `getvalue` makes no second copy in memory.
        """
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, re.split(r"[\\/]", self.file.name)[-1][-100:] or "file")
            self.file.seek(0)
            with path.open("wb") as file:
                shutil.copyfileobj(self.file, file)
            return work(path)


def uploaded() -> Upload | None:
    """Draw the uploader; the file in it."""
    file = uploader.one_file(
        _("JSON, JSON Lines, CSV, TSV, Parquet or Arrow, also compressed"),
        key=FILE,
        help=_(
            "Pairs, groups, labelled answers, demonstrations or prompts, as TRL, LLaMA-Factory or HH-RLHF have them."
        ),
    )
    return None if file is None else Upload(file)


def suggested_name(file_name: str) -> str:
    """A dataset's name made of a file's.

    >>> suggested_name("my pairs (v2).jsonl.gz"), suggested_name("../数据.json"), suggested_name("...")
    ('my-pairs-v2', '数据', 'dataset')
    """
    stem = re.split(r"[\\/]", unicodedata.normalize("NFC", file_name))[-1]
    stem = ENDINGS.sub("", stem)
    return re.sub(r"[^\w.-]+", "-", stem).strip("-._")[:LONGEST_DATASET_NAME] or "dataset"
