"""`alignlab clean`: gives back the disk that nothing needs any more. What a run or dataset names stays."""

import time
from typing import Annotated

import typer

from app.cli.options import Json, Place, opened
from app.cli.output import megabytes, write, write_json


def clean(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    as_json: Json = False,
    workspace: Place = None,
) -> None:
    """Delete caches, unfinished checkpoints and files that no run or dataset names."""
    from storage import garbage
    from words import english

    found = garbage.find(opened(workspace), time.time())
    if not dry_run:
        garbage.remove(found)
    freed = sum(leftover.bytes for leftover in found)
    if as_json:
        paths = [
            {"path": str(leftover.path), "bytes": leftover.bytes, "why": english(leftover.why)} for leftover in found
        ]
        write_json({"removed": paths, "bytes": freed, "dry_run": dry_run})
        return
    for leftover in found:
        write(f"{leftover.path}  {megabytes(leftover.bytes)}  {english(leftover.why)}")
    write(f"{megabytes(freed)} {'could be' if dry_run else 'were'} freed.")
