"""`alignlab demo`: four methods one after the other on the starter model, a table, and a comparison to look at.

It is the study "fair-quartet" with a budget in seconds and one seed; the training is the engine's.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.options import Json, WorkspaceOption, opened, writable
from app.cli.output import Failure, write, write_json, write_table

if TYPE_CHECKING:
    from app.compare.group_verdicts import GroupVerdict
    from storage.database import Database
    from storage.records import Run, Series

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
    from app.cli.study_commands import INTERRUPTED, follow, launch
    from app.compare import compared_groups, group_verdicts, html_report
    from engine.spec import STUDIES, parse_study
    from storage import studies

    report_path = writable(out)
    database = opened(workspace)
    spec = parse_study({**STUDIES[QUARTET], "name": "demo", "seeds": [0], "budget": {"seconds": seconds}})
    study = launch(database, spec)
    if follow(database, study.id):
        raise typer.Exit(INTERRUPTED)
    ended = studies.members(database, study.id)
    failed = [run for run in ended if run.state != "succeeded"]
    if failed:
        raise Failure(f"Run {failed[0].id} {failed[0].state}. Log: {database.workspace.log(failed[0].id)}")
    comparison = compared_groups.comparison(database, [run.id for run in ended])
    report = html_report.page(database, comparison, "Four methods, the same time for each")
    report_path.write_text(report, encoding="utf-8")
    judged = group_verdicts.of_comparison(database, comparison, detailed=as_json)
    _print_results(database, ended, judged, report_path, as_json)


def _ends(curve: "Series | None") -> dict[str, float] | None:
    """The first and the last value; None of a figure that its answers were too few for."""
    return None if curve is None else {"first": curve.first, "last": curve.last}


def _moved(curve: "Series | None") -> str:
    return "-" if curve is None else f"{curve.first:.3g} -> {curve.last:.3g}"


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
                **{key: _ends(series[run.id].get(key)) for key in keys},
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
                *(_moved(series[run.id].get(key)) for key in keys),
            )
            for run in ended
        ],
    )
    for text in group_verdicts.sentences(judged) if judged else []:
        write(english(text))
    write(f"Curves, settings and answers side by side: {report_path}")
