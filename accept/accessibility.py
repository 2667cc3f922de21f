"""axe-core on every page and state, light in English and dark in Chinese: nothing serious or critical in what we draw.

What Streamlit draws by itself is listed apart. axe-core (MPL 2.0) comes from npm into a temporary folder, and is run in
pages over an invented workspace, beside an engine that only says that it is alive.
"""

import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from accept.report import alignlab, answer, conclude
from storage.database import Database, connect
from storage.judging import judgement_writes, leases
from storage.workspace import Workspace
from tests.e2e import pictures
from tests.e2e.conftest import chromium
from tests.storage.talks import fill, open_round, vote

AXE = "axe-core@4.14.1"
READERS = (("light", "en"), ("dark", "zh"))
GRAVE = ("serious", "critical")
TALKS = "talks"
# What is pressed before a page is looked at, for what an address alone does not open.
PRESSES = {
    "launch-watch": ".st-key-fold-watch summary",
    "fork": ".st-key-fork button",
    "model-export": ".st-key-model_export button",
    "runs-filter": ".st-key-runs-filter button",
    "runs-columns": ".st-key-runs-columns button",
    "run-import": ".st-key-run_import-open button",
    "data-import": ".st-key-import-open button",
}
SETTLED = f"""() => document.querySelector("{pictures.READY}") && !document.querySelector("[data-stale=true]")"""
# Ours is what stands in our own markup, and every colour, since the theme is ours.
RUN = """
async () => {
  const { violations } = await axe.run(document, { resultTypes: ["violations"] })
  return violations.flatMap(({ id, impact, help, nodes }) => nodes.map(({ target, html, failureSummary }) => {
    const node = document.querySelector(target.flat().join(" "))
    const drawn = node?.closest("[class^='al-'], [class*=' al-'], [data-testid=stHtml]")
    const ours = id === "color-contrast" || Boolean(drawn)
    return { id, impact, help, ours, at: target.flat().join(" "), html: html.slice(0, 240), why: failureSummary }
  }))
}
"""


def main() -> int:
    """Look at all pages, and write down what was found where."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        script = _axe(folder)
        with _dashboard(folder / "workspace") as (url, addresses), sync_playwright() as playwright:
            browser = chromium(playwright)
            found = [each for reader in READERS for each in _violations(browser, script, url, addresses, *reader)]
            browser.close()
    grave = [each for each in found if each["impact"] in GRAVE]
    ours, theirs = ([each for each in grave if each["ours"] is own] for own in (True, False))
    figures = {
        "axe": AXE,
        "pages": sorted(addresses),
        "ours": ours,
        "streamlit": _by_rule(theirs),
        "minor": _by_rule([each for each in found if each["impact"] not in GRAVE]),
    }
    return conclude("accessibility", figures, {"nothing serious or critical is ours, light or dark": ours == []})


def _axe(folder: Path) -> str:
    """The script, fetched by npm."""
    subprocess.run(["npm", "pack", AXE, "--silent"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    with tarfile.open(next(folder.glob("axe-core-*.tgz"))) as archive:
        file = archive.extractfile("package/axe.min.js")
        assert file is not None
        return file.read().decode()


@contextmanager
def _dashboard(folder: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """The dashboard of the pictures, with a round that two people judged and one that lies before the reader."""
    with pictures.dashboard(folder) as (url, addresses):
        db = connect(Workspace(folder))
        _talk(db)
        for name in (TALKS, "polite-weather"):
            answer(alignlab("data", "quality", name, "--json", workspace=folder))
        yield (
            url,
            addresses
            | _states(addresses)
            | {
                "judged": f"data?dataset={TALKS}",
                "annotate": "annotate",
                "task": f"annotate?dataset={TALKS}&round=2",
                "review": f"review?dataset={TALKS}",
                "sign-in": "alignlab/sign-in",
            },
        )
        db.close()


def _states(addresses: dict[str, str]) -> dict[str, str]:
    """The tabs, views and dialogs of pages: name -> address."""
    ended, compare = addresses["run-samples"].partition("&")[0], addresses["compare"]
    return {
        **{f"run-{tab}": f"{ended}&tab={tab}" for tab in ("curves", "settings")},
        "run-rates": f"{ended}&tab=samples&samples=rates",
        **{f"compare-{tab}": f"{compare}&tab={tab}" for tab in ("figures", "settings", "relations", "samples")},
        "runs-grouped": "runs?group=method",
        "runs-filter": "runs",
        "runs-columns": "runs?columns=beta",
        "run-import": "runs",
        "fork": ended,
        "model-export": ended,
        "launch-watch": addresses["launch"],
        "data-import": "data",
    }


def _talk(db: Database) -> None:
    """Two people differ over the pairs of a round; another round is open."""
    fill(db, TALKS, count=3)
    open_round(db, TALKS, overlap=2)
    for account, verdict in (("ann", "a"), ("bob", "b")):
        asks = leases.next_questions(db, TALKS, 1, account, 3, time.time())
        judgement_writes.record(db, [vote(ask, verdict, comment="look") for ask in asks], account, time.time())
    open_round(db, TALKS, criteria=("helpful",), ask_quality=True)


def _violations(
    browser: Browser, script: str, url: str, addresses: dict[str, str], scheme: str, language: str
) -> Iterator[dict[str, Any]]:
    page = pictures.opened(browser, scheme, 1280, language)
    page.set_default_timeout(60_000)
    for name, address in addresses.items():
        page.goto(f"{url}/{address}")
        _drawn(page, address)
        if name in PRESSES:
            page.locator(PRESSES[name]).first.click()
            _settled(page)
        page.evaluate(script)
        for each in page.evaluate(RUN):
            yield {"page": name, "scheme": scheme, **each}
        print(f"  {scheme} {name}", flush=True)
    page.context.close()


def _drawn(page: Page, address: str) -> None:
    """Wait until the page is drawn, and unfold what is folded."""
    if address.startswith("alignlab/"):
        return
    page.wait_for_selector(pictures.READY)
    page.wait_for_timeout(2_000)  # live parts, and charts
    if address.startswith("data?dataset="):
        page.locator(".st-key-data-quality summary").click()
        page.locator(".al-figures").wait_for()
    _settled(page)


def _settled(page: Page) -> None:
    """Wait until nothing is drawn anew."""
    page.wait_for_function(SETTLED)
    page.wait_for_timeout(1_000)  # what was drawn anew was pale, and becomes opaque
    page.wait_for_function(SETTLED)


def _by_rule(found: list[dict[str, Any]]) -> dict[str, Any]:
    """rule -> what it says, on which pages, and one example."""
    rules: dict[str, Any] = {}
    for each in found:
        new = {"help": each["help"], "impact": each["impact"], "pages": [], "example": each["html"]}
        rule = rules.setdefault(each["id"], new)
        rule["pages"] = sorted({*rule["pages"], each["page"]})
    return rules


if __name__ == "__main__":
    sys.exit(main())
