"""What many commands share: their options, and how they open a workspace."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.child_processes import finish
from app.cli.output import Refusal, note

if TYPE_CHECKING:
    from storage.database import Database
    from storage.workspace import Workspace

SAMPLES_MARK = "shipped.json"  # what the installer leaves among the datasets

Json = Annotated[bool, typer.Option("--json", help="Answer with one line of JSON alone on stdout.")]
WorkspaceOption = Annotated[
    Path | None,
    typer.Option("--workspace", metavar="DIR", help="Folder of runs and data; else ALIGNLAB_HOME, or found."),
]
RunId = Annotated[str, typer.Argument(metavar="ID", help="A run's id, or its beginning.")]
Detach = Annotated[bool, typer.Option("--detach", help="Only queue it; an engine will train it.")]
Changes = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Change a setting, such as optimizer.batch_size=8; repeatable."),
]


def workspace_at(explicit: Path | None) -> "Workspace":
    """The chosen workspace, also for the child processes of this one."""
    from app import clients

    if explicit is not None:
        os.environ["ALIGNLAB_HOME"] = str(explicit.expanduser().resolve())
    return clients.workspace()


def opened(explicit: Path | None) -> "Database":
    """The storage of the workspace; a new workspace gets the sample datasets first."""
    from app import clients

    workspace = workspace_at(explicit).create()
    if not (workspace.datasets / SAMPLES_MARK).exists():
        note(f"Setting up the workspace {workspace.root}")
        finish("engine.starter.install", "--workspace", str(workspace.root))
    return clients.database()


def check_unused(out: Path, *, force: bool) -> None:
    """Raise Refusal unless a file can be made there; `force` replaces one that is there."""
    if not out.absolute().parent.is_dir():
        raise Refusal(f"There is no folder {out.absolute().parent}.")
    if out.is_dir():
        raise Refusal(f"{out} is a folder: name a file in it.")
    if out.is_file() and not force:
        raise Refusal(f"{out} is there already: choose another name, or --force to replace it.")


def writable(out: Path) -> Path:
    """The absolute path of `out`, tried for writing before anything long begins. Raises Refusal."""
    path = out.expanduser().resolve()
    try:
        path.open("ab").close()  # touch() would find nothing wrong with a folder
    except OSError as error:
        raise Refusal(f"{path} cannot be written: {error.strerror}. Choose another file with --out.") from error
    return path
