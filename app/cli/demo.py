"""`alignlab demo`: four methods one after the other on the starter model, a table, and a comparison to look at.

The run files are those of the preset "fair-quartet" with a budget in seconds; the training is the engine's.
"""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.options import Json, Place, opened, writable
from app.cli.output import Failure, write, write_json, write_table

if TYPE_CHECKING:
    from engine.spec import Train
    from storage.database import Database
    from storage.records import Run

QUARTET = "fair-quartet"
SECONDS = 60
FIGURES = ("eval/reward", "eval/kl", "eval/distinct_2", "eval/length")
REPORT = Path("alignlab-demo.html")


def demo(
    seconds: Annotated[int, typer.Option("--seconds", min=5, help="Seconds of training for each method.")] = SECONDS,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where the comparison goes.")] = REPORT,
    as_json: Json = False,
    workspace: Place = None,
) -> None:
    """Train DPO, PPO, GRPO and GSPO on the starter model for the same time each, and compare them."""
    from app.cli import report
    from app.cli.train_command import INTERRUPTED, follow
    from storage import runs

    place = writable(out)
    database = opened(workspace)
    made = _submitted(database, seconds)
    if follow(database, made):
        _abandon(database, made)
        raise typer.Exit(INTERRUPTED)
    ended = [runs.get(database, run.id) for run in made]
    failed = [run for run in ended if run.state != "succeeded"]
    if failed:
        _abandon(database, made)
        raise Failure(f"Run {failed[0].id} {failed[0].state}. Log: {database.workspace.log(failed[0].id)}")
    place.write_text(report.page(database, ended, "Four methods, the same time for each"), encoding="utf-8")
    _answer(database, ended, place, as_json)


def _submitted(database: "Database", seconds: int) -> "list[Run]":
    """The four runs in the line, as one study."""
    from app.cli.train_command import require
    from engine import launch
    from engine.spec import PRESET_GROUPS, parse
    from storage import studies

    files = PRESET_GROUPS[QUARTET].files.values()
    specs: list[Train] = [
        parse({**file, "name": f"demo-{file['algorithm']}", "budget": {"seconds": seconds}}) for file in files
    ]
    require(*specs)
    now = time.time()
    study = studies.create(database, name="alignlab demo", spec={"preset": QUARTET, "seconds": seconds}, now=now)
    return [launch.submit(database, spec, requested_by=None, now=now, study_id=study.id) for spec in specs]


def _abandon(database: "Database", made: "list[Run]") -> None:
    """Take those that have not begun out of the line: nobody waits for them any more."""
    from storage import queue, runs

    for run in made:
        if runs.get(database, run.id).state == "queued":
            queue.request(database, run.id, "stop", time.time())


def _answer(database: "Database", ended: "list[Run]", place: Path, as_json: bool) -> None:
    from storage import metrics

    series = metrics.by_run(database, [run.id for run in ended])
    if as_json:
        rows: list[dict[str, Any]] = [
            {
                "id": run.id,
                "algorithm": run.algorithm,
                "steps": run.step,
                **{key: {"first": series[run.id][key].first, "last": series[run.id][key].last} for key in FIGURES},
            }
            for run in ended
        ]
        write_json({"study": ended[0].study_id, "runs": rows, "report": str(place)})
        return
    columns = ("METHOD", "STEPS", "HELD-OUT REWARD", "KL", "DIVERSITY", "LENGTH")
    write_table(
        columns,
        [
            (
                run.algorithm,
                run.step,
                *(f"{one.first:.3g} -> {one.last:.3g}" for one in map(series[run.id].get, FIGURES) if one),
            )
            for run in ended
        ],
    )
    write(f"Curves, settings and answers side by side: {place}")
