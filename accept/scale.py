"""A dataset of 100,000 pairs: its import, its quality, its pages and its searches, whose hits are those of a scan.

Processor time stands beside wall time, since other work on the machine lengthens only the latter.
"""

import json
import os
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from accept.report import alignlab, answer, conclude
from storage import datasets, item_edit_writes, tables, working_copy
from storage.database import Database, connect
from storage.item_edit_writes import author
from storage.item_filter import ItemFilter
from storage.search_words import search_words
from storage.workspace import Workspace

PAIRS = 100_000
PER_PAGE = 25
SEARCHES = (
    "天气",
    "礼貌",
    "天",
    "z",
    "e",
    "museum",
    "useum",
    "museum 天气",
    "museum e",
    "museums下雨",
    "nothing-like-it",
)
WORDS = (
    *("gentle", "rapid", "weather", "train", "sugar", "paper", "stone", "river"),
    *("polite", "answer", "museum", "window", "seven", "harbour", "ticket"),
)
SIGNS = (
    "天气礼貌请问今明北京上海火车站怎么走谢不客下雨晴朗温很高兴帮助您再见早好晚安图书馆博物开门关时间地点人们"
    "学习工作生活音乐电影历史文化科技术数理化"
)
TIMES = 5


def main() -> int:
    """Measure all of it in a workspace that goes again."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder, "workspace"))
        imported = _imported(Path(folder, "pairs.jsonl"), workspace)
        quality = _command("data", "quality", "big", workspace=workspace)
        db = connect(workspace)
        pages = {str(page): _cost(partial(_page, db, page)) for page in (1, 2, 2000, PAIRS // PER_PAGE)}
        filtered = {
            "topic": _cost(lambda: datasets.items(db, "big", limit=PER_PAGE, topic="weather")),
            "script": _cost(lambda: datasets.items(db, "big", limit=PER_PAGE, script="han")),
            "script and search": _cost(lambda: datasets.items(db, "big", limit=PER_PAGE, script="han", search="e")),
            "facets": _cost(lambda: datasets.facets(db, "big")),
        }
        searches = {words: _search(db, words) for words in SEARCHES}
        bulk = _bulk(db)
        db.close()
    walls = [cost["seconds"] for cost in (*pages.values(), *filtered.values(), *searches.values())]
    wanted = {
        "100,000 pairs are imported in under 60 s": imported["seconds"] < 60,
        "the import takes less than 1.5 GB": imported["resident_mb"] < 1500,
        "its quality is measured in under 90 s": quality["seconds"] < 90,
        "a page, a filter or a search takes less than 0.5 s": max(walls) < 0.5,
        "searches find what a scan finds": all(search["same_as_scan"] for search in searches.values()),
        "undoing a change of thousands leaves all as before": bulk["as_before"],
    }
    figures = {
        "import": imported,
        "quality": quality,
        "pages": pages,
        "filters": filtered,
        "searches": searches,
        "bulk": bulk,
    }
    return conclude("scale", {**figures, "load_average": os.getloadavg()[0]}, wanted)


def _imported(file: Path, workspace: Workspace) -> dict[str, Any]:
    numbers = random.Random(7)
    with file.open("w", encoding="utf-8") as lines:
        for _ in range(PAIRS):
            row = {name: _text(numbers, length) for name, length in (("prompt", 12), ("chosen", 40), ("rejected", 30))}
            lines.write(json.dumps({**row, "topic": numbers.choice(WORDS)}, ensure_ascii=False) + "\n")
    workspace.create()
    answer(alignlab("data", "list", "--json", workspace=workspace.root))  # which brings in the samples first
    return {
        **_command("data", "import", str(file), "--name", "big", "--format", "trl", workspace=workspace),
        "file_mb": round(file.stat().st_size / 1e6),
        "database_mb": round(sum(path.stat().st_size for path in workspace.root.glob("alignlab.db*")) / 1e6),
    }


def _command(*arguments: str, workspace: Workspace) -> dict[str, float]:
    """What a command takes; the memory is that of the largest command so far."""
    began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    answer(alignlab(*arguments, "--json", workspace=workspace.root))
    seconds, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "seconds": round(seconds, 1),
        "processor_seconds": round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 1),
        "resident_mb": round(after.ru_maxrss / 1024),
    }


def _text(numbers: random.Random, length: int) -> str:
    if numbers.random() < 0.5:
        words = numbers.choice(WORDS) + numbers.choice(("", "s", "ing", "ly", f"{numbers.randrange(10_000)}"))
        return " ".join(words if place % 7 == 0 else numbers.choice(WORDS) for place in range(length))
    return "".join(numbers.choice(SIGNS) for _ in range(length * 2)) + numbers.choice(WORDS)


def _page(db: Database, page: int) -> object:
    return datasets.items(db, "big", offset=(page - 1) * PER_PAGE, limit=PER_PAGE)


def _cost(look: Callable[[], object]) -> dict[str, float]:
    """The median seconds of a look, by the clock and of the processor."""
    walls, works = [], []
    for _ in range(TIMES):
        wall, work = time.monotonic(), time.process_time()
        look()
        walls.append(time.monotonic() - wall)
        works.append(time.process_time() - work)
    return {"seconds": round(statistics.median(walls), 3), "processor_seconds": round(statistics.median(works), 3)}


def _search(db: Database, words: str) -> dict[str, Any]:
    cost = _cost(lambda: datasets.items(db, "big", limit=PER_PAGE, search=words))
    dataset_id = datasets.get(db, "big").id
    with db.read() as connection:
        query = working_copy.filtered(connection, dataset_id, ItemFilter(words)).with_only_columns(tables.Item.id)
        found = list(connection.execute(query).scalars())
    return {**cost, "hits": len(found), "same_as_scan": found == _scanned(db, words)}


def _scanned(db: Database, words: str) -> list[str]:
    parts = search_words(words)
    item = tables.Item
    query = sa.select(item.id, item.words).where(item.dataset_id == datasets.get(db, "big").id).order_by(item.position)
    with db.read() as connection:
        return [row.id for row in connection.execute(query) if all(part in row.words for part in parts)]


def _bulk(db: Database) -> dict[str, Any]:
    """Tag all hits of a search, delete them, and take both back."""
    item_filter = ItemFilter(search="礼貌")
    before, count = datasets.items(db, "big", limit=500, search="礼貌")
    figures: dict[str, Any] = {"items": count}
    batches = []
    for action, value in (("tag", "polite"), ("delete", None)):
        began = time.monotonic()
        by = author("me", time.time(), action)
        item_edit_writes.change_all(db, "big", item_filter, action, value, expected=count, by=by)
        figures[f"{action}_seconds"] = round(time.monotonic() - began, 2)
        batches.append(by.batch)
    began = time.monotonic()
    for batch in reversed(batches):
        item_edit_writes.undo(db, "big", batch, time.time())
    figures["undo_seconds"] = round(time.monotonic() - began, 2)
    figures["as_before"] = datasets.items(db, "big", limit=500, search="礼貌") == (before, count)
    return figures


if __name__ == "__main__":
    sys.exit(main())
