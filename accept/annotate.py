"""200 verdicts by key at 8 a second in a real browser: plain, reloaded, with the dashboard killed, offline for 20 s.

Each has a round of its own. What the page drew when a key came is compared with what was stored. Beside the times stand
how busy the machine was meanwhile, and what the dashboard took of it: other work on the machine lengthens them.
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
from playwright.sync_api import BrowserContext, Page, expect, sync_playwright

from accept.dashboard import Dashboard
from accept.report import conclude
from storage.database import Database, connect
from storage.workspace import Workspace
from tests.e2e import annotators
from tests.e2e.conftest import chromium

VERDICTS = 200
OFFLINE_SECONDS = 20
MEDIAN_MS, LATEST_MS = 60, 120
NAME = "platforms"
PATIENCE_MS = 60_000


def main() -> int:
    """Try all four, and write the figures down."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        db = connect(Workspace(Path(folder) / "workspace"))
        dashboard = Dashboard(Path(folder) / "workspace")
        browser = chromium(playwright)
        try:
            rows = {}
            for trial in (plain, reloaded, killed, offline):
                with fresh_context(browser.new_context()) as context:
                    rows[trial.__name__] = tried(db, dashboard, context, trial)
        finally:
            browser.close()
            dashboard.kill()
            db.close()
    wanted = {
        f"{name}: {VERDICTS} stored, none twice, none on the wrong pair": row["given"] == VERDICTS
        and not row["problems"]
        for name, row in rows.items()
    }
    quick = rows["plain"]
    wanted[f"median from key to next pair under {MEDIAN_MS} ms"] = quick["median_ms"] < MEDIAN_MS
    wanted[f"95 in 100 under {LATEST_MS} ms"] = quick["p95_ms"] < LATEST_MS
    return conclude("annotate", rows, wanted)


@contextmanager
def fresh_context(context: BrowserContext) -> Iterator[BrowserContext]:
    """A browser that remembers nothing of the trial before."""
    context.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    yield context
    context.close()


Trial = Callable[[Dashboard, Page], None]


def tried(db: Database, dashboard: Dashboard, context: BrowserContext, trial: Trial) -> dict[str, Any]:
    """One trial: how many were given, what is wrong with what was stored, and how long keys took."""
    number = annotators.make_round(db, NAME, VERDICTS)
    page = context.new_page()
    annotators.open_task(page, dashboard.url, NAME, number)
    began, cpu_began = time.monotonic(), dashboard.cpu_seconds
    psutil.cpu_percent()
    trial(dashboard, page)
    seconds, busy, cpu_seconds = time.monotonic() - began, psutil.cpu_percent(), dashboard.cpu_seconds - cpu_began
    annotators.all_saved(page)
    presses = annotators.noted(page)
    waits = sorted(press.milliseconds for press in presses if press.milliseconds is not None)
    return {
        "given": len(presses),
        "problems": annotators.differences(db, NAME, number, presses),
        "seconds": round(seconds, 1),
        "keys_a_second": round(len(presses) / seconds, 1),
        "machine_busy": round(busy / 100, 2),
        "load_average": round(os.getloadavg()[0], 1),
        "dashboard_cpu_seconds": round(cpu_seconds, 1),
        "median_ms": round(statistics.median(waits), 1),
        "p95_ms": round(waits[int(0.95 * len(waits))], 1),
    }


def plain(dashboard: Dashboard, page: Page) -> None:
    """Nothing happens but keys."""
    annotators.judge(page, VERDICTS)


def reloaded(dashboard: Dashboard, page: Page) -> None:
    """The page is loaded again in the middle of a burst."""
    annotators.judge(page, VERDICTS // 2)
    page.reload()
    annotators.judge(page, VERDICTS)


def killed(dashboard: Dashboard, page: Page) -> None:
    """The dashboard dies in the middle, and is back 5 s later while the person goes on."""
    died: list[float] = []

    def interrupt(given: int) -> None:
        if given >= VERDICTS // 3 and not died:
            dashboard.kill()
            died.append(time.monotonic())
        elif died and dashboard.process.poll() is not None and time.monotonic() > died[0] + 5:
            dashboard.start()

    annotators.judge(page, VERDICTS, interrupt)


def offline(dashboard: Dashboard, page: Page) -> None:
    """No connection for 20 s, in which the person judges what lies before them."""
    since: list[float] = []

    def interrupt(given: int) -> None:
        if given >= VERDICTS // 3 and not since:
            page.context.set_offline(True)
            since.append(time.monotonic())
        elif since and time.monotonic() > since[0] + OFFLINE_SECONDS:
            page.context.set_offline(False)

    annotators.judge(page, VERDICTS, interrupt)


if __name__ == "__main__":
    sys.exit(main())
