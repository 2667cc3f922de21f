"""What watching a run costs: three tabs and 17 clients of the JSON route on a run that trains, then 30 clients.

Windows with nobody, with the clients alone and with tabs and clients follow each other, so that whatever else the
machine does meets all three. The reader's browser runs on the same processors here, which a reader's does not: its own
share is said beside the server's.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import psutil
import yaml
from playwright.sync_api import Browser, Page, sync_playwright

from accept.report import alignlab, answer, conclude
from storage import metrics
from storage.database import Database
from tests.e2e.conftest import House, alignlab_up, chromium

ROUNDS, WINDOW_SECONDS, SETTLE_SECONDS = 5, 20, 6
TABS, CLIENTS, MANY_CLIENTS = 3, 17, 30
PATIENCE_SECONDS = 120
RUN = {
    "name": "watched",
    "algorithm": "dpo",
    "model": {"name": "starter"},
    "data": {"dataset": "polite-weather"},
    "budget": {"steps": 5000},
    "evaluation": {"every": 5000, "prompts": 8},
    "checkpoint": {"every": 5000},
}
# Every 30 ms: the newest step that a chart in sight has drawn.
LOG_DRAWN = """() => {
    window.alDrawn = []
    setInterval(() => {
        const plots = [...document.querySelectorAll(".al-plot")]
        const last = Math.max(0, ...plots.flatMap((plot) => (plot.data ?? []).map((trace) => trace.x?.at(-1) ?? 0)))
        if (last !== window.alDrawn.at(-1)?.[1]) window.alDrawn.push([Date.now() / 1000, last])
    }, 30)
}"""
# One process asks for all clients, each once a second with its own cursor, as an open page does.
ASKING = """
import asyncio, json, random, sys, time
import httpx

async def client(session, url, run, until, seconds):
    cursor = ""
    await asyncio.sleep(random.random())
    while time.monotonic() < until:
        began = time.monotonic()
        reply = await session.get(url, params={"run": run, **({"after": cursor} if cursor else {})})
        seconds.append(time.monotonic() - began)
        news = reply.raise_for_status().json()["runs"][run]
        cursor = f"{run}:{news['attempt']}:{news['step']}"
        await asyncio.sleep(1)

async def main(url, run, clients, lasting):
    seconds, until = [], time.monotonic() + float(lasting)
    async with httpx.AsyncClient(timeout=30) as session:
        await asyncio.gather(*(client(session, url, run, until, seconds) for _ in range(int(clients))))
    print(json.dumps(seconds))

asyncio.run(main(*sys.argv[1:]))
"""


@dataclass
class Window:
    """What one stretch of time took: shares of one processor, and the seconds of the steps that ended in it."""

    server: float
    browser: float
    step_seconds: list[float]
    answers: list[float] = field(default_factory=list)
    delays: list[float] = field(default_factory=list)


def main() -> int:
    """Measure all windows, and write down what watching costs."""
    parser = argparse.ArgumentParser(prog="accept.live")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="of a window of each kind")
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as scratch, alignlab_up(Path(scratch)) as house, sync_playwright() as playwright:
        load = psutil.getloadavg()[0]
        run_id = _training_run(house, Path(scratch))
        browser = chromium(playwright)
        kinds: dict[str, list[Window]] = {"nobody": [], "clients": [], "tabs and clients": []}
        for _ in range(rounds):
            kinds["nobody"].append(_window(house, run_id, None, 0))
            kinds["clients"].append(_window(house, run_id, None, CLIENTS))
            kinds["tabs and clients"].append(_window(house, run_id, browser, CLIENTS))
        many = _window(house, run_id, None, MANY_CLIENTS)
        browser.close()
        alignlab("runs", "stop", run_id, workspace=house.workspace.root)
    figures, wanted = _judged(kinds, many)
    return conclude("live", figures | {"rounds": rounds, "load": round(load, 1)}, wanted)


def _judged(kinds: dict[str, list[Window]], many: Window) -> tuple[dict[str, Any], dict[str, bool]]:
    server = {kind: statistics.median(window.server for window in windows) for kind, windows in kinds.items()}
    step = {kind: statistics.median(chain.from_iterable(one.step_seconds for one in of)) for kind, of in kinds.items()}
    a_tab = (server["tabs and clients"] - server["clients"]) / TABS
    slower = {kind: step[kind] / step["nobody"] - 1 for kind in ("clients", "tabs and clients")}
    delays = [delay for window in kinds["tabs and clients"] for delay in window.delays]
    p95 = float(np.quantile(many.answers, 0.95))
    figures = {
        "server_percent_of_a_processor": {kind: round(100 * share, 2) for kind, share in server.items()},
        "server_percent_a_tab": round(100 * a_tab, 2),
        "browser_percent_of_a_processor": round(
            100 * statistics.median(window.browser for window in kinds["tabs and clients"]), 1
        ),
        "seconds_a_step": {kind: round(seconds, 4) for kind, seconds in step.items()},
        "seconds_a_step_of_each_window": {
            kind: [round(statistics.median(one.step_seconds), 4) for one in of] for kind, of in kinds.items()
        },
        "training_slower_percent": {kind: round(100 * share, 2) for kind, share in slower.items()},
        "row_to_picture_seconds": {
            "median": round(statistics.median(delays), 2),
            "p95": round(float(np.quantile(delays, 0.95)), 2),
            "rows": len(delays),
        },
        "clients_30": {"median": round(statistics.median(many.answers), 3), "p95": round(p95, 3)},
    }
    wanted = {
        "a tab takes under 2 % of a processor of the server": a_tab < 0.02,
        "a row is drawn within 1.5 s (p95)": float(np.quantile(delays, 0.95)) < 1.5,
        "three tabs and 17 clients slow training by under 2 %": slower["tabs and clients"] < 0.02,
        "17 clients alone slow training by under 2 %": slower["clients"] < 0.02,
        "30 clients are answered within 0.3 s (p95)": p95 < 0.3,
    }
    return figures, wanted


def _training_run(house: House, scratch: Path) -> str:
    """A run that goes on for longer than the measurement; returned once it has written its first losses."""
    file = scratch / "run.yaml"
    file.write_text(yaml.safe_dump(RUN))
    run_id = str(answer(alignlab("train", str(file), "--detach", "--json", workspace=house.workspace.root))["id"])
    until = time.time() + PATIENCE_SECONDS
    while _newest_step(house.database, run_id) < 10:
        assert time.time() < until, "the run does not train"
        time.sleep(0.2)
    return run_id


def _newest_step(db: Database, run_id: str) -> int:
    return max((one.last_step for one in metrics.series(db, [run_id]) if one.key == "loss"), default=0)


def _window(house: House, run_id: str, browser: Browser | None, clients: int) -> Window:
    """One window: whoever watches is there and at rest before it begins."""
    with _tabs(house, run_id, browser) as pages, _asking(house, run_id, clients) as answers:
        time.sleep(SETTLE_SECONDS)
        began, before = time.time(), _processor_seconds(house)
        rows = _rows_as_they_come(house.database, run_id, WINDOW_SECONDS) if pages else []
        if not pages:
            time.sleep(WINDOW_SECONDS)
        ended, after = time.time(), _processor_seconds(house)
        delays = _delays(rows, pages[0].evaluate("window.alDrawn")) if pages else []
    lasted = ended - began
    steps = [
        value
        for _key, _step, value, at in metrics.points(house.database, run_id, "seconds_per_step")
        if began < at < ended
    ]
    return Window((after[0] - before[0]) / lasted, (after[1] - before[1]) / lasted, steps, answers, delays)


@contextmanager
def _tabs(house: House, run_id: str, browser: Browser | None) -> Iterator[list[Page]]:
    """Three readers with the run's page open, each in a context of their own, so that none is hidden."""
    if browser is None:
        yield []
        return
    contexts = [browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-US") for _ in range(TABS)]
    pages = [context.new_page() for context in contexts]
    for page in pages:
        page.goto(f"{house.url}/run?id={run_id}")
        page.wait_for_function("() => [...document.querySelectorAll('.al-plot')].some((plot) => plot.data?.length)")
        page.evaluate(LOG_DRAWN)
    yield pages
    for context in contexts:
        context.close()


@contextmanager
def _asking(house: House, run_id: str, clients: int) -> Iterator[list[float]]:
    """Clients that ask until the window is over; the seconds of each answer are in the list after the block."""
    seconds: list[float] = []
    if not clients:
        yield seconds
        return
    lasting = str(SETTLE_SECONDS + WINDOW_SECONDS)
    command = [sys.executable, "-c", ASKING, f"{house.url}/alignlab/points", run_id, str(clients), lasting]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as asking:
        yield seconds
        printed, _errors = asking.communicate(timeout=PATIENCE_SECONDS)
    seconds += json.loads(printed)


def _processor_seconds(house: House) -> tuple[float, float]:
    """Processor seconds so far: of the dashboard's process, and of the browser with all its processes."""
    server = urlsplit(house.url).port
    dashboard = browser = 0.0
    for process in psutil.process_iter(["name", "cpu_times"]):
        times = process.info["cpu_times"]
        if "chrom" in (process.info["name"] or ""):
            browser += times.user + times.system
        elif "python" in (process.info["name"] or "") and any(
            at.laddr.port == server and at.status == psutil.CONN_LISTEN for at in process.net_connections("tcp")
        ):
            dashboard += times.user + times.system
    return dashboard, browser


def _rows_as_they_come(db: Database, run_id: str, seconds: float) -> list[tuple[float, int]]:
    """(time, step): when a reader of the database first saw that step."""
    rows: list[tuple[float, int]] = []
    until, pause = time.time() + seconds, threading.Event()
    while time.time() < until:
        newest = _newest_step(db, run_id)
        if not rows or newest != rows[-1][1]:
            rows.append((time.time(), newest))
        pause.wait(0.05)
    return rows[1:]


def _delays(rows: list[tuple[float, int]], drawn: list[tuple[float, int]]) -> list[float]:
    """Seconds from each row to the first picture that has it; rows that came too late to be drawn are left out."""
    delays = [next((at - came for at, step in drawn if step >= newest), None) for came, newest in rows]
    return [max(0.0, delay) for delay in delays if delay is not None]


if __name__ == "__main__":
    sys.exit(main())
