"""`alignlab clean`: gives back the disk that nothing needs any more. What a run or dataset names stays."""

import time
from typing import Annotated

import typer

from app.cli.options import Json, WorkspaceOption, opened
from app.cli.output import megabytes, write, write_json
from app.people import COMMAND_LINE


def clean(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    as_json: Json = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Delete caches, unfinished checkpoints and files that no run or dataset names."""
    from app.actions import cleaning
    from words import english

    leftovers = cleaning.clean(opened(workspace), COMMAND_LINE, time.time(), dry_run=dry_run)
    freed = sum(leftover.bytes for leftover in leftovers)
    if as_json:
        paths = [
            {"path": str(leftover.path), "bytes": leftover.bytes, "why": english(leftover.why)}
            for leftover in leftovers
        ]
        write_json({"removed": paths, "bytes": freed, "dry_run": dry_run})
        return
    for leftover in leftovers:
        write(f"{leftover.path}  {megabytes(leftover.bytes)}  {english(leftover.why)}")
    write(f"{megabytes(freed)} {'could be' if dry_run else 'were'} freed.")
