"""What the command line says about an imported file: how it was read, what was not, and which rows were left out."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from storage.errors import ImportFailed
from storage.import_problems import Fold
from words import english

if TYPE_CHECKING:
    from storage.data_files import DataFiles, ImportReport

SHOWN_FOLDS = 5  # sentences about bad rows
SHOWN_FIELDS = 10
MAPPING = "As in: --map prompt=COLUMN,chosen=COLUMN,rejected=COLUMN."


def warnings(report: "ImportReport") -> Iterator[str]:
    """Lines for the person, beside the answer."""
    if report.encoding not in (None, "UTF-8"):
        yield f"Read as {report.encoding}."
    if report.unread:
        fields = [f"{name} ({count})" for name, count in list(report.unread.items())[:SHOWN_FIELDS]]
        rest = len(report.unread) - len(fields)
        more = f", and {rest} more" if rest else ""
        yield f"Fields not read, kept with each item: {', '.join(fields)}{more}."
    if report.suspicious:
        names = ", ".join(report.suspicious[:SHOWN_FIELDS])
        yield f"Warning: these names sound like an answer, a score or a label: {names}. --map FIELD=COLUMN reads them."
    if report.bad:
        yield f"{report.bad} bad rows were left out. {bad_rows(report.folds, report.unit, report.bad)}"


def as_json(report: "ImportReport", files: "DataFiles") -> dict[str, Any]:
    """The report as `--json` answers it."""
    return {
        "name": report.name,
        "kind": report.kind,
        "format": report.format,
        "imported": report.imported,
        "ties": report.ties,
        "flagged": {flag: count for flag, count in report.flagged.items() if count},
        "container": report.container,
        "encoding": report.encoding,
        "unread": report.unread,
        "suspicious": list(report.suspicious),
        "bad": [{"row": number, "unit": report.unit, "problem": english(text)} for number, text in report.problems],
        "bad_count": report.bad,
        **({"origin": files.origin, "split": files.split} if files.origin else {}),
    }


def failure(error: ImportFailed) -> str:
    """Why nothing was imported, in one line."""
    advice = f" --skip-bad imports the {error.good} good ones." if error.good else ""
    return f"{error} {bad_rows(error.folds, error.unit, error.text[1]['bad'])}{advice}"


def bad_rows(folds: tuple[Fold, ...], unit: str, count: int) -> str:
    """The first sentences about bad rows, equal ones once with their count."""
    shown = folds[:SHOWN_FOLDS]
    rest = count - sum(fold.count for fold in shown)
    return " ".join([*(_fold(fold, unit) for fold in shown), *([f"And {rest} more."] if rest > 0 else [])])


def _fold(fold: Fold, unit: str) -> str:
    sentence = english(fold.text)
    if fold.count > 1:
        return f"{fold.count} {unit}s: {sentence} (first: {unit} {fold.first})"
    return f"{unit} {fold.first}: {sentence}" if fold.first else sentence
