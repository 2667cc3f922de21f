"""`alignlab runs tokens`: what the tokens of one prompt's responses were worth at an evaluation of a run.

Left out: what the quantities mean (docs/guide/token_lens.md).
"""

from typing import Annotated, Any

import typer

from app.cli.options import Json, RunId, WorkspaceOption, opened
from app.cli.output import Refusal, write, write_json, write_table


def tokens(
    run_id: RunId,
    *,
    step: Annotated[int | None, typer.Option(min=0, help="The step of the evaluation; the newest if left out.")] = None,
    part: Annotated[
        str | None, typer.Option(metavar="PART", help="pairs, rollout or answers; the first that there is if left out.")
    ] = None,
    prompt: Annotated[int | None, typer.Option(min=0, help="The number of the prompt; 0 is the first.")] = None,
    as_json: Json = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Print the tokens of one prompt's responses with their log-ratios, advantages and other values."""
    from app.tokens import lens_view
    from storage import runs

    try:
        choice = lens_view.Choice(step, lens_view.part_named(part), prompt)
    except ValueError as error:
        raise Refusal(str(error)) from None
    database = opened(workspace)
    run = runs.get(database, run_id)
    view = lens_view.view(database, run.id, choice)
    if as_json:
        write_json(view)
    else:
        _print(view)


def _print(view: dict[str, Any]) -> None:
    others = f"prompt {view['prompt']} of {len(view['prompts'])}"
    write(f"{view['run']}, step {view['step']}, {view['part']}, {others}")
    for turn in view["messages"]:
        write(f"{turn.get('role', '')}: {turn.get('content', '')}")
    for row in view["rows"]:
        names = [name for name in view["quantities"] if name in row["values"]]
        sums = ", ".join(f"{name} {row['totals'][name]:.4g}" for name in names if row["totals"][name] is not None)
        write(f"\n{row['label'] or 'response'}, {row['tokens']} tokens; sums: {sums}")
        texts = row["pieces"] or [""] * len(row["ids"])
        columns = (row["ids"], [repr(text)[1:-1] for text in texts], *(map(_short, row["values"][n]) for n in names))
        write_table(("ID", "TEXT", *(name.upper() for name in names)), zip(*columns, strict=True))


def _short(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"
