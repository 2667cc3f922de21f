"""`alignlab train`: one run from a file, trained here and shown on one line, or only put into the line.

The training is the engine's: a child process claims the run's row, and what is shown is read from the database.
"""

import signal
import time
from pathlib import Path
from subprocess import Popen
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli import children
from app.cli.answers import Failure, Refusal, note, write, write_json
from app.cli.options import Changes, Json, Place, opened
from app.cli.progress import Show, progress

if TYPE_CHECKING:
    from engine.spec import Train
    from storage.database import Database
    from storage.records import Run

LOOK_SECONDS = 0.5
INTERRUPTED = 130


def train(
    file: Annotated[Path, typer.Argument(metavar="FILE.yaml", help="The run file.")],
    changes: Changes = None,
    detach: Annotated[bool, typer.Option("--detach", help="Only queue it; an engine will train it.")] = False,
    as_json: Json = False,
    workspace: Place = None,
) -> None:
    """Train the run of a file here, showing progress. Ctrl-C stops it and saves."""
    from app import clients, submission

    spec = _read(file, changes or [])
    database = opened(workspace)
    submission.require(clients.engine(), spec)
    run = submission.submit(database, spec, requested_by=None, now=time.time())
    if detach:
        _answer_queued(run, as_json)
        return
    note(f"Run {run.id} ({run.name}) in {database.workspace.root}")
    interrupted = _attend(database, run.id)
    _conclude(database, run.id, as_json, interrupted)


def _read(file: Path, changes: list[str]) -> "Train":
    from engine.spec import apply, parse, read_yaml

    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise Refusal(f"{file} is not a text file in UTF-8.") from error
    except OSError as error:
        raise Refusal(f"There is no readable run file {file}.") from error
    return parse(rooted(apply(read_yaml(text), changes)))


def rooted(run: Any) -> Any:
    """The run file with a model folder by its absolute path: the engine stands in another folder than the person."""
    if not (isinstance(run, dict) and isinstance(run.get("model"), dict)):
        return run
    model = run["model"]
    name = model.get("name")
    if not isinstance(name, str) or "/" not in name or not Path(name).expanduser().is_dir():
        return run
    return {**run, "model": {**model, "name": str(Path(name).expanduser().resolve())}}


def _answer_queued(run: "Run", as_json: bool) -> None:
    if as_json:
        write_json({"id": run.id, "state": run.state})
    else:
        write(f"Queued {run.id} ({run.name}). A running engine trains it; watch it with: alignlab runs show {run.id}")


def _attend(database: "Database", run_id: str) -> bool:
    """Show the run until its engine of one has ended; whether Ctrl-C ended it."""
    from storage import queue

    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs start with it ignored
    place = str(database.workspace.root)
    child = children.start("engine.runtime.supervisor", "--workspace", place, "--run", run_id)
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
                queue.request(database, run_id, "stop", time.time())
            else:
                return interrupted


def _watch(database: "Database", run_id: str, child: Popen[bytes], show: Show) -> None:
    from storage import metrics, runs

    while child.poll() is None:
        run = runs.get(database, run_id)
        losses = [series.last for series in metrics.series(database, [run_id]) if series.key == "loss"]
        show(run, losses[0] if losses else None)
        time.sleep(LOOK_SECONDS)
    show(runs.get(database, run_id), None)


def _conclude(database: "Database", run_id: str, as_json: bool, interrupted: bool) -> None:
    """The last words, and the exit code: 0 succeeded, 130 stopped by Ctrl-C, 1 anything else."""
    from engine.spec import english
    from storage import runs

    run = runs.get(database, run_id)
    if as_json:
        ended = {"id": run.id, "state": run.state, "steps": run.step, "seconds": _seconds(run)}
        write_json({**ended, "metrics": _summary(database, run.id)})
    else:
        write(f"Run {run.id} {run.state} after {run.step} steps and {_seconds(run):.0f} s.")
    if run.state == "failed":
        why = english(run.reason) if run.reason else "its log says why"
        raise Failure(f"Run {run.id} failed: {why} Log: {database.workspace.log(run.id)}")
    if run.state != "succeeded":
        note(f"It can go on from where it was: alignlab runs resume {run.id}")
        raise typer.Exit(INTERRUPTED if interrupted else 1)


def _seconds(run: "Run") -> float:
    """From the first claim to the end."""
    return 0.0 if run.started_at is None else round((run.finished_at or time.time()) - run.started_at, 3)


def _summary(database: "Database", run_id: str) -> dict[str, dict[str, Any]]:
    from engine.spec import metric
    from storage import metrics

    return {
        series.key: {
            "first": series.first,
            "last": series.last,
            "min": series.minimum,
            "max": series.maximum,
            "best": {"up": series.maximum, "down": series.minimum, "none": None}[metric(series.key).direction],
            "count": series.count,
        }
        for series in metrics.series(database, [run_id])
    }
