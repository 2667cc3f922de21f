"""One `alignlab up` and one Chromium for all browser tests; a fresh browser context for each."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from storage.database import Database, connect
from storage.workspace import Workspace

ALIGNLAB = Path(sys.executable).with_name("alignlab")
SYSTEM_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SETTLE_MILLISECONDS = 60_000  # two cores may train, serve and draw at once


@dataclass(frozen=True)
class House:
    """A running AlignLab: where it answers and where it keeps things."""

    url: str
    workspace: Workspace
    log: Path

    @property
    def database(self) -> Database:
        return connect(self.workspace)


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with alignlab_up(tmp_path_factory.mktemp("house")) as house:
        yield house


@contextmanager
def alignlab_up(folder: Path) -> Iterator[House]:
    """A dashboard with its engine, on the workspace in this folder, until the block ends."""
    workspace, log = Workspace(folder / "workspace"), folder / "up.log"
    command = [ALIGNLAB, "up", "--no-browser", "--json", "--port", str(free_port()), "--workspace", workspace.root]
    with log.open("w") as errors, subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True) as up:
        assert up.stdout is not None
        line = up.stdout.readline()
        assert line, log.read_text()
        try:
            yield House(json.loads(line)["url"], workspace, log)
        finally:
            up.send_signal(signal.SIGINT)
            code = up.wait(60)
        assert code == 0, log.read_text()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = chromium(playwright)
        yield browser
        browser.close()


def chromium(playwright: Playwright) -> Browser:
    """The system's own Chromium, else Playwright's."""
    found = next(filter(None, map(shutil.which, SYSTEM_BROWSERS)), None)
    sandbox = [] if os.geteuid() else ["--no-sandbox"]  # root has none
    return playwright.chromium.launch(executable_path=found, args=["--disable-gpu", *sandbox])


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-US")
    context.set_default_timeout(SETTLE_MILLISECONDS)
    expect.set_options(timeout=SETTLE_MILLISECONDS)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def wait_for(url: str, seconds: float = 120) -> None:
    """Until something answers there. Raises TimeoutError."""
    end = time.monotonic() + seconds
    with httpx.Client(timeout=2, trust_env=False) as client:  # kept: each new one costs 30 ms of a processor
        while time.monotonic() < end:
            try:
                if client.get(url).is_success:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.1)
    raise TimeoutError(f"nothing answered at {url}")
