"""`alignlab runs ...`: look at runs, pause, stop, resume and fork them. Left out: training (`alignlab train`)."""

import time
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer

from app.cli import compare_command, interval_columns, run_file_commands, samples_command
from app.cli.options import Changes, Detach, Json, RunId, WorkspaceOption, opened
from app.cli.output import Refusal, local_time, note, write, write_json, write_table
from app.cli.tokens_command import tokens
from app.people import COMMAND_LINE

if TYPE_CHECKING:
    from storage.records import Run, RunSummary

commands = typer.Typer(
    help="List runs, look at them, steer, fork, compare, import, export, label and delete them.", no_args_is_help=True
)
for single in (run_file_commands.import_, run_file_commands.export):
    commands.command(single.__name__.strip("_"))(single)
FOLLOW_SECONDS = 0.5
LOG_CHARACTERS = 1_000_000  # read at once
MOST_LISTED = 1_000_000_000


@commands.command("list")
def list_(
    state: Annotated[
        list[str] | None, typer.Option("--state", metavar="STATE", help="Only runs in this state; repeatable.")
    ] = None,
    method: Annotated[str | None, typer.Option("--method", metavar="METHOD", help="Only runs of this method.")] = None,
    tag: Annotated[str | None, typer.Option("--tag", metavar="TAG", help="Only runs with this tag.")] = None,
    archived: Annotated[bool, typer.Option("--archived", help="The archived runs instead.")] = False,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, max=MOST_LISTED, help="At most so many, newest first.")
    ] = None,
    *,
    as_json: Json = False,
    workspace: WorkspaceOption = None,
) -> None:
    """List the runs, newest first."""
    from storage import run_lists
    from storage.records import State
    from storage.run_facets import RunFacets

    states = get_args(State)
    for name in state or []:
        if name not in states:
            raise Refusal(f"There is no state {name}. There are: {', '.join(states)}.")
    facets = RunFacets(method=method, tag=tag, archived=archived)
    summaries = run_lists.search(opened(workspace), states=state or (), facets=facets, limit=limit)
    if as_json:
        write_json([_brief(run) for run in summaries])
        return
    columns = ("ID", "NAME", "METHOD", "STATE", "STEP", "DONE", "CREATED")
    rows = [
        (
            run.id,
            run.name,
            _method(run),
            run.state,
            run.step,
            f"{run.fraction:.0%}",
            local_time(run.created_at),
        )
        for run in summaries
    ]
    write_table(columns, rows)


@commands.command("show")
def show(run_id: RunId, as_json: Json = False, workspace: WorkspaceOption = None) -> None:
    """Show one run: where it stands, its settings and its latest metrics."""
    from app.quality import reports
    from app.runs import curve_findings
    from storage import manifests, metrics, run_sources, run_tags, runs
    from words import english

    database = opened(workspace)
    run = runs.get(database, run_id)
    tags = run_tags.of_runs(database, [run.id]).get(run.id, ())
    reason = english(run.reason) if run.reason else None
    notes = [english(text) for text in runs.notes(database, run.id)]
    findings = curve_findings.of_run(database, run)
    source = run_sources.get(database, run.id)
    damaged = list(map(english, manifests.damaged_of(run, runs.checkpoints(database, run.id))))
    if as_json:
        times = {"started_at": run.started_at, "finished_at": run.finished_at, "eta_seconds": run.eta_seconds}
        own = {"tags": tags, "note": run.note, "archived_at": run.archived_at}
        more: dict[str, Any] = {"request": run.request, "reason": reason, "notes": notes, "damaged": damaged, **own}
        more["source"] = None if source is None else vars(source)
        quality = reports.score_of_version(database, str((run.spec.get("data") or {}).get("version")))
        settings = {
            "data_quality": None if quality is None else quality.value,
            "spec": run.spec,
            "resolved": run.resolved,
        }
        patterns = [{"pattern": f.pattern, "evidence": english(f.evidence), "remedy": f.remedy} for f in findings]
        write_json(
            {**_brief(run), "attempt": run.attempt, "pid": run.pid, **times, **more, **settings, "findings": patterns}
        )
        return
    write(f"{run.id}  {run.name}")
    write(f"{_method(run)}, {run.state}, step {run.step} ({run.fraction:.0%}), attempt {run.attempt}")
    if source is not None:
        write(f"from {source.kind} {source.location}, last heard of {local_time(source.heard_at)}")
    labels = [f"Tags: {', '.join(tags)}"] if tags else []
    for sentence in filter(None, [reason, *notes, *damaged, *labels, run.note]):
        write(sentence)
    for finding in findings:
        write(f"{finding.title}: {english(finding.evidence)} {finding.remedy}")
    rows = [
        (s.key, f"{s.first:.4g}", f"{s.last:.4g}", *interval_columns.cells(s.last_interval), s.last_step)
        for s in metrics.series(database, [run.id])
    ]
    write_table(("METRIC", "FIRST", "LAST", *interval_columns.HEADS, "STEP"), rows)


@commands.command("metrics")
def metrics_(
    run_id: RunId,
    key: Annotated[str | None, typer.Option("--key", metavar="KEY", help="One metric, such as eval/reward.")] = None,
    as_json: Json = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Print every point of a run's metrics, means over held-out prompts with their 95 % interval."""
    from storage import intervals, metrics, runs

    database = opened(workspace)
    run = runs.get(database, run_id)
    keys = [series.key for series in metrics.series(database, [run.id])]
    if key is not None and key not in keys:
        raise Refusal(f"The run {run.id} has no metric {key}. There are: {', '.join(sorted(keys)) or 'none yet'}.")
    points = metrics.points(database, run.id, key)
    kept = intervals.listing(database, [run.id]).get(run.id, {})
    if as_json:
        names = ("key", "step", "value", "wall_time")
        write_json(
            [
                dict(zip(names, point, strict=True)) | interval_columns.keys(kept.get(point[0], {}).get(point[1]))
                for point in points
            ]
        )
        return
    for name, step, value, _ in points:
        interval = kept.get(name, {}).get(step)
        sure = "" if interval is None else f"\t{interval.low:.6g}\t{interval.high:.6g}"
        write(f"{name}\t{step}\t{value:.6g}{sure}")


commands.command("tokens")(tokens)
commands.command("samples")(samples_command.samples)


@commands.command("log")
def log(
    run_id: RunId,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until the run ends.")] = False,
    as_json: Json = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Print what a run wrote to its log."""
    from storage import runs
    from storage.records import ENDED

    database = opened(workspace)
    run = runs.get(database, run_id)
    path = database.workspace.log(run.id)
    if as_json:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.is_file() else []
        write_json({"id": run.id, "lines": lines})
        return
    read = 0
    while True:
        ended = runs.get(database, run.id).state in ENDED
        if path.is_file():
            with path.open(encoding="utf-8", errors="replace") as file:
                file.seek(read)
                while part := file.read(LOG_CHARACTERS):
                    write(part, end="")
                read = file.tell()
        if ended or not follow:
            return
        time.sleep(FOLLOW_SECONDS)


@commands.command("stop")
def stop(run_id: RunId, as_json: Json = False, workspace: WorkspaceOption = None) -> None:
    """Stop a run at its next step; it saves first."""
    from app.actions import run_requests

    _answer_request(run_requests.stop(opened(workspace), COMMAND_LINE, run_id, time.time()), as_json)


@commands.command("pause")
def pause(run_id: RunId, as_json: Json = False, workspace: WorkspaceOption = None) -> None:
    """Pause a run at its next step; it saves first and frees its place."""
    from app.actions import run_requests

    _answer_request(run_requests.pause(opened(workspace), COMMAND_LINE, run_id, time.time()), as_json)


@commands.command("resume")
def resume(run_id: RunId, as_json: Json = False, workspace: WorkspaceOption = None) -> None:
    """Put a paused, stopped or failed run back into the line; it goes on from its last checkpoint."""
    from app.actions import run_requests

    _answer_request(run_requests.resume(opened(workspace), COMMAND_LINE, run_id, time.time()), as_json)
    note_if_engine_is_off()


@commands.command("fork")
def fork(
    checkpoint: Annotated[
        str, typer.Argument(metavar="ID[@STEP]", help="The run, and which of its checkpoints; else its newest.")
    ],
    changes: Changes = None,
    detach: Detach = False,
    as_json: Json = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Train a new run here that goes on from a run's checkpoint with its settings, some of them changed.

    Weights, optimizer, place in the data and spent budget are the checkpoint's; the parent goes on as it is.
    """
    from app.actions import launching
    from app.cli.train_command import carry_out

    database = opened(workspace)
    spec = launching.forked(database, COMMAND_LINE, checkpoint, changes or [])
    carry_out(database, spec, detach=detach, as_json=as_json)


commands.command("compare")(compare_command.compare)


def _answer_request(run: "Run", as_json: bool) -> None:
    if as_json:
        write_json({"id": run.id, "state": run.state, "request": run.request})
    elif run.request:
        note(f"Asked {run.id} to {run.request}; it saves first.")
    else:
        note(f"{run.id} is {run.state}.")


def note_if_engine_is_off() -> None:
    """Say that a run waits where no engine of the workspace runs or is starting."""
    from app import clients

    engine = clients.engine()
    if engine.health() is None and engine.soon() is None:
        note(f"The engine is off, so it waits in the line. Start it with: {clients.engine_command()}")


def _method(run: "RunSummary") -> str:
    """Its algorithm; of a run that has none, what it does."""
    return run.algorithm or run.kind


def _brief(run: "RunSummary") -> dict[str, Any]:
    return {
        "id": run.id,
        "name": run.name,
        "kind": run.kind,
        "algorithm": run.algorithm,
        "origin": run.origin,
        "state": run.state,
        "step": run.step,
        "fraction": run.fraction,
        "created_at": run.created_at,
    }
