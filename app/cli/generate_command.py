"""`alignlab generate`: a model answers the prompts of a dataset, and the answers become a dataset to judge.

Left out: carrying a run out and showing it (`train_command`), which reads run files of this kind too.
"""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.options import Changes, Json, WorkspaceOption, opened
from app.cli.train_command import absolute_model_paths, carry_out

if TYPE_CHECKING:
    from engine.spec import Generate

Answers = Annotated[int | None, typer.Option("--n", help="Answers a prompt of each model; 2, or 1 with --against.")]


def generate(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="starter, another model, a folder, or run:ID[@STEP].")],
    *,
    prompts: Annotated[str, typer.Option("--prompts", metavar="DATASET", help="The dataset whose prompts to answer.")],
    name: Annotated[str, typer.Option("--name", metavar="NEW", help="The dataset to fill: a new one, or one so made.")],
    against: Annotated[
        str | None, typer.Option("--against", metavar="MODEL", help="A second model that answers the same prompts.")
    ] = None,
    samples: Answers = None,
    limit: Annotated[int | None, typer.Option("--limit", metavar="N", help="Answer so many prompts at most.")] = None,
    temperature: Annotated[float | None, typer.Option("--temperature", help="1 unless given.")] = None,
    scorer: Annotated[
        str | None, typer.Option("--scorer", metavar="run:ID", help="A reward model that says what it is unsure of.")
    ] = None,
    changes: Changes = None,
    detach: Annotated[bool, typer.Option("--detach", help="Only queue it; an engine will carry it out.")] = False,
    as_json: Json = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Let a model answer prompts, so that people can judge the answers. Ctrl-C stops it and keeps what there is."""
    from engine.spec import model_block

    sampling = {"samples": samples or (1 if against else 2), "temperature": temperature}
    file = {
        "kind": "generate",
        "model": model_block(model),
        "against": None if against is None else model_block(against),
        "data": {"dataset": prompts},
        "prompts": limit,
        "sampling": {key: value for key, value in sampling.items() if value is not None},
        "into": name,
        "scorer": None if scorer is None else [{"kind": "learned", "from": scorer}],
    }
    carry_out(opened(workspace), _spec(file, changes or []), detach=detach, as_json=as_json)


def _spec(file: dict[str, Any], changes: list[str]) -> "Generate":
    from engine.spec import Generate, apply, parse

    return parse(absolute_model_paths(apply(file, changes)), Generate)
