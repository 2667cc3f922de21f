"""The fair quartet from one press on the page Studies to its verdict: minutes, and what each method came to and paid.

Everything is as a person meets it: `alignlab up`, Chromium, the button. The engine trains nothing else meanwhile.
"""

import sys
import tempfile
import time
from pathlib import Path

import psutil
from playwright.sync_api import Page, sync_playwright

from accept.report import conclude
from app.studies import study_json, study_view
from storage import studies
from tests.e2e.conftest import House, alignlab_up, chromium

MOST_MINUTES = 40
PATIENCE_SECONDS = 2 * MOST_MINUTES * 60
LOOK_MS = 5_000


def main() -> int:
    """Press, wait, read."""
    with tempfile.TemporaryDirectory() as scratch, alignlab_up(Path(scratch)) as house, sync_playwright() as playwright:
        load = psutil.getloadavg()[0]
        page = chromium(playwright).new_context(viewport={"width": 1280, "height": 900}, locale="en-US").new_page()
        page.set_default_timeout(60_000)
        study_id, seconds = _carried_out(house, page)
        view = study_view.read(house.database, study_id, time.time())
        answer = study_json.whole(house.database, view)
        page.goto(f"{house.url}/studies?id={study_id}")
        page.get_by_text("What each method came to and paid").wait_for()
        said = page.locator(".al-summary").inner_text()
    minutes = round(seconds / 60, 1)
    figures = {
        "minutes": minutes,
        "load": round(load, 1),
        "state": view.study.state,
        "said": said,
        "groups": [
            {"label": group["label"], "reached": group["reached"], "cost": group["cost"]}
            for group in answer["result"]["groups"]
        ],
    }
    wanted = {
        f"one press leads to a verdict within {MOST_MINUTES} minutes": minutes < MOST_MINUTES,
        "all twelve runs succeeded": answer["runs"] == {"succeeded": 12},
        "the page says something of every method": bool(said) and len(answer["result"]["groups"]) == 4,
    }
    return conclude("fair_quartet", figures, wanted)


def _carried_out(house: House, page: Page) -> tuple[str, float]:
    """The study's id, and the seconds from the press to its end."""
    page.goto(f"{house.url}/studies")
    button = page.get_by_role("button", name="Launch the fair quartet")
    button.wait_for()
    pressed = time.time()
    button.click()
    page.wait_for_url("**/studies?id=*")
    study_id = page.url.partition("id=")[2]
    while (study := studies.get(house.database, study_id)).state == "running":
        if time.time() > pressed + PATIENCE_SECONDS:
            raise TimeoutError(f"The study {study_id} is still running.")
        page.wait_for_timeout(LOOK_MS)
    return study_id, (study.finished_at or time.time()) - pressed


if __name__ == "__main__":
    sys.exit(main())
