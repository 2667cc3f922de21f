"""`alignlab doctor`: whether this machine, this installation and this workspace are fit, each in one line."""

import importlib.metadata
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import typer

from app.cli.child_processes import environment
from app.cli.options import Json, WorkspaceOption, workspace_at
from app.cli.output import write_json, write_table

if TYPE_CHECKING:
    from storage.workspace import Workspace

State = Literal["ok", "note", "wrong"]
LEAST_FREE_GB = 2.0
TORCH = """
import os, torch
gpus = [torch.cuda.get_device_name(i) for i in range(torch.cuda.device_count())]
print(f"torch {torch.__version__}, " + (", ".join(gpus) or f"no GPU, {os.cpu_count()} CPU cores"))
"""


@dataclass(frozen=True)
class Finding:
    """The outcome of one check."""

    name: str
    state: State
    detail: str


def doctor(as_json: Json = False, workspace: WorkspaceOption = None) -> None:
    """Check Python, packages, torch, the workspace, the database and the engine."""
    root = workspace_at(workspace).root
    checks: dict[str, Callable[[], tuple[State, str]]] = {
        "python": _python,
        "packages": _packages,
        "torch": _torch,
        "memory": _memory,
        "workspace": lambda: _workspace(workspace_at(workspace)),
        "disk": lambda: _disk(root),
        "database": _database,
        "engine": _engine,
    }
    findings = [Finding(name, *check()) for name, check in checks.items()]
    fit = all(finding.state != "wrong" for finding in findings)
    if as_json:
        write_json({"ok": fit, "checks": [asdict(finding) for finding in findings]})
    else:
        write_table(("", "", ""), [(finding.state, finding.name, finding.detail) for finding in findings])
    if not fit:
        raise typer.Exit(1)


def _python() -> tuple[State, str]:
    return ("ok" if sys.version_info >= (3, 11) else "wrong"), f"{platform.python_version()} in {sys.prefix}"


def _packages() -> tuple[State, str]:
    from packaging.requirements import Requirement

    declared = [Requirement(line) for line in importlib.metadata.requires("alignlab") or []]
    needed = [package for package in declared if package.marker is None or package.marker.evaluate({"extra": ""})]
    unmet = [
        str(package) for package in needed if not package.specifier.contains(_installed(package.name), prereleases=True)
    ]
    if unmet:
        return "wrong", f"missing, or of another version: {', '.join(unmet)}"
    return "ok", f"AlignLab {importlib.metadata.version('alignlab')} with {len(needed)} packages as it wants them"


def _installed(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "0"


def _torch() -> tuple[State, str]:
    process = subprocess.run(
        [sys.executable, "-P", "-c", TORCH], env=environment(), capture_output=True, text=True, check=False
    )
    if process.returncode:
        return "wrong", (process.stderr.strip().splitlines() or ["torch does not load"])[-1]
    return "ok", process.stdout.strip()


def _memory() -> tuple[State, str]:
    import psutil

    memory = psutil.virtual_memory()
    return "ok", f"{memory.available / 1e9:.1f} of {memory.total / 1e9:.1f} GB free"


def _workspace(workspace: "Workspace") -> tuple[State, str]:
    from storage.errors import Invalid

    root = workspace.root
    try:
        workspace.require_own()
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = root / ".doctor"
        probe.touch()
        probe.unlink()
    except OSError as error:
        return "wrong", f"{root} cannot be written: {error.strerror}"
    except Invalid as error:
        return "wrong", str(error)
    return "ok", str(root)


def _disk(root: Path) -> tuple[State, str]:
    existing = next(folder for folder in (root, *root.parents) if folder.exists())
    free = shutil.disk_usage(existing).free / 1e9
    return ("ok" if free >= LEAST_FREE_GB else "note"), f"{free:.1f} GB free"


def _database() -> tuple[State, str]:
    from app import clients
    from storage import datasets, run_lists
    from storage.errors import StorageError
    from storage.run_facets import EVERY_RUN

    try:
        database = clients.database()
        if damage := database.find_damage():
            return "wrong", f"damaged: {damage}"
        content = f"{run_lists.count(database, facets=EVERY_RUN)} runs, {len(datasets.listing(database))} datasets"
    except (StorageError, OSError) as error:
        return "wrong", str(error).splitlines()[0]
    return "ok", f"{database.engine.dialect.name}, {content}"


def _engine() -> tuple[State, str]:
    from app import clients

    engine = clients.engine()
    health = engine.health()
    if health is None and (soon := engine.soon()):
        return "note", soon
    if health is None:
        return "note", "off; alignlab up or alignlab engine starts it"
    return "ok", f"alive, process {health.pid} on {health.device}"
