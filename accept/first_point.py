"""From the press of Launch to the first point of the loss, on the starter, and what each second in between is for.

Everything is as a person meets it: `alignlab up`, Chromium, the form as it opens. The median of three launches; the
engine trains nothing else meanwhile.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil
from playwright.sync_api import Page, expect, sync_playwright

from accept.report import conclude
from storage import metrics, queue, runs
from tests.e2e.conftest import House, alignlab_up, chromium

LAUNCHES = 3
PATIENCE_SECONDS = 120
DRAWN = """() => [...document.querySelectorAll(".al-plot")].some(
    plot => (plot.data ?? []).some(trace => trace.x.length > 0)
)"""


def main() -> int:
    """Launch three runs of dpo, one after the other, and write down when each thing happened."""
    with tempfile.TemporaryDirectory() as scratch, alignlab_up(Path(scratch)) as house, sync_playwright() as playwright:
        load = psutil.getloadavg()[0]
        page = chromium(playwright).new_context(viewport={"width": 1280, "height": 900}, locale="en-US").new_page()
        page.set_default_timeout(PATIENCE_SECONDS * 1000)
        launches = [_launch(house, page) for _ in range(LAUNCHES)]
    medians = {name: round(statistics.median(each[name] for each in launches), 2) for name in launches[0]}
    figures = {"median_seconds_after_the_press": medians, "launches": launches, "load": round(load, 1)}
    wanted = {
        "the page of the run is there within 1 s": medians["page"] < 1,
        "the first loss is there within 12 s": medians["first_loss"] < 12,
    }
    return conclude("first_point", figures, wanted)


def _launch(house: House, page: Page) -> dict[str, float]:
    """Seconds after the press at which each thing had happened."""
    page.goto(f"{house.url}/launch?preset=polite-dpo")
    button = page.get_by_role("button", name="Launch", exact=True)
    expect(button).to_be_enabled(timeout=PATIENCE_SECONDS * 1000)
    page.wait_for_timeout(3_000)  # the form's own preflight has ended
    pressed = time.time()
    button.click()
    page.wait_for_url("**/run?id=*")
    page.locator(".al-head").wait_for()
    seen: dict[str, Any] = {"page": time.time() - pressed}
    run_id = page.url.partition("id=")[2]
    page.wait_for_function(DRAWN, polling=50)
    seen["first_curve_drawn"] = time.time() - pressed
    until = time.time() + PATIENCE_SECONDS
    while not (points := list(metrics.points(house.database, run_id, "loss"))):
        assert time.time() < until, "there is no loss"
        page.wait_for_timeout(50)
    events = {event.kind: event.at for event in reversed(runs.events(house.database, run_id))}
    seen |= {
        "row_written": runs.get(house.database, run_id).created_at - pressed,
        "claimed": events["attempt"] - pressed,
        "model_loaded_and_first_evaluation": events["evaluation"] - pressed,
        "first_loss": points[0][3] - pressed,
    }
    queue.request(house.database, run_id, "stop", time.time())
    while runs.get(house.database, run_id).state != "stopped":
        page.wait_for_timeout(200)
    return {name: round(seconds, 2) for name, seconds in seen.items()}


if __name__ == "__main__":
    sys.exit(main())
