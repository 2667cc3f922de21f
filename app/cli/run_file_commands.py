"""`alignlab runs import|export`: runs of other trainers and trackers in, runs for TensorBoard out.

Left out: what a trainer sends while it trains (`callback_command`).
"""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.options import Json, WorkspaceOption, opened
from app.cli.output import Refusal, note, write, write_json
from app.people import COMMAND_LINE

if TYPE_CHECKING:
    from app.actions.foreign_runs import ImportOutcome

FORMATS = ("tensorboard",)


def import_(
    path: Annotated[
        Path,
        typer.Argument(
            metavar="PATH",
            help="TensorBoard files or folder, trainer_state.json, output folder, completions_*.parquet, W&B, Trackio.",
        ),
    ],
    name: Annotated[
        str | None, typer.Option("--name", metavar="NAME", help="What the run is called; else as at its source.")
    ] = None,
    as_json: Json = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Import the runs of another trainer or tracker. More of a source that was imported replaces what there was."""
    from app.actions import foreign_runs

    source = path.expanduser()
    if not as_json:
        note(f"Reading {source} ...")
    outcomes = foreign_runs.import_runs(opened(workspace), COMMAND_LINE, source, time.time(), name=name)
    if as_json:
        write_json([_as_json(outcome) for outcome in outcomes])
        return
    for outcome in outcomes:
        write(_sentence(outcome))


def export(
    run_ids: Annotated[list[str], typer.Argument(metavar="ID ...", help="The runs, or beginnings of their ids.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="A folder; each run gets a folder in it.")],
    format: Annotated[str, typer.Option("--format", metavar="FORM", help="tensorboard.")] = "tensorboard",
    as_json: Json = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Write every point of runs as event files, which TensorBoard reads: tensorboard --logdir DIR."""
    from app.actions import foreign_runs

    if format not in FORMATS:
        raise Refusal(f"There is no form {format}. There is: {', '.join(FORMATS)}.")
    folder = out.expanduser().resolve()
    if folder.exists() and not folder.is_dir():
        raise Refusal(f"{folder} is a file: name a folder with --out.")
    database = opened(workspace)
    exported = foreign_runs.export_events(database, COMMAND_LINE, list(dict.fromkeys(run_ids)), folder, time.time())
    if as_json:
        write_json({"files": [str(file) for file in exported.files], "points": exported.points})
        return
    for file in exported.files:
        write(str(file))
    note(f"{exported.points:,} points; look at them with: tensorboard --logdir {folder}")


def _sentence(outcome: "ImportOutcome") -> str:
    from storage.errors import StorageError

    result = outcome.result
    if isinstance(result, StorageError):
        return f"{outcome.name}: {result}"
    answers = f" and {result.completions:,} answers" if result.completions else ""
    verb = "Updated" if result.updated else "Imported"
    return f"{verb} {result.run.id}  {result.run.name}: {result.points:,} points{answers}."


def _as_json(outcome: "ImportOutcome") -> dict[str, Any]:
    from storage.errors import StorageError

    result = outcome.result
    if isinstance(result, StorageError):
        return {"name": outcome.name, "error": str(result)}
    counts = {"points": result.points, "answers": result.completions, "updated": result.updated}
    return {"id": result.run.id, "name": result.run.name, "algorithm": result.run.algorithm, **counts}
