"""The engine's preflight of the run in the form, asked for in the background and kept for a while.

A preflight may take seconds, so the page does not wait for it: it shows `initial_fragment`, and the fragment asks once
the form has been left alone for a moment. One request at a time: concurrent preflights would take all cores while
someone types. Left out: how an answer looks (`launch.estimate`).
"""

import json
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape

from app import clients
from app.bridge.fragment import BadQuery, Fragment
from app.launch import estimate
from app.markup import notices
from app.translations import _
from engine.spec import RunSpec, StudySpec, dump
from engine.spec.answers import PreflightAnswer
from engine.spec.bounds import check_bounds
from storage.records import Dataset

DELAY_SECONDS = 0.7
LIFETIME_SECONDS = 300.0  # the disk fills, models come and go
PROBLEM_LIFETIME_SECONDS = (
    10.0  # of an answer with problems: what it advises may be done elsewhere, and the button waits for it
)
MOST = 100
_asking = threading.Lock()
_answers: dict[tuple[str, str], tuple[float, PreflightAnswer]] = {}


def query_for(spec: RunSpec | StudySpec, available: Sequence[Dataset]) -> dict[str, str]:
    """What the engine is asked about a run or study: the file, and a mark that changes with the data."""
    mark = hash(tuple(sorted((data.name, data.edited_at) for data in available)))
    file = dump(spec) if isinstance(spec, RunSpec) else spec.file
    return {"spec": json.dumps(file, sort_keys=True), "data": str(mark)}


def preflight(query: Mapping[str, str]) -> Fragment:
    """Asks the engine. Query: `spec`, the run as JSON, and `data`, which changes whenever a dataset does.

    Raises BadQuery.
    """
    if _asking.locked() and cached(query) is None:
        return initial_fragment(query, None)
    try:
        return _answered(fetch(query))
    except clients.EngineError as error:
        return Fragment(notices.engine_unreachable(error.text), every=None)


def initial_fragment(query: Mapping[str, str], before: PreflightAnswer | None) -> Fragment:
    """The figures if they are cached, else that the engine is asked, over those that were there `before`."""
    answer = cached(query)
    if answer is not None:
        return _answered(answer)
    words = _("Asking the engine what this run will take")
    former = estimate.with_brief(Markup(""), escape(words)) if before is None else estimate.figures(before)
    waiting = Markup('<div class="al-asking"><p role="status">{}</p><div>{}</div></div>')
    return Fragment(waiting.format(words, former), every=DELAY_SECONDS)


def _answered(answer: PreflightAnswer) -> Fragment:
    """The version is the problems, for which the page marks fields and disables the button."""
    problems = [(problem.path, problem.text) for problem in answer.problems]
    every = PROBLEM_LIFETIME_SECONDS if problems else None
    return Fragment(estimate.figures(answer), version=json.dumps(problems, sort_keys=True), every=every)


def _run(text: str) -> dict[str, Any]:
    """The run of a query. Raises BadQuery."""
    try:
        run = json.loads(text)
        check_bounds(run)
        json.dumps(run, allow_nan=False)
    except (ValueError, RecursionError):
        raise BadQuery("The run is no JSON that AlignLab can read.") from None
    if not isinstance(run, dict):
        raise BadQuery("The run is no JSON object.")
    return run


def cached(query: Mapping[str, str]) -> PreflightAnswer | None:
    """The answer, if this was asked a short while ago."""
    at, answer = _answers.get((query["spec"], query["data"]), (0.0, None))
    if answer is None:
        return None
    lifetime = PROBLEM_LIFETIME_SECONDS if answer.problems else LIFETIME_SECONDS
    return answer if time.monotonic() - at < lifetime else None


def fetch(query: Mapping[str, str]) -> PreflightAnswer:
    """The answer, from the engine if it is not cached. Raises EngineError."""
    with _asking:
        answer = cached(query)
        if answer is None:
            answer = clients.engine().preflight(_run(query["spec"]))
            while len(_answers) >= MOST:
                _answers.pop(next(iter(_answers)))
            _answers[query["spec"], query["data"]] = (time.monotonic(), answer)
        return answer
