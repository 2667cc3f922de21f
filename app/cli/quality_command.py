"""`alignlab data quality`: the score of a dataset with its parts, and the rows that have a defect."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.options import Json, WorkspaceOption, opened
from app.cli.output import Refusal, write, write_json, write_table

if TYPE_CHECKING:
    from engine.analysis.quality.quality_report import Ingredient, QualityReport
    from storage.database import Database

WORKING_COPY = "working copy"


def quality(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The dataset's name.")],
    version: Annotated[
        str | None, typer.Option("--version", metavar="HASH", help="A frozen version, or the beginning of its hash.")
    ] = None,
    rows: Annotated[
        str | None, typer.Option("--rows", metavar="DEFECT", help="List the ids of the items with this defect.")
    ] = None,
    as_json: Json = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Measure consistency, diversity and annotation quality, and count what is wrong with which rows."""
    from app.quality import measuring
    from storage import datasets

    db = opened(workspace)
    datasets.get(db, name)
    frozen = None if version is None else _version(db, name, version)
    with _progress() as show:
        report = measuring.working_copy(db, name, show) if frozen is None else measuring.frozen(db, name, frozen, show)
    items = None if rows is None else _items(report, rows)
    if as_json:
        write_json({"name": name, "version": frozen, **_as_json(report), **({} if items is None else {"rows": items})})
    elif items is not None:
        for item in items:
            write(item)
    else:
        _write_report(name, frozen, report)


def _version(db: "Database", name: str, prefix: str) -> str:
    """The hash of the frozen version that begins so. Raises Refusal."""
    from storage import datasets

    hashes = [version.hash for version in datasets.versions(db, name) if version.hash.startswith(prefix.lower())]
    if not prefix or len(hashes) != 1:
        what = "no frozen version that begins" if not hashes else f"{len(hashes)} frozen versions that begin"
        raise Refusal(f"The dataset {name} has {what} with {prefix or 'nothing'}.")
    return hashes[0]


def _items(report: "QualityReport", key: str) -> list[str]:
    items = {defect.key: defect.items for defect in report.defects}
    if key not in items:
        raise Refusal(f"There is no defect {key}; there are: {', '.join(items)}.")
    return list(items[key])


def _as_json(report: "QualityReport") -> dict[str, Any]:
    from words import english

    def ingredient(part: "Ingredient") -> dict[str, Any]:
        figures = {"value": part.value, "low": part.low, "high": part.high, "n": part.n}
        return {"title": english(part.title), **figures, "note": english(part.note) if part.note else None}

    parts = {
        part.key: {
            "value": part.value,
            "weight": part.weight,
            "needs": english(part.needs) if part.needs else None,
            "gaming": english(part.gaming),
            "ingredients": list(map(ingredient, part.ingredients)),
        }
        for part in report.parts
    }
    defects = {
        defect.key: {"title": english(defect.title), "count": len(defect.items), "lowers_score": defect.lowers}
        for defect in report.defects
    }
    histograms = {
        name: None if histogram is None else {"edges": histogram.edges, **histogram.counts}
        for name, histogram in (("lengths", report.lengths), ("length_gaps", report.length_gaps))
    }
    return {
        "score": report.score,
        "items": report.items,
        "judged": report.judged,
        "kept": report.kept,
        "parts": parts,
        "defects": defects,
        "languages": dict(report.languages),
        **histograms,
    }


def _write_report(name: str, version: str | None, report: "QualityReport") -> None:
    from words import english

    measured = report.measured_score
    score = "not measured" if measured is None else f"{measured.value:.2f}"
    if measured is not None and measured.is_partial:
        score += f", {measured.measured} of {measured.parts} parts"
    write(f"{name}, {version[:7] if version else WORKING_COPY}: quality {score}; {report.items} items")
    table: list[tuple[object, ...]] = []
    for part in report.parts:
        if part.value is None:
            table.append((part.key, "–", "", "", f"not measured: needs {english(part.needs)}" if part.needs else ""))
        else:
            table.append((part.key, f"{part.value:.2f}", "", "", f"counts {part.weight:.0%} of the score"))
        table += [_row(ingredient) for ingredient in part.ingredients]
    write_table(("PART", "VALUE", "INTERVAL", "N", ""), table)
    write(f"\n{report.kept} of {report.judged} items have no defect that lowers the score.")
    if report.judged < report.items:
        write(f"{report.items - report.judged} more items count for nothing: nobody has judged their answers.")
    defects = [defect for defect in report.defects if defect.items]
    if defects:
        rows = [(d.key, len(d.items), "yes" if d.lowers else "no", english(d.title)) for d in defects]
        write_table(("DEFECT", "ROWS", "LOWERS THE SCORE", ""), rows)
        write(f"alignlab data quality {name} --rows {defects[0].key} lists the items.")


def _row(ingredient: "Ingredient") -> tuple[object, ...]:
    from words import english

    interval = f"{ingredient.low:.2f} to {ingredient.high:.2f}" if None not in (ingredient.low, ingredient.high) else ""
    value = "–" if ingredient.value is None else f"{ingredient.value:.2f}"
    note = english(ingredient.note) if ingredient.note else ""
    return f"  {english(ingredient.title)}", value, interval, ingredient.n, note


@contextmanager
def _progress() -> Iterator[Callable[[float], None]]:
    """A function that shows the share of the work that is done; a bar in a terminal, else nothing."""
    if not sys.stderr.isatty():
        yield lambda fraction: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (BarColumn(), TextColumn("{task.percentage:>3.0f}%"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=1.0)
        yield lambda fraction: bar.update(task, completed=fraction)
