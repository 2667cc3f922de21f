"""`alignlab runs samples`: what a run's model answered, at a step or to one prompt, for people and scripts.

Left out: the same in the browser (`app.samples`).
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.options import Json, RunId, WorkspaceOption, opened
from app.cli.output import Refusal, note, write, write_json

if TYPE_CHECKING:
    from storage.database import Database
    from storage.records import Run, Sample
    from storage.sample_lists import Sort

SORTS: "dict[str, Sort]" = {
    "prompt": "prompt",
    "reward": "best",
    "best": "best",
    "worst": "worst",
    "changed": "changed",
}
LARGEST = 2**31 - 1
Step = Annotated[
    int | None,
    typer.Option("--step", min=0, max=LARGEST, metavar="N", help="An evaluation's step; else the newest."),
]
Prompt = Annotated[
    int | None,
    typer.Option("--prompt", min=0, max=LARGEST, metavar="K", help="One prompt, counted from 0; at all steps."),
]
Order = Annotated[
    str,
    typer.Option("--sort", metavar="ORDER", help="prompt, reward (best first), worst, or changed (since step 0)."),
]
Limit = Annotated[int | None, typer.Option("--limit", min=1, max=LARGEST, help="At most so many.")]
Training = Annotated[
    bool, typer.Option("--training", help="The groups that were trained on before the step, not held-out answers.")
]
Final = Annotated[
    bool, typer.Option("--final", help="The answers of the end evaluation, of step 0 or of the last step.")
]


def samples(
    run_id: RunId,
    *,
    step: Step = None,
    prompt: Prompt = None,
    sort: Order = "prompt",
    limit: Limit = None,
    training: Training = False,
    final: Final = False,
    as_json: Json = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Print what a run's model answered to the held-out prompts, with rewards, lengths and KL."""
    from storage import runs

    if sort not in SORTS:
        raise Refusal(f"There is no order {sort}. There are: {', '.join(SORTS)}.")
    database = opened(workspace)
    run = runs.get(database, run_id)
    if training and final:
        raise Refusal("--training and --final are different answers: name one of them.")
    if training:
        found = _trained(database, run, step)
    else:
        found = _final(database, run, step) if final else _held_out(database, run, step, SORTS[sort], prompt)
    rows = [row for row in found if prompt is None or row.prompt_index == prompt][:limit]
    if prompt is not None and not rows and found:
        raise Refusal(f"The run {run.id} has no prompt {prompt} there. The last is {found[-1].prompt_index}.")
    if as_json:
        write_json([_as_json(row) for row in rows])
        return
    for row in rows:
        _print(row)


def _held_out(database: "Database", run: "Run", step: int | None, sort: "Sort", prompt: int | None) -> "list[Sample]":
    """The samples of a step, or of one prompt at all steps where no step is named."""
    from storage import sample_lists
    from storage import samples as stored

    steps = stored.steps(database, run.id)
    if not steps:
        _say_none(run, "held-out answers")
        return []
    if step is None and prompt is not None:
        rows = sample_lists.of_prompt(database, run.id, prompt)
        if not rows:
            last = sample_lists.overview(database, run.id).prompts - 1
            raise Refusal(f"The run {run.id} has no prompt {prompt}. They are numbered from 0 to {last}.")
        return rows
    at = _known_step(run, steps, step)
    return [row.sample for row in sample_lists.page(database, run.id, at, sort=sort)[0]]


def _trained(database: "Database", run: "Run", step: int | None) -> "Sequence[Sample]":
    from storage import rollout_samples

    steps = rollout_samples.steps(database, run.id)
    if not steps:
        _say_none(run, "groups that were trained on")
        return []
    return rollout_samples.at(database, run.id, _known_step(run, steps, step))


def _final(database: "Database", run: "Run", step: int | None) -> "Sequence[Sample]":
    from storage import final_samples

    steps = final_samples.steps(database, run.id)
    if not steps:
        _say_none(run, "answers of an end evaluation")
        return []
    return final_samples.listing(database, run.id, step=_known_step(run, steps, step))


def _known_step(run: "Run", steps: Sequence[int], step: int | None) -> int:
    """The step, or the newest where none is named. Raises Refusal."""
    if step is not None and step not in steps:
        raise Refusal(f"The run {run.id} has no answers at step {step}. There are: {', '.join(map(str, steps))}.")
    return steps[-1] if step is None else step


def _say_none(run: "Run", what: str) -> None:
    note(f"The run {run.id} has no {what}. They are kept at its evaluations.")


def _as_json(sample: "Sample") -> dict[str, Any]:
    left_out = ("run_id", "attempt", "messages", "extra")
    values = {name: value for name, value in vars(sample).items() if name not in left_out}
    return {**values, "prompt": list(sample.messages)}


def _print(sample: "Sample") -> None:
    values = {
        "reward": sample.reward,
        **sample.scores,
        "KL": sample.kl,
        "advantage": getattr(sample, "advantage", None),
    }
    figures = [f"{name} {value:.3g}" for name, value in values.items() if value is not None]
    tokens = [f"{sample.tokens} tokens"] if sample.tokens else []  # an answer from elsewhere has no count
    facts = [*figures, *tokens, *([] if sample.finished else ["cut"])]
    write(f"step {sample.step}, prompt {sample.prompt_index}, sample {sample.sample_index}: {', '.join(facts)}")
    write(f"  > {' '.join(str(sample.messages[-1].get('content', '')).split())}")
    write("  " + sample.text.replace("\n", "\n  ") + "\n")
