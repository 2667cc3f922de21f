"""Models by name: `starter`, `smollm2-135m`, a folder of the workspace's models, a Hugging Face id, or any folder.

Torch-free: pages, preflight and command line ask it what a model is before anything is loaded. As a program
(`python -P -m engine.models.catalogue --workspace W list | add NAME`) it prints one JSON object a line.
Left out: loading (`load`).
"""

import argparse
import json
import os.path
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from engine.models import hub, model_checks, smollm
from engine.models.model_folder import CONFIG, Location, ModelProblem, inspect
from engine.spec.models import known_models
from storage.hub.dataset_ids import is_repository_id
from storage.workspace import Workspace
from words import N_, Text, english
from words.names import first_line

STARTER = Path(__file__).parent.parent / "starter" / "model"
SMOLLM = "smollm2-135m"


def locate(name: str, workspace: Workspace) -> Location:
    """The model of that name on this machine. Raises ModelProblem, within 10 seconds also without a network."""
    folder = _folder(name, workspace)
    if folder is not None:
        return _checked(str(folder) if _is_path(name) else name, folder)
    if name != SMOLLM:
        hub.require_readable(name)
    raise ModelProblem(
        N_("The model {name} is not on this machine yet: fetch it with `alignlab models add {name}`."), name=name
    )


def add(name: str, workspace: Workspace, progress: Callable[[Text], None]) -> Location:
    """Fetch a model unless it is here already. Raises ModelProblem."""
    if _folder(name, workspace) is None:
        progress((N_("Asking the Hugging Face hub for {name} ..."), {"name": name}))
        if name == SMOLLM:
            _add_smollm(workspace, progress)
        else:
            hub.require_readable(name)
            progress((N_("Downloading {name} ..."), {"name": name}))
            hub.download(name)
    return locate(name, workspace)


def listing(workspace: Workspace) -> list[dict[str, Any]]:
    """The models that can be named here: {name, parameters, context, folder}; the last three null while not fetched."""
    names = {path.name for path in workspace.models.glob("[!.]*") if not path.is_file()}
    return [
        _entry(name, workspace) for name in (*known_models(), *sorted(names - known_models().keys()), *_snapshots())
    ]


def _entry(name: str, workspace: Workspace) -> dict[str, Any]:
    """A line of the listing; a folder that cannot be used has a `problem`, and never keeps others from the list."""
    entry: dict[str, Any] = {"name": name, "parameters": None, "context": None, "folder": None}
    try:
        folder = _folder(name, workspace)
        model = None if folder is None else _checked(name, folder)
    except ModelProblem as problem:
        return entry | {"problem": problem.text, "english": english(problem.text)}
    if model is None:
        return entry
    return entry | {"parameters": model.parameters, "context": model.context, "folder": str(model.folder)}


def _checked(name: str, folder: Path) -> Location:
    """The model in a folder, as far as its config and headers tell. Raises ModelProblem."""
    try:
        location = inspect(name, folder)
        model_checks.check(location)
    except (OSError, RecursionError) as error:  # a folder that cannot be entered, links in a circle, JSON without end
        raise ModelProblem(
            N_("The folder {folder} of the model {name} cannot be read: {cause}"),
            name=name,
            folder=str(folder),
            cause=first_line(error),
        ) from error
    return location


def _folder(name: str, workspace: Workspace) -> Path | None:
    """Where a name's files are; None for a hub id that is not here. Raises ModelProblem for what is no name at all."""
    if name == "starter":
        return STARTER
    if _is_path(name):
        path = Path(os.path.realpath(os.path.expanduser(name)))
        if not os.path.isdir(path):
            raise ModelProblem(N_("There is no model folder {name}."), name=name)
        return path
    own = workspace.models / name
    if own.parent == workspace.models and _is_own(own):
        return own
    if not is_repository_id(name):
        raise ModelProblem(N_("{name} is neither a known model, nor a Hugging Face id, nor a folder."), name=name)
    return None if name == SMOLLM else hub.cached(name)


def _is_own(folder: Path) -> bool:
    """Whether a folder of the workspace stands for a model. That of a known model is empty until it is fetched."""
    if folder.name in known_models():
        return os.path.isfile(folder / CONFIG)
    return os.path.isdir(folder) or os.path.islink(folder)


def _is_path(name: str) -> bool:
    # pathlib would raise for a name longer than any file's, and for the home of nobody.
    return name not in known_models() and (name.startswith(("/", "~", ".")) or os.path.isdir(name))


def _snapshots() -> list[str]:
    """Hugging Face ids of causal language models in the hub's cache."""
    from huggingface_hub import scan_cache_dir
    from huggingface_hub.errors import CacheNotFound

    try:
        repositories = [repo.repo_id for repo in scan_cache_dir().repos if repo.repo_type == "model"]
    except CacheNotFound:
        return []
    named = filter(is_repository_id, repositories)  # a stray folder may be called anything
    return sorted(repo for repo in named if (folder := hub.cached(repo)) and _usable(repo, folder))


def _usable(name: str, folder: Path) -> bool:
    try:
        _checked(name, folder)
    except ModelProblem:
        return False
    return True


def _add_smollm(workspace: Workspace, progress: Callable[[Text], None]) -> None:
    """Into a hidden folder first, then renamed: a model is there whole or not at all."""
    with TemporaryDirectory(prefix=".", dir=workspace.models) as name:
        scratch, unfinished = Path(name), Path(name) / "model"
        try:
            hub.require_readable(smollm.HUB)
            progress((N_("Downloading {name} ..."), {"name": smollm.HUB}))
            hub.download(smollm.HUB, unfinished)
        except hub.Unreachable:
            shutil.rmtree(unfinished, ignore_errors=True)
            smollm.build(unfinished, scratch, progress)
        unfinished.rename(workspace.models / SMOLLM)


def main() -> int:
    """Print the models, or the progress of adding one, as JSON lines; 2 where a name is no good."""
    parser = argparse.ArgumentParser(prog="engine.models.catalogue")
    parser.add_argument("--workspace", type=Path, required=True)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list")
    commands.add_parser("add").add_argument("name")
    arguments = parser.parse_args()
    workspace = Workspace(arguments.workspace).create()
    if arguments.command == "list":
        for entry in listing(workspace):
            _print(entry)
        return 0
    try:
        add(arguments.name, workspace, lambda text: _print({"progress": text, "english": english(text)}))
    except ModelProblem as problem:
        _print({"problem": problem.text, "english": english(problem.text)})
        return 2
    _print(_entry(arguments.name, workspace))
    return 0


def _print(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
