"""What a run would take, as the engine foresees it.

It may take seconds, so the page does not ask: it shows `first`, and the part asks by itself once the form has been left
alone for a moment. One question at a time, or quick typing would fill the machine with them; answers are kept while
they can be believed. Left out: how an answer looks (`launch.estimate`).
"""

import json
import threading
import time
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from app import clients
from app.bridge.fragment import Fragment
from app.launch import estimate
from app.markup import notices
from app.translations import _

SETTLE_SECONDS = 0.7
BELIEVED_SECONDS = 300.0  # the disk fills, models come and go
DOUBTED_SECONDS = 10.0  # of an answer with problems: what it advises may be done elsewhere, and the button waits for it
MOST = 100
_asking = threading.Lock()
_answers: dict[tuple[str, str], tuple[float, dict[str, Any]]] = {}


def preflight(query: Mapping[str, str]) -> Fragment:
    """Asks the engine. Query: `spec`, the run as JSON, and `data`, which changes whenever a dataset does."""
    if _asking.locked() and known(query) is None:
        return first(query, None)
    try:
        return _answered(ask(query))
    except clients.EngineError as error:
        return Fragment(notices.engine_unreachable(error.text), every=None)


def first(query: Mapping[str, str], before: Mapping[str, Any] | None) -> Fragment:
    """The figures if they are known, else that they are being asked for, over those of the form `before`."""
    answer = known(query)
    if answer is not None:
        return _answered(answer)
    old = Markup("") if before is None else estimate.figures(before)
    waiting = Markup('<div class="al-asking"><p role="status">{}</p><div>{}</div></div>')
    return Fragment(waiting.format(_("Asking the engine what this run will take"), old), every=SETTLE_SECONDS)


def _answered(answer: Mapping[str, Any]) -> Fragment:
    """The stamp is what keeps the run from being launched: the page marks the fields, and shuts the button."""
    problems = answer["problems"]
    every = DOUBTED_SECONDS if problems else None
    return Fragment(estimate.figures(answer), version=json.dumps(problems, sort_keys=True), every=every)


def known(query: Mapping[str, str]) -> dict[str, Any] | None:
    """The answer, if this was asked a short while ago."""
    at, answer = _answers.get((query["spec"], query["data"]), (0.0, None))
    if answer is None:
        return None
    lasting = DOUBTED_SECONDS if answer["problems"] else BELIEVED_SECONDS
    return answer if time.monotonic() - at < lasting else None


def ask(query: Mapping[str, str]) -> dict[str, Any]:
    """The answer, asked for if it is not known. Raises EngineError."""
    with _asking:
        answer = known(query)
        if answer is None:
            answer = clients.engine().preflight(json.loads(query["spec"]))
            while len(_answers) >= MOST:
                _answers.pop(next(iter(_answers)))
            _answers[query["spec"], query["data"]] = (time.monotonic(), answer)
        return answer
