"""The parts of pages that keep themselves up to date: each is one function from a query to markup.

A page shows a part at once and `app.routes.parts` answers with the same function as it changes, so no words are made
twice. Left out: how they get into the page (`app.components.live`).
"""

from collections.abc import Callable, Mapping

from app.parts import engine, log, now, preflight, queue, recent, run, table
from app.parts.part import Part

PARTS: dict[str, Callable[[Mapping[str, str]], Part]] = {
    "engine": engine.part,
    "log": log.part,
    "now": now.part,
    "preflight": preflight.part,
    "queue": queue.part,
    "recent": recent.part,
    "run": run.part,
    "table": table.part,
}
