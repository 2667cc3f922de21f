"""`alignlab demo`: four methods one after the other on the starter model, a table, and a comparison to look at.

The run files are those of the preset "fair-quartet" with a budget in seconds; the training is the engine's.
"""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.options import Json, WorkspaceOption, opened, writable
from app.cli.output import Failure, write, write_json, write_table
from app.people import COMMAND_LINE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.compare.group_verdicts import GroupVerdict
    from engine.spec import Train
    from storage.database import Database
    from storage.records import Run

QUARTET = "fair-quartet"
SECONDS = 60
REPORT = Path("alignlab-demo.html")


def demo(
    seconds: Annotated[int, typer.Option("--seconds", min=5, help="Seconds of training for each method.")] = SECONDS,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where the comparison goes.")] = REPORT,
    as_json: Json = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Train DPO, PPO, GRPO and GSPO on the starter model for the same time each, and compare them."""
    from app.cli.train_command import INTERRUPTED, follow
    from app.compare import compared_groups, group_verdicts, html_report
    from storage import runs

    report_path = writable(out)
    database = opened(workspace)
    queued = _launch(database, seconds)
    if follow(database, queued):
        _stop_queued(database, queued)
        raise typer.Exit(INTERRUPTED)
    ended = [runs.get(database, run.id) for run in queued]
    failed = [run for run in ended if run.state != "succeeded"]
    if failed:
        _stop_queued(database, queued)
        raise Failure(f"Run {failed[0].id} {failed[0].state}. Log: {database.workspace.log(failed[0].id)}")
    comparison = compared_groups.comparison(database, [run.id for run in ended])
    report = html_report.page(database, comparison, "Four methods, the same time for each")
    report_path.write_text(report, encoding="utf-8")
    judged = group_verdicts.of_comparison(database, comparison, detailed=as_json)
    _print_results(database, ended, judged, report_path, as_json)


def _launch(database: "Database", seconds: int) -> "Sequence[Run]":
    """Queue the four runs as one study."""
    from app import clients
    from app.actions import launching
    from app.cli.train_command import note_warnings
    from engine.spec import PRESET_GROUPS, parse

    files = PRESET_GROUPS[QUARTET].files.values()
    specs: list[Train] = [
        parse({**file, "name": f"demo-{file['algorithm']}", "budget": {"seconds": seconds}}) for file in files
    ]
    launched = launching.launch_study(
        database,
        COMMAND_LINE,
        specs,
        time.time(),
        name="alignlab demo",
        description={"preset": QUARTET, "seconds": seconds},
        preflight=clients.engine().preflight,
    )
    note_warnings(launched)
    return launched.runs


def _stop_queued(database: "Database", members: "Sequence[Run]") -> None:
    """Take the runs that have not started out of the queue: nobody waits for them any more."""
    from app.actions import run_requests
    from storage import runs

    for run in members:
        if runs.get(database, run.id).state == "queued":
            run_requests.stop(database, COMMAND_LINE, run.id, time.time())


def _print_results(
    database: "Database", ended: "list[Run]", judged: "GroupVerdict | None", report_path: Path, as_json: bool
) -> None:
    from app.compare import group_verdicts
    from engine.spec import key_metrics
    from storage import metrics
    from words import english

    keys = (key_metrics.HEADLINE, key_metrics.HELD_OUT_KL, key_metrics.DIVERSITY, key_metrics.RESPONSE_LENGTH)
    columns = ("METHOD", "STEPS", "HELD-OUT REWARD", "KL", "DIVERSITY", "LENGTH")
    series = metrics.by_run(database, [run.id for run in ended])
    if as_json:
        rows: list[dict[str, Any]] = [
            {
                "id": run.id,
                "algorithm": run.algorithm,
                "steps": run.step,
                **{key: {"first": series[run.id][key].first, "last": series[run.id][key].last} for key in keys},
            }
            for run in ended
        ]
        said = {"verdict": group_verdicts.as_json(judged), "report": str(report_path)}
        write_json({"study": ended[0].study_id, "runs": rows, **said})
        return
    write_table(
        columns,
        [
            (
                run.algorithm,
                run.step,
                *(f"{curve.first:.3g} -> {curve.last:.3g}" for curve in map(series[run.id].get, keys) if curve),
            )
            for run in ended
        ],
    )
    for text in group_verdicts.sentences(judged) if judged else []:
        write(english(text))
    write(f"Curves, settings and answers side by side: {report_path}")
