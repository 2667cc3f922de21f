"""A round of questions of our own, and a person who judges it by keys: what the page drew, what was stored of it."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from storage import dataset_writes, datasets
from storage.database import Database
from storage.judging import judgements, round_writes
from storage.judging.judgement_records import Judgement, RoundSettings
from storage.records import Item, Response
from tests.app.accounts import PASSWORD

EVERY_MS = 125
KEYS = "1201102211"  # verdicts in turn: both sides and ties
SIDES = {"1": "left", "2": "right", "0": "tie"}
# Notes every key with the pair that was drawn when it came, and how long the next one took to be painted.
NOTES = """
() => {
  window.noted = JSON.parse(sessionStorage.getItem("noted") ?? "[]")
  addEventListener("keydown", (event) => {
    const root = document.querySelector(".al-annotate")
    const question = root?.dataset.question
    if (!/^[012]$/.test(event.key) || !question || root.dataset.mode !== "judge") return
    const texts = [...root.querySelectorAll(".al-card-body")].map((node) => node.textContent)
    const note = { question, key: event.key, texts, milliseconds: null }
    window.noted.push(note)
    sessionStorage.setItem("noted", JSON.stringify(window.noted))
    requestAnimationFrame(() => setTimeout(() => {
      if (root.dataset.question !== question) note.milliseconds = performance.now() - event.timeStamp
    }))
  }, { capture: true })
}
"""


@dataclass(frozen=True)
class Noted:
    """A key press: the pair that was drawn (its question and turn, the texts from left to right), the key, the wait."""

    question: str
    key: str
    texts: list[str]
    milliseconds: float | None


def make_round(db: Database, name: str, count: int, settings: RoundSettings | None = None) -> int:
    """A dataset of so many pairs, and a round of it; returns the round's number."""
    if all(data.name != name for data in datasets.listing(db)):
        dataset_writes.create(db, name, "pairs", time.time())
        for index in range(count):
            prompt = ({"role": "user", "content": f"Which way to platform {index}?"},)
            answers = (
                Response("r1", f"Up the stairs to {index}, and a good journey.", origin="import"),
                Response("r2", f"Read the sign, number {index}.", origin="import"),
            )
            dataset_writes.add_item(db, name, Item("", prompt, answers, ()), time.time())
    return round_writes.open_round(db, name, settings or RoundSettings(), "local", time.time()).number


def sign_in(page: Page, url: str, name: str) -> None:
    """Sign in with the password of all accounts of tests, and wait for the page that this leads to."""
    page.goto(url)
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator(".al-title")).to_be_visible()


def open_task(page: Page, url: str, name: str, number: int) -> None:
    """The page of the round, with its first pair drawn."""
    page.add_init_script(f"({NOTES})()")
    page.goto(f"{url}/annotate?dataset={name}&round={number}")
    expect(page.locator(".al-annotate[data-state=judging]")).to_be_visible()


def judge(page: Page, count: int, between: Callable[[int], None] | None = None, patience: float = 120.0) -> None:
    """Press a key every 125 ms while a pair is drawn, until `count` pairs have been judged in this page or earlier."""
    end, next_at = time.monotonic() + patience, time.monotonic()
    while (given := page.evaluate("() => window.noted.length")) < count:
        assert time.monotonic() < end, f"only {given} of {count} pairs were drawn"
        if between is not None:
            between(given)
        if page.evaluate("() => Boolean(document.querySelector('.al-annotate')?.dataset.question)"):
            page.keyboard.press(KEYS[given % len(KEYS)])
        next_at = max(next_at + EVERY_MS / 1000, time.monotonic() - EVERY_MS / 1000)
        page.wait_for_timeout(max(0.0, (next_at - time.monotonic()) * 1000))


def noted(page: Page) -> list[Noted]:
    """Every key press so far, those before a reload included."""
    return [Noted(**note) for note in page.evaluate("() => window.noted")]


def all_saved(page: Page) -> None:
    """Wait until the page says that the server has everything."""
    expect(page.locator(".al-annotate[data-saving=saved]")).to_be_visible()


def stored(db: Database, name: str, number: int, account: str | None = None) -> list[Judgement]:
    """Every verdict that was ever stored of the round; with an account, of this person."""
    verdicts = judgements.listing(db, name, round=number, history=True)
    return [judgement for judgement in verdicts if account in (None, judgement.account)]


def differences(db: Database, name: str, number: int, presses: list[Noted], account: str | None = None) -> list[str]:
    """What was stored (of one person) otherwise than it was given: missing, twice, another verdict, another side."""
    by_question: dict[str, list[Judgement]] = {}
    for judgement in stored(db, name, number, account):
        by_question.setdefault(f"{judgement.question_id}:{judgement.turn}", []).append(judgement)
    texts = {
        item.id: {response.id: response.text for response in item.responses}
        for item in datasets.items(db, name, limit=100_000)[0]
    }
    asked = {press.question for press in presses}
    problems = [f"{key}: {len(found)} stored, none given" for key, found in by_question.items() if key not in asked]
    for press in presses:
        own = by_question.get(press.question, [])
        if len(own) != 1:
            problems.append(f"{press.question}: {len(own)} stored of one given")
        elif _said(own[0], texts[own[0].item_id]) != _meant(press):
            problems.append(f"{press.question}: {_said(own[0], texts[own[0].item_id])!r} is not {_meant(press)!r}")
    return problems


def _meant(press: Noted) -> str:
    """The text that the key preferred, as it stood on the page."""
    return {"1": press.texts[0], "2": press.texts[-1]}.get(press.key, "tie")


def _said(judgement: Judgement, texts: dict[str, str]) -> str:
    response = {"a": judgement.response_a, "b": judgement.response_b}.get(judgement.verdict)
    return texts[response] if response else judgement.verdict
