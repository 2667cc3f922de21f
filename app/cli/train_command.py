"""`alignlab train`: the run of a file, or its stages one after another, carried out here and shown, or only queued.

The work is the engine's: a child process claims the run's row, and what is shown is read from the database.
"""

import os
import signal
import time
from pathlib import Path
from subprocess import Popen
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli import child_processes, interval_columns
from app.cli.options import Changes, Detach, Json, WorkspaceOption, opened
from app.cli.output import Failure, Refusal, note, write, write_json
from app.cli.progress_bar import Show, progress
from app.people import COMMAND_LINE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.actions.launching import Launched
    from engine.spec import Chain, RunSpec
    from storage.database import Database
    from storage.records import Run

LOOK_SECONDS = 0.5
LONGEST_FILE = 4_000_000
INTERRUPTED = 130  # what shells report for a process ended by Ctrl-C


def train(
    file: Annotated[Path, typer.Argument(metavar="FILE.yaml", help="The run file, of one run or of stages.")],
    changes: Changes = None,
    detach: Detach = False,
    as_json: Json = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Train the run of a file here, showing progress. Ctrl-C stops it and saves.

    The stages of a file of stages are trained one after another; --set takes STAGE.key=value.
    """
    spec = _read(file, changes or [])
    carry_out(opened(workspace), spec, detach=detach, as_json=as_json)


def carry_out(database: "Database", spec: "RunSpec | Chain", *, detach: bool, as_json: bool) -> None:
    """Launch the run or the stages, and show them until they end, unless they are only to be queued."""
    from app import clients
    from app.actions import launching
    from engine.spec import Chain

    launched = launching.launch(database, COMMAND_LINE, spec, time.time(), preflight=clients.engine().preflight)
    note_warnings(launched)
    single = not isinstance(spec, Chain)
    if detach:
        _answer_queued(launched.runs, single, as_json)
        return
    interrupted = follow(database, launched.runs)
    _conclude(database, [run.id for run in launched.runs], single, as_json, interrupted)


def _read(file: Path, changes: list[str]) -> "RunSpec | Chain":
    from engine.spec import RunSpec, apply, apply_to_stages, is_chain, parse, parse_chain, read_yaml

    data = read_yaml(run_file_text(file))
    if not is_chain(data):
        return parse(absolute_model_paths(apply(data, changes)), RunSpec)
    stages = apply_to_stages(data, changes)["stages"]
    return parse_chain({"stages": [absolute_model_paths(stage) for stage in stages]})


def run_file_text(file: Path) -> str:
    """What a run or study file holds, of which no more is read than one can have. Raises Refusal."""
    try:
        with file.open("rb") as stream:
            content = stream.read(LONGEST_FILE + 1)
        if len(content) > LONGEST_FILE:
            raise Refusal(f"{file} is larger than a run file can be ({LONGEST_FILE:,} bytes): is it the right file?")
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refusal(f"{file} is not a text file in UTF-8.") from error
    except (OSError, ValueError) as error:  # the latter of a name that no file has
        raise Refusal(f"There is no readable run file {file}.") from error


def absolute_model_paths(run: Any) -> Any:
    """The run file with model folders by their absolute paths: the engine stands in another folder than the person."""
    if not isinstance(run, dict):
        return run
    blocks = {key: _absolute_model_path(run[key]) for key in ("model", "against") if isinstance(run.get(key), dict)}
    return {**run, **blocks}


def _absolute_model_path(model: dict[str, Any]) -> dict[str, Any]:
    name = model.get("name")
    # pathlib would raise for a name longer than any file's, and for the home of nobody.
    if not isinstance(name, str) or "/" not in name or not os.path.isdir(folder := os.path.expanduser(name)):
        return model
    return {**model, "name": str(Path(folder).resolve())}


def note_warnings(launched: "Launched") -> None:
    """Print what the engine warns of, each sentence once."""
    from words import english

    for sentence in dict.fromkeys(map(english, launched.warnings)):
        note(sentence)


def _answer_queued(queued: "Sequence[Run]", single: bool, as_json: bool) -> None:
    if as_json:
        answers = [{"id": run.id, "state": run.state} for run in queued]
        write_json(answers[0] if single else answers)
        return
    for run in queued:
        write(
            f"Queued {run.id} ({run.name}). A running engine carries it out; watch it with: alignlab runs show {run.id}"
        )


def follow(database: "Database", queued: "Sequence[Run]") -> bool:
    """Train one run after another, as long as they succeed; returns whether Ctrl-C or SIGTERM ended it."""
    from storage import runs

    for number, run in enumerate(queued, 1):
        stage = f", stage {number} of {len(queued)}," if len(queued) > 1 else ""
        note(f"Run {run.id} ({run.name}){stage} in {database.workspace.root}")
        if _follow(database, run.id):
            return True
        if runs.get(database, run.id).state != "succeeded":
            break
    return False


def _follow(database: "Database", run_id: str) -> bool:
    """Show the run until the process that trains it has ended; returns whether Ctrl-C or SIGTERM ended it."""
    from app.actions import run_requests

    for ending in (signal.SIGINT, signal.SIGTERM):  # Ctrl-C too: a shell's background jobs start with it ignored
        signal.signal(ending, signal.default_int_handler)
    root, parent = str(database.workspace.root), str(os.getpid())
    # Should this process be killed, or its terminal close, the child saves and releases the run into the queue.
    child = child_processes.start(
        "engine.runtime.engine.supervisor", "--workspace", root, "--run", run_id, "--parent", parent
    )
    interrupted = False
    with progress() as show:
        while True:
            try:
                _watch(database, run_id, child, show)
            except KeyboardInterrupt:
                if interrupted:
                    child.terminate()
                    raise
                interrupted = True
                note("Stopping at the next step and saving; Ctrl-C again leaves at once.")
                run_requests.stop(database, COMMAND_LINE, run_id, time.time())
            else:
                return interrupted


def _watch(database: "Database", run_id: str, child: Popen[bytes], show: Show) -> None:
    from engine.spec import key_metrics
    from storage import metrics, runs

    while child.poll() is None:
        run = runs.get(database, run_id)
        losses = [series.last for series in metrics.series(database, [run_id]) if series.key == key_metrics.LOSS]
        show(run, losses[0] if losses else None)
        time.sleep(LOOK_SECONDS)
    show(runs.get(database, run_id), None)


def _conclude(database: "Database", ids: list[str], single: bool, as_json: bool, interrupted: bool) -> None:
    """Print how the runs ended, and exit: 0 succeeded, 130 stopped by Ctrl-C, 1 anything else."""
    from storage import runs
    from words import english

    ended = [runs.get(database, run_id) for run_id in ids]
    if as_json:
        answers = [_answer(database, run) for run in ended]
        write_json(answers[0] if single else answers)
    else:
        for run in ended:
            write(f"Run {run.id} {run.state} after {_done(database, run)} and {_seconds(run):.0f} s.")
    reasons = [english(run.reason) for run in ended if run.reason and run.state != "failed"]
    for sentence in [*reasons, *(sentence for run in ended for sentence in _notes(database, run))]:
        note(sentence)
    last = next((run for run in ended if run.state != "succeeded"), None)
    if last is None:
        return
    if last.state == "failed":
        why = english(last.reason) if last.reason else "its log says why"
        raise Failure(f"Run {last.id} failed: {why} Log: {database.workspace.log(last.id)}")
    note(f"It can go on from where it was: alignlab runs resume {last.id}")
    raise typer.Exit(INTERRUPTED if interrupted else 1)


def _answer(database: "Database", run: "Run") -> dict[str, Any]:
    from storage import generated_items
    from words import english

    ended = {"id": run.id, "state": run.state, "steps": run.step, "seconds": _seconds(run)}
    reason = english(run.reason) if run.reason else None
    answer = {**ended, "reason": reason, "notes": _notes(database, run), "metrics": _summary(database, run.id)}
    generation = generated_items.of_run(database, run.id)
    return answer if generation is None else {**answer, "dataset": generation.name, "prompts": generation.prompts}


def _done(database: "Database", run: "Run") -> str:
    """How far it came, in words."""
    from storage import generated_items

    generation = generated_items.of_run(database, run.id)
    if generation is None:
        return f"{run.step} steps"
    return f"{generation.prompts} prompts, whose answers are in the dataset {generation.name or '(deleted)'},"


def _notes(database: "Database", run: "Run") -> list[str]:
    """What was left out, and that nothing was learned, where that is so."""
    from storage import runs
    from words import english

    return [english(text) for text in runs.notes(database, run.id)]


def _seconds(run: "Run") -> float:
    """Until now for a run that has no end yet; 0 for one that never started."""
    from app.runs import outcome

    return round(outcome.seconds(run, time.time()) or 0.0, 3)


def _summary(database: "Database", run_id: str) -> dict[str, dict[str, Any]]:
    from engine.spec import metric
    from storage import metrics

    return {
        series.key: {
            "first": series.first,
            "last": series.last,
            **interval_columns.keys(series.last_interval),
            "min": series.minimum,
            "max": series.maximum,
            "best": {"up": series.maximum, "down": series.minimum, "none": None}[metric(series.key).direction],
            "count": series.count,
        }
        for series in metrics.series(database, [run_id])
    }
