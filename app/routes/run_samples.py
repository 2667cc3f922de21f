"""A run's samples for the tab Samples, as JSON: /alignlab/samples/overview|list|prompt|rates|groups?run=ID&...

Each answers one page of what is looked at; no query brings all samples of a run. Left out: what they hold
(`app.samples`).
"""

import math
from collections.abc import Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app import clients
from app.routes.refusals import malformed, refused
from app.samples import answers, pass_rates
from app.sign_in.refusal import RefusalResponse
from app.translations import N_, language_as
from storage import runs
from storage.database import Database
from storage.errors import StorageError
from storage.records import Run
from storage.sample_lists import SORTS

LONGEST_SEARCH = 200
MOST = 2**31 - 1
Query = Mapping[str, str]


class _BadQuery(ValueError):
    """A query that the page does not write."""


def samples(request: Request) -> Response:
    """404 for another name or run, 400 for a query that is none of ours; else what `refused` answers."""
    build = _BUILDS.get(request.path_params["name"])
    if build is None:
        return RefusalResponse((N_("There is no such list of samples."), {}), 404)
    query = request.query_params
    try:
        db = clients.database()
        with language_as(query.get("language", "en")):
            content = build(db, runs.get(db, query.get("run", "")), query)
    except _BadQuery as error:
        return malformed(str(error))
    except StorageError as error:
        return refused(error)
    return JSONResponse(content, headers={"Cache-Control": "no-store"})


def _overview(db: Database, run: Run, _query: Query) -> dict[str, Any]:
    return answers.overview(db, run)


def _list(db: Database, run: Run, query: Query) -> dict[str, Any]:
    sort = query.get("sort", "prompt")
    if sort not in SORTS:
        raise _BadQuery(f"Samples are sorted by one of {', '.join(SORTS)}.")
    search = query.get("search", "")[:LONGEST_SEARCH]
    bins = (_number(query, "first"), _number(query, "last")) if "first" in query else None
    wanted = answers.ListQuery(_number(query, "step"), sort, search, bins, _number(query, "offset", 0))
    return answers.listed(db, run, wanted)


def _prompt(db: Database, run: Run, query: Query) -> dict[str, Any]:
    against_first = query.get("against") == "first"
    return answers.strip(db, run, _number(query, "prompt"), _number(query, "step", 0), against_first=against_first)


def _rates(db: Database, run: Run, query: Query) -> dict[str, Any]:
    try:
        threshold = float(query.get("threshold", ""))
    except ValueError:
        threshold = math.nan
    if not math.isfinite(threshold):
        raise _BadQuery("A threshold is a finite number.")
    return pass_rates.rates(db, run, threshold, _number(query, "step", 0), _number(query, "offset", 0))


def _groups(db: Database, run: Run, query: Query) -> dict[str, Any]:
    return answers.groups(db, run, _number(query, "step"))


def _number(query: Query, name: str, default: int | None = None) -> int:
    text = query.get(name, "" if default is None else str(default))
    if not (text.isascii() and text.isdigit() and len(text) < 11 and int(text) <= MOST):
        raise _BadQuery(f"{name} is a whole number, at least 0.")
    return int(text)


_BUILDS: Mapping[str, Callable[[Database, Run, Query], dict[str, Any]]] = {
    "overview": _overview,
    "list": _list,
    "prompt": _prompt,
    "rates": _rates,
    "groups": _groups,
}
