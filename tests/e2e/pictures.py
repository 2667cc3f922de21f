"""Pictures of every page, light and dark, wide and on a phone, in every language: `python -m tests.e2e.pictures`.

They are taken over invented runs and the starter's own data, beside an engine that only says that it is alive, so that
nothing moves while they are taken. Left out: judging them, which is done by looking.
"""

import argparse
import io
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from storage import runs
from storage.workspace import Workspace
from tests.answers import HEALTH
from tests.app import families, invented, invented_studies
from tests.e2e.conftest import chromium, free_port, wait_for

OUT = Path(__file__).parents[2] / "docs" / "pictures"
SIZES = {1280: 900, 390: 844}
SCHEMES = ("light", "dark")
LOCALES = {"en": "en-US", "zh": "zh-CN"}
COLOURS = 256  # flat pages need no more, and a picture stays under 120 kB
READY = "[data-testid=stApp][data-test-script-state=notRunning]"


class Alive(BaseHTTPRequestHandler):
    """An engine that is alive and estimates runs, but starts none."""

    workspace: Path

    def do_GET(self) -> None:
        self._answer(HEALTH.model_copy(update={"pid": os.getpid()}).model_dump_json())

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        command = [sys.executable, "-P", "-m", "engine.runtime.preflight.check", "--workspace", str(self.workspace)]
        asked = json.dumps(body["spec"])
        self._answer(subprocess.run(command, input=asked, text=True, stdout=subprocess.PIPE, check=True).stdout)

    def _answer(self, text: str) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: Any) -> None:
        pass


def main() -> None:
    """Take the pictures, all or those whose page is named."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pages", nargs="*", help="pages to take (default: all)")
    parser.add_argument("--out", type=Path, default=OUT)
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder, dashboard(Path(folder) / "workspace") as (url, addresses):
        chosen = {name: address for name, address in addresses.items() if name in (given.pages or addresses)}
        with sync_playwright() as playwright:
            browser = chromium(playwright)
            for scheme, width, language in product(SCHEMES, SIZES, LOCALES):
                page = opened(browser, scheme, width, language)
                for name, address in chosen.items():
                    path = given.out / f"{name}-{scheme}-{width}-{language}.png"
                    path.write_bytes(taken(page, f"{url}/{address}"))
                    sys.stdout.write(f"{path.name}  {path.stat().st_size / 1000:.0f} kB\n")
                page.context.close()
            browser.close()


@contextmanager
def dashboard(folder: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """A dashboard over a filled workspace: its address, and the address of each page."""
    place = Workspace(folder).create()
    install = [sys.executable, "-P", "-m", "engine.starter.install", "--workspace", str(folder)]
    subprocess.run(install, check=True, stdout=subprocess.DEVNULL)
    db = invented.workspace(folder, time.time())
    quartet = families.quartet(db, time.time() - 40_000)
    diamond = families.diamond(db, time.time() - 500)
    study = invented_studies.quartet(db, time.time() - 7 * invented_studies.SECONDS)
    searched = invented_studies.searched(db, time.time() - 40_000)
    ids = {run.name: run.id for run in runs.listing(db)}
    Alive.workspace = folder
    engine = ThreadingHTTPServer(("127.0.0.1", 0), Alive)
    threading.Thread(target=engine.serve_forever, daemon=True).start()
    place.engine_file.write_text(json.dumps({"url": f"http://127.0.0.1:{engine.server_port}", "token": "-", "pid": 1}))
    port = free_port()
    command = [sys.executable, "-P", "-m", "app", "--workspace", str(folder), "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        url = f"http://127.0.0.1:{port}"
        wait_for(f"{url}/_stcore/health")
        yield (
            url,
            {
                "overview": "",
                "launch": "launch?preset=polite-dpo",
                "runs": "runs",
                "run": f"run?id={ids['polite-dpo-seed1']}",
                "run-samples": f"run?id={ids['polite-dpo-seed0']}&tab=samples",
                "run-tokens": f"run?id={ids['polite-dpo-seed0']}&tab=tokens",
                "run-failed": f"run?id={ids['dpo-learning-rate-2e-2']}&tab=log",
                "run-lineage": f"run?id={diamond['ppo']}&tab=lineage",
                "compare": f"compare?runs={','.join(quartet)}",
                "studies": "studies",
                "study": f"studies?id={study}",
                "study-searched": f"studies?id={searched}",
                "data": "data",
                "dataset": "data?dataset=polite-weather",
                "settings": "settings",
            },
        )
    finally:
        process.terminate()
        process.wait(20)
        engine.shutdown()
        engine.server_close()


def opened(browser: Browser, scheme: str, width: int, language: str) -> Page:
    """A browser of one kind of reader; it keeps the scripts it has loaded for the next page."""
    context = browser.new_context(
        viewport={"width": width, "height": SIZES[width]}, color_scheme=scheme, locale=LOCALES[language]
    )
    return context.new_page()


def taken(page: Page, url: str) -> bytes:
    """One picture of what is seen first, as a small PNG."""
    page.goto(url)
    page.wait_for_selector(READY, timeout=60_000)
    if "/compare?" in url or ("/run?" in url and "tab=" not in url):
        page.wait_for_selector(".al-panels[data-state=drawn]", timeout=60_000)
    if "tab=samples" in url:
        page.wait_for_selector(".al-samples[data-state=drawn]", timeout=60_000)
    if "/launch" in url:
        page.wait_for_selector(".al-pairs", timeout=60_000)
    page.wait_for_timeout(2500)  # fonts, and the parts' first answers
    shot = page.screenshot()
    small = io.BytesIO()
    Image.open(io.BytesIO(shot)).convert("RGB").quantize(COLOURS, kmeans=1).save(small, "PNG", optimize=True)
    return small.getvalue()


if __name__ == "__main__":
    main()
