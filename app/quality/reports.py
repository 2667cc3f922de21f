"""Quality reports that are kept: beside each frozen version, and in the cache for a working copy as it was measured.

Left out: measuring (`measuring`).
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from engine.analysis.quality.quality_report import FORMAT, QualityReport, Score
from storage.database import Database
from storage.files import atomic_write
from storage.judging import rounds, verdict_counts
from storage.records import Dataset


@dataclass(frozen=True)
class State:
    """What the quality of a working copy depends on; `verdicts` and `guideline` change without an edit."""

    edited_at: float
    items: int
    verdicts: int
    guideline: int | None
    format: int = FORMAT


@dataclass(frozen=True)
class Kept:
    """A report of a working copy, which is not current once an item was edited or judged since."""

    report: QualityReport
    is_current: bool


def state(db: Database, data: Dataset) -> State:
    """The working copy as it is now."""
    verdicts, guideline = verdict_counts.given(db, data.name), rounds.guideline_version(db, data.name)
    return State(data.edited_at, data.items, verdicts, guideline)


def of_working_copy(db: Database, data: Dataset) -> Kept | None:
    """The last report of the dataset; None where it was never measured by this version of AlignLab."""
    stored = _read(_working_path(db, data))
    report = None if stored is None else _report(stored)
    if stored is None or report is None:
        return None
    return Kept(report, is_current=stored.get("state") == asdict(state(db, data)))


def of_version(db: Database, version: str) -> QualityReport | None:
    """The report of a frozen version; None where it was not measured."""
    stored = _read(_version_path(db, version))
    return _report(stored) if stored is not None else None


def score_of_version(db: Database, version: str) -> Score | None:
    """The score alone, for what is drawn every second; None where there is none."""
    path = _version_path(db, version)
    return _score(path, path.stat().st_mtime_ns) if path.is_file() else None


@lru_cache(maxsize=256)
def _score(path: Path, written_at: int) -> Score | None:
    stored = _read(path)
    report = None if stored is None else _report(stored)
    return None if report is None else report.measured_score


def keep(db: Database, data: Dataset, measured: State, version: str, report: QualityReport) -> None:
    """Keep the report of a working copy that was in this state, and whose content would freeze as `version`."""
    _write(_working_path(db, data), {"state": asdict(measured), "report": report.to_json()})
    keep_of_version(db, version, report)


def keep_of_version(db: Database, version: str, report: QualityReport) -> None:
    """Keep the report of a frozen version."""
    _write(_version_path(db, version), {"report": report.to_json()})


def _working_path(db: Database, data: Dataset) -> Path:
    return db.workspace.cache / f"quality-{data.id}.json"


def _version_path(db: Database, version: str) -> Path:
    return db.workspace.datasets / f"{version}.quality.json"


def _read(path: Path) -> Mapping[str, Any] | None:
    try:
        stored = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return stored if isinstance(stored, dict) else None


def _report(stored: Mapping[str, Any]) -> QualityReport | None:
    """The report, unless another version of AlignLab, or another program, wrote it."""
    report = stored.get("report")
    if not isinstance(report, dict) or report.get("format") != FORMAT:
        return None
    try:
        return QualityReport.from_json(report)
    except (LookupError, TypeError, ValueError, AttributeError):
        return None


def _write(path: Path, content: Mapping[str, Any]) -> None:
    with atomic_write(path) as unfinished:
        unfinished.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
