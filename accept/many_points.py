"""20 runs of 10 metrics and 10,000 steps: how soon Chromium draws charts, beside TensorBoard, and whether spikes show.

Both read the same values from a disk that has them in memory, both servers have loaded what they load ahead, and their
pages are opened in turn, each time in a browser without a cache. Drawn means that lines stand in the first chart. Every
run has one step in one metric that is planted far above the others; a spike shows when its value is among the points of
the chart that holds it, zoomed out. Needs TensorBoard in an environment of its own, made once in the temporary folder.
"""

import math
import random
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil
from playwright.sync_api import Browser, sync_playwright
from tensorboardX import SummaryWriter

from accept.dashboard import Dashboard
from accept.report import conclude
from engine.spec import dump, parse
from storage import metrics, queue, run_writes
from storage.database import Database, connect
from storage.records import Lease
from storage.run_writes import Draft
from storage.workspace import Workspace
from tests.e2e.conftest import chromium, free_port, wait_for

RUNS, STEPS, LONG = 20, 10_000, 100_000
KEYS = ("loss", "eval/loss", "eval/accuracy", "eval/margin", "grad_norm", "learning_rate", "rewards/chosen")
KEYS += ("rewards/rejected", "rewards/margins", "rewards/accuracies")
SPIKE = 1_000.0
TIMES = 5
TENSORBOARD = "tensorboard==2.21.0"
NAVIGATION_SECONDS, SHARE_OF_TENSORBOARD = 2.0, 0.8
PATIENCE = 120_000
OURS = """() => Boolean(document.querySelector(".al-plot .scatterlayer path.js-line"))"""
THEIRS = """() => [...document.querySelectorAll("line-chart path")].some(path => path.getAttribute("d")?.length > 99)"""
SHOWN = """spike => [...document.querySelectorAll(".al-plot")].flatMap(plot => plot.data ?? [])
    .filter(trace => [...trace.y].includes(spike)).length"""


def main() -> int:
    """Fill both, open both in turn, and write down the seconds."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        db = connect(Workspace(folder / "workspace"))
        ids = [_fill(db, folder, number, STEPS) for number in range(RUNS)]
        long = _fill(db, folder, RUNS, LONG)
        house = Dashboard(folder / "workspace")
        with _tensorboard(folder / "events") as tensorboard, sync_playwright() as playwright:
            browser = chromium(playwright)
            # Each run by itself: runs that differ in the seed alone would be one mean.
            view = f"{house.url}/compare?runs={','.join(ids)}&group=none"
            load = psutil.getloadavg()[0]
            pairs = [
                (_cold(browser, view, OURS), _cold(browser, f"{tensorboard}/#timeseries", THEIRS))
                for _ in range(TIMES + 1)
            ][1:]
            navigation, held = _navigate(browser, house.url, view)
            held_long = _shown(browser, f"{house.url}/compare?runs={ids[0]},{long}&group=none")
        house.kill()
        db.close()
    ours, theirs = (round(statistics.median(each), 2) for each in zip(*pairs, strict=True))
    figures = {
        "cold_seconds": {"alignlab": ours, "tensorboard": theirs, "ratio": round(ours / theirs, 2), "pairs": pairs},
        "navigation_seconds": navigation,
        "spikes_shown": held,
        "spikes_shown_of_two_runs_with_100000_steps": held_long,
        "load": round(load, 1),
    }
    wanted = {
        "a chart is drawn within 2 s of the press in the menu": statistics.median(navigation) < NAVIGATION_SECONDS,
        "a cold load takes at most 0.8 of TensorBoard's": ours / theirs <= SHARE_OF_TENSORBOARD,
        "20 of 20 spikes show at full zoom-out": held == RUNS,
        "a spike of 100,000 steps shows beside one of 10,000": held_long == 2,
    }
    return conclude("many_points", figures, wanted)


def _fill(db: Database, folder: Path, number: int, steps: int) -> str:
    """One run in both: noise around a falling curve, one spike in the loss; its id."""
    noise, lease = random.Random(number), _running(db, number)
    spike = noise.randrange(steps)
    writer = SummaryWriter(str(folder / "events" / f"run-{number}")) if steps == STEPS else None
    rows = []
    for step in range(steps):
        values = {key: math.exp(-step / steps) + 0.1 * noise.random() for key in KEYS}
        if step == spike:
            values["loss"] = SPIKE
        rows.append((step, values, float(step)))
        if writer is not None:
            for key, value in values.items():
                writer.add_scalar(key, value, step)
    metrics.write(db, lease, rows)
    queue.finish(db, lease, "succeeded", now=float(steps))
    if writer is not None:
        writer.close()
    return lease.run_id


def _running(db: Database, number: int) -> Lease:
    spec = dump(parse({"algorithm": "dpo", "data": {"dataset": "noise", "version": "4c1e9b20aa"}, "seed": number}))
    draft = Draft(name=f"run {number}", kind="train", algorithm="dpo", lane="train", spec=spec)
    run = run_writes.create(db, now=float(number), **draft)
    lease = queue.claim_run(db, run.id, host="here", device=run.id, seconds=3600.0, now=0.0)
    assert lease is not None
    return lease


@contextmanager
def _tensorboard(folder: Path) -> Iterator[str]:
    """TensorBoard over the events, when it has loaded them."""
    place = Path(tempfile.gettempdir()) / "alignlab-tensorboard"
    if not (place / "bin" / "tensorboard").exists():
        venv.create(place, with_pip=True)
        subprocess.run([place / "bin" / "pip", "install", "-q", TENSORBOARD], check=True)
    port = free_port()
    command = [place / "bin" / "tensorboard", "--logdir", folder, "--port", str(port), "--reload_interval", "3600"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        url = f"http://127.0.0.1:{port}"
        wait_for(f"{url}/data/runs")
        while len(httpx.get(f"{url}/data/runs", timeout=60).json()) < RUNS:
            time.sleep(1)
        time.sleep(15)  # it goes on reading after it knows a run's name
        yield url
        server.terminate()


def _cold(browser: Browser, url: str, drawn: str) -> float:
    """Seconds from the address to a line, in a browser that has seen nothing."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-US")
    page = context.new_page()
    began = time.monotonic()
    page.goto(url, wait_until="commit")
    page.wait_for_function(drawn, polling=50, timeout=PATIENCE)
    seconds = time.monotonic() - began
    context.close()
    return round(seconds, 2)


def _navigate(browser: Browser, url: str, view: str) -> tuple[list[float], int]:
    """Seconds from the press of Compare in the menu, where a comparison was left, to a line; spikes then shown."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-US").new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(view)
    page.wait_for_function(OURS)
    menu, seconds = page.get_by_test_id("stSidebarNav"), []
    for _ in range(TIMES):
        menu.get_by_role("link", name="Settings").click()
        page.get_by_role("heading", name="Settings", level=1).wait_for()
        page.wait_for_timeout(1_000)
        began = time.monotonic()
        menu.get_by_role("link", name="Compare").click()
        page.wait_for_function(OURS, polling=20)
        seconds.append(round(time.monotonic() - began, 2))
    page.wait_for_timeout(2_000)
    return seconds, page.evaluate(SHOWN, SPIKE)


def _shown(browser: Browser, view: str) -> int:
    """Curves of this comparison that show their spike."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-US").new_page()
    page.goto(view)
    page.wait_for_function(OURS, timeout=PATIENCE)
    page.wait_for_timeout(2_000)
    return int(page.evaluate(SHOWN, SPIKE))


if __name__ == "__main__":
    sys.exit(main())
