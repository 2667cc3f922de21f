"""A fresh clone, a fresh environment: seconds until `make run` shows a live engine, minutes until `.ci/run` passed."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from accept.report import ROOT, SHARED_DATA, conclude

READY_SECONDS = 900
PORT = 8623


def main() -> int:
    """Clone, run, look at the page, then test."""
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "alignlab"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        if SHARED_DATA.is_dir():
            (Path(folder) / "shared").symlink_to(SHARED_DATA.parent)
        seconds, words = opened(clone, Path(folder) / "workspace")
        began = time.monotonic()
        tested = subprocess.run(
            ["bash", ".ci/run"], cwd=clone, check=False, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
        )
        minutes = round((time.monotonic() - began) / 60, 1)
    if tested.returncode:
        sys.stdout.write(tested.stdout)
    closing = tested.stdout.strip().splitlines()[-1]
    figures = {"run_seconds": seconds, "engine": words, "test_minutes": minutes, "closing_line": closing}
    wanted = {
        "make run reaches a page that says the engine is alive": "idle" in words,
        "make test passes": tested.returncode == 0,
        "make test takes under 25 minutes": minutes < 25,
    }
    return conclude("fresh_clone", figures, wanted)


def opened(clone: Path, workspace: Path) -> tuple[float, str]:
    """Seconds from `make run` to a page that shows the engine, and what the page says of it."""
    began = time.monotonic()
    given = f"--no-browser --json --port {PORT} --workspace {workspace}"
    command = ["make", "run", f"ARGS={given}"]
    with subprocess.Popen(command, cwd=clone, stdout=subprocess.PIPE, text=True, start_new_session=True) as run:
        assert run.stdout is not None
        url = next(json.loads(line)["url"] for line in run.stdout if line.startswith("{"))
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
            )
            page = browser.new_page()
            page.goto(url)
            status = page.locator(".al-engine")
            expect(status).to_contain_text("idle", timeout=READY_SECONDS * 1000)
            words, seconds = status.inner_text(), round(time.monotonic() - began, 1)
            browser.close()
        os.killpg(run.pid, signal.SIGINT)
    return seconds, words


if __name__ == "__main__":
    sys.exit(main())
