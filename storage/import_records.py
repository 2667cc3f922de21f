"""What an import found, kept beside the dataset for as long as it is there: datasets/import-<number>.json.

Left out: reading the file (`storage.data_files`). A record that is gone or damaged is no error: nothing rests on it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import words
from storage.data_files import DataFiles, ImportReport
from storage.files import atomic_write
from storage.workspace import Workspace
from words import Text


@dataclass(frozen=True)
class ImportRecord:
    """The file's name and how it was read, what was not read, and the rows that were left out: (number, sentence).

    `origin` and `split` are those of a dataset of the hub, else empty.
    """

    file: str
    format: str
    container: str
    encoding: str | None
    columns: dict[str, str]
    imported: int
    unread: dict[str, int]
    unit: str
    bad: int
    problems: tuple[tuple[int, Text], ...]
    kind: str = ""  # the records of older versions lack it and what follows
    ties: int = 0
    origin: str = ""
    split: str = ""

    @classmethod
    def of(cls, report: ImportReport, files: DataFiles, columns: Mapping[str, str]) -> Self:
        return cls(
            files.name,
            report.format,
            report.container,
            report.encoding,
            dict(columns),
            report.imported,
            report.unread,
            report.unit,
            report.bad,
            report.problems,
            report.kind,
            report.ties,
            files.origin,
            files.split,
        )


def write(workspace: Workspace, dataset_id: int, record: ImportRecord) -> None:
    """Keep the record."""
    problems = [[number, words.to_json(text)] for number, text in record.problems]
    content = json.dumps({**vars(record), "problems": problems}, ensure_ascii=False)
    with atomic_write(_path(workspace, dataset_id)) as unfinished:
        unfinished.write_text(content, encoding="utf-8")


def read(workspace: Workspace, dataset_id: int) -> ImportRecord | None:
    """The record, if there is one that can be read."""
    try:
        content = json.loads(_path(workspace, dataset_id).read_text(encoding="utf-8"))
        problems = tuple((number, (text[0], text[1])) for number, text in content["problems"])
        return ImportRecord(**{**content, "problems": problems})
    except (OSError, ValueError, TypeError, KeyError, IndexError):
        return None


def _path(workspace: Workspace, dataset_id: int) -> Path:
    return workspace.datasets / f"import-{dataset_id}.json"
