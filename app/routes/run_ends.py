"""How runs ended that a browser waits for, in the reader's words: /alignlab/run-ends?run=ID&run=ID&language=zh.

A run that waits for a person has ended as far as a reader is concerned who went away. Left out: showing it
(`app/runs/js/end_notices.js`).
"""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app import clients
from app.markup import texts
from app.markup.metric_names import title
from app.routes.refusals import malformed, refused
from app.runs import outcome
from app.translations import N_, _, language_as, translate
from storage import metrics, run_lists
from storage.errors import StorageError
from storage.records import ENDED, RunSummary, Series

MOST_RUNS = 100
_TITLES = {
    "succeeded": N_("{run} has succeeded"),
    "failed": N_("{run} has failed"),
    "stopped": N_("{run} was stopped"),
    "paused": N_("{run} is paused"),
}


def run_ends(request: Request) -> Response:
    """400 for too many runs; else what `refused` answers. `missing` are those that are not there any more."""
    run_ids = list(dict.fromkeys(request.query_params.getlist("run")))
    if len(run_ids) > MOST_RUNS:
        return malformed(f"At most {MOST_RUNS} runs are answered at once.")
    db = clients.database()
    try:
        found = run_lists.by_id(db, run_ids)
        ended = [run for run in found.values() if _has_ended(run)]
        series = metrics.by_run(db, [run.id for run in ended])
    except StorageError as error:
        return refused(error)
    with language_as(request.query_params.get("language", "en")):
        notices = {run.id: _notice(run, series[run.id]) for run in ended}
    missing = [run_id for run_id in run_ids if run_id not in found]
    return JSONResponse({"ended": notices, "missing": missing}, headers={"Cache-Control": "no-store"})


def _has_ended(run: RunSummary) -> bool:
    return run.state in ENDED or (run.state == "paused" and run.reason is not None)


def _notice(run: RunSummary, series: dict[str, Series]) -> dict[str, str]:
    """Plain text, as notifications are."""
    figures = [f"{title(one.key)} {texts.number(one.last)}" for one in outcome.headline(series)]
    lines = [translate(run.reason), " · ".join([_("step {step}").format(step=f"{run.step:,}"), *figures])]
    return {"title": _(_TITLES[run.state]).format(run=run.name), "body": "\n".join(filter(None, lines))}
