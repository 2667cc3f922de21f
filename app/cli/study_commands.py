"""`alignlab study` and `alignlab studies ...`: carry out the study of a file, look at studies, steer them as a whole.

The work is the engine's: a child process carries the runs out and takes the study's steps, and what is shown is read
from the database.
"""

import os
import signal
import time
from pathlib import Path
from subprocess import Popen
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli import child_processes
from app.cli.options import Changes, Detach, Json, WorkspaceOption, opened
from app.cli.output import Failure, local_time, note, write, write_json, write_table
from app.cli.progress_bar import Report, reports
from app.cli.run_commands import note_if_engine_is_off
from app.people import COMMAND_LINE

if TYPE_CHECKING:
    from app.studies.study_view import StudyView
    from engine.spec import StudySpec
    from engine.spec.answers import StudyEstimate
    from storage.database import Database
    from storage.records import Study

commands = typer.Typer(help="List studies, look at them, pause, stop and resume them as a whole.", no_args_is_help=True)
LOOK_SECONDS = 2.0
INTERRUPTED = 130  # what shells report for a process ended by Ctrl-C
StudyId = Annotated[str, typer.Argument(metavar="ID", help="A study's id, or its beginning.")]


def study(
    file: Annotated[Path, typer.Argument(metavar="FILE.yaml", help="The study file.")],
    changes: Changes = None,
    detach: Detach = False,
    as_json: Json = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Compare methods, settings and seeds as a file says, showing progress. Ctrl-C stops the study and saves.

    All runs have one frozen dataset version, one evaluation set and one budget; --set takes paths such as
    search.trials or base.evaluation.prompts.
    """
    from app.studies import study_json, study_view

    spec = _read(file, changes or [])
    database = opened(workspace)
    launched = launch(database, spec)
    if detach:
        if as_json:
            write_json({"id": launched.id, "state": launched.state})
        else:
            write(f"Queued {launched.id} ({launched.name}). Watch it with: alignlab studies show {launched.id}")
        return
    interrupted = follow(database, launched.id)
    view = study_view.read(database, launched.id, time.time())
    if as_json:
        write_json(study_json.whole(database, view))
    else:
        write_results(database, view)
    _conclude(view, interrupted)


def launch(database: "Database", spec: "StudySpec") -> "Study":
    """Launch a study, saying on stderr what it will take and what the engine warns of. Raises Refused, EngineError."""
    from app import clients
    from app.actions import launching
    from words import english

    launched = launching.launch_study(database, COMMAND_LINE, spec, time.time(), preflight=clients.engine().preflight)
    if launched.estimate is not None:
        note(_estimate(launched.estimate))
    for sentence in dict.fromkeys(map(english, launched.warnings)):
        note(sentence)
    return launched.study


def follow(database: "Database", study_id: str) -> bool:
    """Show the study until the process that carries it out has ended; returns whether Ctrl-C or SIGTERM ended it."""
    from app.actions import study_requests
    from storage.errors import Invalid

    for ending in (signal.SIGINT, signal.SIGTERM):  # Ctrl-C too: a shell's background jobs start with it ignored
        signal.signal(ending, signal.default_int_handler)
    root, parent = str(database.workspace.root), str(os.getpid())
    # Should this process be killed, or its terminal close, the child saves and releases its run into the queue.
    child = child_processes.start(
        "engine.runtime.engine.supervisor", "--workspace", root, "--study", study_id, "--parent", parent
    )
    interrupted = False
    with reports() as report:
        while True:
            try:
                _watch(database, study_id, child, report)
            except KeyboardInterrupt:
                if interrupted:
                    child.terminate()
                    raise
                interrupted = True
                note("Stopping the study: its run saves at the next step; Ctrl-C again leaves at once.")
                try:
                    study_requests.stop(database, COMMAND_LINE, study_id, time.time())
                except Invalid:
                    return False  # it has ended since
            else:
                return interrupted


def _watch(database: "Database", study_id: str, child: Popen[bytes], report: Report) -> None:
    from app.studies import study_view

    while child.poll() is None:
        view = study_view.read(database, study_id, time.time())
        report(view.fraction, _words(view), str(sum(run.finished_at is not None for run in view.runs)))
        time.sleep(LOOK_SECONDS)


def _words(view: "StudyView") -> str:
    """Where a study stands, in one line."""
    ended = sum(run.finished_at is not None for run in view.runs)
    running = next((run for run in view.runs if run.state == "running"), None)
    parts = [f"{ended} of {view.planned} runs"]
    if running is not None:
        parts.append(f"{running.name}, step {running.step}")
    if view.eta_seconds is not None:
        parts.append(f"about {_minutes(view.eta_seconds)} left")
    return ", ".join(parts)


def _minutes(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes > 1 else "a minute"


def _estimate(estimate: "StudyEstimate") -> str:
    trials = f", {estimate.trials} of them trials" if estimate.trials else ""
    return (
        f"{estimate.runs} runs{trials}: about {_minutes(estimate.seconds)} one after another, "
        f"{estimate.generated_tokens:,} tokens sampled, {estimate.disk_mb:,} MB of checkpoints"
    )


def _conclude(view: "StudyView", interrupted: bool) -> None:
    """Say what went wrong, and exit: 0 succeeded, 130 stopped by Ctrl-C, 1 anything else."""
    tell_failures(view)
    study = view.study
    if study.state == "failed":
        raise Failure(f"The study {study.id} failed: none of the runs that it reports succeeded.")
    if study.state != "succeeded":
        note(f"It can go on from where it was: alignlab studies resume {study.id}")
        raise typer.Exit(INTERRUPTED if interrupted else 1)


def tell_failures(view: "StudyView") -> None:
    """Print which runs did not succeed, and which a person has paused."""
    from words import english

    for run, reason in view.failures:
        note(f"Run {run.id} ({run.name}) {run.state}" + (f": {english(reason)}" if reason else "."))
    for run in view.waits_for_person:
        note(f"Run {run.id} ({run.name}) is paused: the study waits for it. alignlab runs resume {run.id}")
    if view.study.reason is not None:
        note(english(view.study.reason))


def _read(file: Path, changes: list[str]) -> "StudySpec":
    from app.cli.train_command import absolute_model_paths, run_file_text
    from engine.spec import apply, parse_study, read_yaml

    data = apply(read_yaml(run_file_text(file)), changes)
    return parse_study({**data, "base": absolute_model_paths(data.get("base"))})


def write_results(database: "Database", view: "StudyView") -> None:
    """What each method came to and paid, a line each; then which is better, and what to know before believing it."""
    from app.compare import group_verdicts, group_words
    from app.translations import language_as
    from words import english

    for trial in view.trials:
        if trial.chosen:
            settings = ", ".join(f"{path} {value}" for path, value in trial.changes.items())
            write(f"{trial.algorithm}: of {view.spec.trials(trial.algorithm) if view.spec else 0} trials, {settings}")
    if view.comparison is None:
        write("No reported run has ended yet.")
        return
    keys = list(view.reached[view.comparison.groups[0].id])
    rows = []
    with language_as("en"):
        for group in view.comparison.groups:
            cost = view.costs[group.id]
            cells = [f"{each.mean:.4g}" for each in view.reached[group.id].values()]
            paid = (cost.updates, cost.trained_tokens, cost.generated_tokens, cost.answers_scored, cost.seconds)
            rows.append((group_words.counted(group), *cells, *(f"{each / cost.runs:,.0f}" for each in paid)))
    write_table(("METHOD", *keys, "UPDATES", "TOKENS", "SAMPLED", "SCORED", "SECONDS"), rows)
    write("Costs are means over the runs of a line; SCORED counts answers that were rewarded in training.")
    judged = group_verdicts.of_comparison(database, view.comparison)
    for text in group_verdicts.sentences(judged) if judged is not None else []:
        write(english(text))
    for text in group_words.caveats(view.comparison):
        note(english(text))


@commands.command("list")
def list_(as_json: Json = False, workspace: WorkspaceOption = None) -> None:
    """List the studies, newest first."""
    from app.studies import study_json
    from storage import studies
    from storage.studies import Progress

    database = opened(workspace)
    progress = studies.progress(database)
    listed = studies.listing(database)
    if as_json:
        write_json([study_json.brief(each, progress.get(each.id, Progress())) for each in listed])
        return
    rows = [
        (each.id, each.name, each.state, progress.get(each.id, Progress()).runs, local_time(each.created_at))
        for each in listed
    ]
    write_table(("ID", "NAME", "STATE", "RUNS", "CREATED"), rows)


@commands.command("show")
def show(study_id: StudyId, as_json: Json = False, workspace: WorkspaceOption = None) -> None:
    """Show one study: where it stands, what its search chose, what each method came to and paid."""
    from app.studies import study_json, study_view

    database = opened(workspace)
    view = study_view.read(database, study_id, time.time())
    if as_json:
        write_json(study_json.whole(database, view))
        return
    write(f"{view.study.id}  {view.study.name}")
    write(f"{view.study.state}, {_words(view)}")
    write_results(database, view)
    tell_failures(view)


@commands.command("file")
def file_(study_id: StudyId, as_json: Json = False, workspace: WorkspaceOption = None) -> None:
    """Print the file that makes the same study again, with the frozen version of its data."""
    from engine.spec import write_yaml
    from storage import studies

    spec = studies.get(opened(workspace), study_id).spec
    if as_json:
        write_json(spec)
    else:
        write(write_yaml(spec), end="")


@commands.command("pause")
def pause(study_id: StudyId, as_json: Json = False, workspace: WorkspaceOption = None) -> None:
    """Pause a study: its run saves at its next step, the others leave the queue."""
    from app.actions import study_requests

    _answer_request(study_requests.pause(opened(workspace), COMMAND_LINE, study_id, time.time()), as_json)


@commands.command("stop")
def stop(study_id: StudyId, as_json: Json = False, workspace: WorkspaceOption = None) -> None:
    """Stop a study: its run saves at its next step, the others leave the queue."""
    from app.actions import study_requests

    _answer_request(study_requests.stop(opened(workspace), COMMAND_LINE, study_id, time.time()), as_json)


@commands.command("resume")
def resume(study_id: StudyId, as_json: Json = False, workspace: WorkspaceOption = None) -> None:
    """Put the runs of a paused, stopped or failed study back into the queue; a running engine goes on with it."""
    from app.actions import study_requests

    _answer_request(study_requests.resume(opened(workspace), COMMAND_LINE, study_id, time.time()), as_json)
    note_if_engine_is_off()


def _answer_request(asked: "Study", as_json: bool) -> None:
    if as_json:
        write_json({"id": asked.id, "state": asked.state})
    else:
        note(f"{asked.id} is {asked.state}.")
