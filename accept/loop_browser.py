"""The loop in a browser: sample, judge by keys, adjudicate, freeze, train on that version, sample again; lineage.

A researcher and two annotators are signed in, each in a browser of their own. The judges prefer the politer of the
answers that are drawn; the second one slips, so that there is something to decide.
"""

import re
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect, sync_playwright

from accept import loop
from accept.report import conclude
from storage import datasets, runs
from storage.database import Database
from storage.judging import judgements, rounds
from storage.people import users
from storage.records import Item
from tests.app.accounts import PASSWORD
from tests.e2e import annotators
from tests.e2e.conftest import House, alignlab_up, chromium
from tests.e2e.test_main_job import launch, wait_until

PROMPTS = loop.PROMPTS
ROUND = 1
PEOPLE = {"Lead": "admin", "Ada": "annotator", "Ben": "annotator"}
PATIENCE_SECONDS = 300
DRAWN = "selector => [...document.querySelectorAll(selector)].map((node) => node.textContent)"
CARDS, ANSWERS = ".al-card-body", ".al-review-pair .al-answer"
KEYS_MS = 100
VERDICTS = 5  # the column of the table of versions


def main() -> int:
    """Go round once, and see what is linked with what."""
    with tempfile.TemporaryDirectory() as folder, alignlab_up(Path(folder)) as house, sync_playwright() as playwright:
        db = house.database
        for name, role in PEOPLE.items():
            users.add(db, name=name, role=role, password=PASSWORD, now=time.time())
        browser = chromium(playwright)
        lead, ada, ben = (_signed_in(browser, house, name) for name in PEOPLE)
        seconds: dict[str, float] = {}
        steps = _Steps(seconds)
        sampled = steps("sample", lambda: _sample(db, lead, house.url, loop.DATASET))
        steps("judge", lambda: _judge(db, lead, (ada, ben), house.url))
        decided = steps("adjudicate", lambda: _adjudicate(db, lead, house.url))
        version = steps("freeze", lambda: _freeze(db, lead, house.url))
        trained = steps("train", lambda: _train(house, lead, version))
        again = steps("sample again", lambda: _sample_again(db, lead, house.url, trained))
        seen = _links(house, lead, sampled, trained, again, version)
        browser.close()
        linked = loop.lineage(db, sampled, trained, again, version)
        people = _people(db)
        figures = {
            "seconds": {**seconds, "all": round(sum(seconds.values()), 1)},
            "items": datasets.get(db, loop.DATASET).items,
            "votes": sum(map(len, people.values())),
            "adjudicated": decided,
            "preferences": sum(bool(item.preferences) for item in datasets.load(db, version)),
        }
    wanted = {
        f"under {loop.MOST_SECONDS} s": figures["seconds"]["all"] < loop.MOST_SECONDS,
        f"{PROMPTS} pairs have two verdicts by two people": [len(own) for own in people.values()] == [2] * PROMPTS,
        "some pairs were adjudicated, and none is left split": decided > 0,
        **linked,
        **seen,
    }
    return conclude("loop_browser", figures, wanted)


class _Steps:
    """Does one step after the other, and takes down how long each took."""

    def __init__(self, seconds: dict[str, float]) -> None:
        self.seconds = seconds

    def __call__(self, name: str, step: Callable[[], Any]) -> Any:
        began = time.monotonic()
        result = step()
        self.seconds[name] = round(time.monotonic() - began, 1)
        print(f"  {name}: {self.seconds[name]} s", flush=True)
        return result


def _signed_in(browser: Browser, house: House, name: str) -> Page:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-US")
    context.set_default_timeout(60_000)
    expect.set_options(timeout=60_000)
    page = context.new_page()
    annotators.sign_in(page, house.url, name)
    return page


def _sample(db: Database, page: Page, url: str, name: str) -> str:
    """Let the starter answer prompts; the run, once it has succeeded."""
    page.goto(f"{url}/data")
    page.get_by_role("button", name="Sample answers to judge").click()
    return _fill_dialog(db, page, name)


def _fill_dialog(db: Database, page: Page, name: str) -> str:
    """The dialog's fields, as it opens them but for the name and the number of prompts; the run that it launches."""
    dialog = page.get_by_role("dialog")
    field = dialog.get_by_role("textbox", name="New dataset")
    field.fill(name)
    field.press("Tab")
    count = dialog.get_by_role("spinbutton", name="Prompts")
    count.fill(str(PROMPTS))
    count.press("Tab")
    go = dialog.get_by_role("button", name="Sample answers", exact=True)
    expect(go).to_be_enabled()
    go.click()
    page.wait_for_url(re.compile(r"/run\?id="))
    run_id = page.url.partition("id=")[2]
    _succeeds(db, page, run_id)
    return run_id


def _succeeds(db: Database, page: Page, run_id: str) -> None:
    wait_until(page, lambda: runs.get(db, run_id).finished_at is not None, "the run ends", PATIENCE_SECONDS)
    assert runs.get(db, run_id).state == "succeeded", runs.get(db, run_id).reason
    expect(page.locator(".al-head")).to_contain_text("succeeded")


def _judge(db: Database, lead: Page, judges: Sequence[Page], url: str) -> None:
    """Open a round that wants two people a pair, and let both judge it at once."""
    lead.get_by_role("button", name="Open the dataset").click()
    expect(lead.get_by_role("heading", name=loop.DATASET)).to_be_visible()
    lead.get_by_role("button", name="Judge", exact=True).click()
    lead.get_by_role("button", name="Open a round").click()
    lead.get_by_role("radiogroup").get_by_text("two", exact=True).click()
    lead.get_by_role("button", name="Open and judge").click()
    expect(lead.locator(".al-annotate[data-state=judging]")).to_be_visible()
    lead.goto(f"{url}/review?dataset={loop.DATASET}")  # which gives back what lay before who opened the round
    for page in judges:
        annotators.open_task(page, url, loop.DATASET, ROUND)
    items = {question.id: question.item_id for question in rounds.questions(db, loop.DATASET, ROUND)}
    until = time.monotonic() + PATIENCE_SECONDS
    while (progress := rounds.progress(db, loop.DATASET, ROUND)).answered < progress.wanted:
        assert time.monotonic() < until, progress
        for page, careless in zip(judges, (False, True), strict=True):
            _vote(db, page, items, careless)
        lead.wait_for_timeout(KEYS_MS)
    for page in judges:
        annotators.all_saved(page)


def _vote(db: Database, page: Page, items: dict[str, str], careless: bool) -> None:
    """Press the key of the politer of the two answers that are drawn, if a pair is."""
    question = page.evaluate("() => document.querySelector('.al-annotate').dataset.question ?? ''")
    texts = page.evaluate(DRAWN, CARDS)
    if len(texts) != 2 or not question:
        return
    item = datasets.item(db, loop.DATASET, items[question.partition(":")[0]])
    key = _politer(item, texts)
    if careless and loop.slips(item):
        key = {"1": "2", "2": "1", "0": "1"}[key]
    page.keyboard.press(key)


def _politer(item: Item, texts: Sequence[str]) -> str:
    first, second = loop.scores(item, texts)
    return "0" if first == second else "1" if first > second else "2"


def _adjudicate(db: Database, page: Page, url: str) -> int:
    """Decide by key every pair over which the two differ; how many these are."""
    page.goto(f"{url}/review?dataset={loop.DATASET}")
    page.locator(".al-title").wait_for()
    items = {item.messages[-1]["content"]: item for item in datasets.items(db, loop.DATASET, limit=PROMPTS)[0]}
    left, done = page.locator(".al-review-pair"), page.get_by_text("No pair of this kind is left.")
    expect(left.or_(done)).to_be_visible()
    decided = 0
    while left.count():
        prompt = page.locator(".al-review-pair .al-prompt").inner_text()
        item = next(item for content, item in items.items() if content in prompt)
        texts = page.evaluate(DRAWN, ANSWERS)
        page.keyboard.press(_politer(item, texts).replace("0", "1"))
        decided += 1
        wait_until(page, partial(_has_decisions, db, decided), "the decision is stored")
        expect(left.filter(has_text=prompt)).to_have_count(0)
        expect(left.or_(done)).to_be_visible()
    return decided


def _has_decisions(db: Database, count: int) -> bool:
    return len(judgements.listing(db, loop.DATASET, source="adjudicator")) == count


def _freeze(db: Database, page: Page, url: str) -> str:
    page.goto(f"{url}/data?dataset={loop.DATASET}")
    page.get_by_role("button", name=re.compile("0 versions")).click()
    page.get_by_role("button", name="Freeze now").click()
    expect(page.get_by_text("Frozen as")).to_be_visible()
    page.keyboard.press("Escape")
    return datasets.versions(db, loop.DATASET)[0].hash


def _train(house: House, page: Page, version: str) -> str:
    """Launch dpo on the version from the page, and wait until it has succeeded."""
    run_id = launch(house, page, loop.RUN_FILE.format(dataset=loop.DATASET, version=version))
    _succeeds(house.database, page, run_id)
    return run_id


def _sample_again(db: Database, page: Page, url: str, trained: str) -> str:
    """From the strip over the dataset: the checkpoint that was just trained answers the same prompts."""
    page.goto(f"{url}/data?dataset={loop.DATASET}")
    page.get_by_role("button", name=re.compile("Sample again")).click()
    return _fill_dialog(db, page, loop.AGAIN)


def _links(house: House, page: Page, sampled: str, trained: str, again: str, version: str) -> dict[str, bool]:
    """What a reader sees of it: from the dataset to its runs and verdicts, from the runs to each other."""
    page.goto(f"{house.url}/data?dataset={loop.DATASET}")
    strip = page.locator(".al-stages")
    strip.wait_for()
    linked = [link.get_attribute("href") or "" for link in strip.get_by_role("link").all()]
    page.get_by_role("button", name=re.compile("1 version")).click()
    row = page.locator(".al-versions tr", has_text=version[:7])
    row.wait_for()
    cells = row.get_by_role("cell").all_inner_texts()
    page.goto(f"{house.url}/run?id={again}")
    expect(page.get_by_text(loop.AGAIN).first).to_be_visible()
    expect(page.locator(f"a[href*='{trained}']").first).to_be_visible()
    page.goto(f"{house.url}/run?id={trained}")
    expect(page.locator(f"a[href*='{again}']").first).to_be_visible()
    return {
        "the dataset's page leads to the run that sampled it": any(sampled in link for link in linked),
        "the dataset's page leads to the run that was trained on it": any(trained in link for link in linked),
        "the version's row counts its verdicts": cells[VERDICTS]
        == str(len(judgements.of_version(house.database, version))),
    }


def _people(db: Database) -> dict[str, set[str]]:
    """item -> who judged it."""
    people = defaultdict(set)
    for judgement in annotators.stored(db, loop.DATASET, ROUND):
        people[judgement.item_id].add(str(judgement.account))
    return people


if __name__ == "__main__":
    sys.exit(main())
