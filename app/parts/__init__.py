"""The parts of pages that keep themselves up to date: each is one function from a query to markup.

A page shows a part at once and `app.routes.parts` answers with the same function as it changes, so no words are made
twice. Left out: how they stay up to date in the browser (`app.components.live`).
"""

from collections.abc import Callable, Mapping
from urllib.parse import urlencode

from app.components import live
from app.components.part import Part
from app.parts import comparison, engine, lineage, log, now, preflight, queue, recent, run, table
from app.translations import spoken

PARTS: dict[str, Callable[[Mapping[str, str]], Part]] = {
    "engine": engine.part,
    "figures": comparison.figures,
    "lineage": lineage.graph,
    "log": log.part,
    "now": now.part,
    "preflight": preflight.part,
    "queue": queue.part,
    "recent": recent.part,
    "run": run.part,
    "stages": lineage.strip,
    "summary": comparison.summary,
    "table": table.part,
}


def show(name: str, *, key: str, first: Part | None = None, **query: str) -> dict[str, str] | None:
    """Put a part into the page, live; returns what was pressed in it, once: {"do": ..., "id": ...}.

    `first` is shown until the part has answered by itself, where making it now would keep the page waiting.
    """
    url = f"alignlab/parts/{name}?{urlencode({**query, 'language': spoken()})}"
    return live.mount(first or PARTS[name](query), url, key)
