"""From a press in the menu to a page at rest, for every page of the menu, in Chromium; the median of five rounds.

A page is at rest when its heading stands, its script has ended, nothing of the page before is left, and its live parts
and charts have had their first answers. The reader has been on no page before: the first round is told apart.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

import psutil
from playwright.sync_api import Page, sync_playwright

from accept.report import conclude
from tests.e2e import pictures
from tests.e2e.conftest import chromium

ROUNDS = 5
LIMIT_SECONDS = 0.8
# name in the menu -> what stands on the page when it is there
PAGES = {
    "Launch": "Launch",
    "Runs": "Runs",
    "Compare": "Compare",
    "Datasets": "Datasets",
    "Annotate": "Annotate",
    "Review": "Review",
    "Settings": "Settings",
    "Overview": "Overview",
}
AT_REST = f"""
(name) => {{
  const heading = document.querySelector("[data-testid=stMain] h1")
  return Boolean(heading?.textContent.startsWith(name) && document.querySelector("{pictures.READY}"))
    && !document.querySelector("[data-stale=true], [data-testid=stSkeleton]")
}}
"""


def main() -> int:
    """Press everything in the menu, five times around, and write down what each press took."""
    with tempfile.TemporaryDirectory() as scratch, pictures.dashboard(Path(scratch) / "workspace") as (url, _):
        server = next(each for each in psutil.Process().children() if "app" in each.cmdline())
        with sync_playwright() as playwright:
            page = pictures.opened(chromium(playwright), "light", 1280, "en")
            page.set_default_timeout(60_000)
            page.goto(url)
            page.wait_for_function(AT_REST, arg="Overview")
            began, load = _cpu_seconds(server), psutil.getloadavg()[0]
            rounds = [{name: _press(page, name, heading) for name, heading in PAGES.items()} for _ in range(ROUNDS + 1)]
            cpu = (_cpu_seconds(server) - began) / (len(rounds) * len(PAGES))
    first, later = rounds[0], rounds[1:]
    medians = {name: round(statistics.median(each[name] for each in later), 2) for name in PAGES}
    figures = {
        "first_seconds": {name: round(seconds, 2) for name, seconds in first.items()},
        "median_seconds": medians,
        "server_cpu_seconds_a_press": round(cpu, 3),
        "load": [round(load, 1), round(psutil.getloadavg()[0], 1)],
    }
    wanted = {f"the median of every page is under {LIMIT_SECONDS} s": max(medians.values()) < LIMIT_SECONDS}
    return conclude("menu_clicks", figures, wanted)


def _press(page: Page, name: str, heading: str) -> float:
    """Seconds until the page is at rest."""
    link = page.get_by_test_id("stSidebarNav").get_by_role("link", name=name, exact=True)
    began = time.monotonic()
    link.click()
    page.wait_for_function(AT_REST, arg=heading, polling=20)
    seconds = time.monotonic() - began
    page.wait_for_timeout(600)  # a reader looks; nothing of one page is counted for the next
    return seconds


def _cpu_seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


if __name__ == "__main__":
    sys.exit(main())
