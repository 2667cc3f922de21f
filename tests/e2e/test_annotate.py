"""Judging in a real browser: a burst of keys, a reload, no connection and a dashboard that restarts lose no verdict."""

import os
import signal

import psutil
import pytest
from playwright.sync_api import BrowserContext, Page, Response, expect

from storage.judging.judgement_records import RoundSettings
from tests.e2e import annotators
from tests.e2e.conftest import House

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

VERDICTS = 40
NAME = "platforms"
CARD = ".al-card-body"


@pytest.fixture
def task(house: House, page: Page) -> tuple[Page, int]:
    """A fresh round, and its page with the first pair drawn."""
    number = annotators.make_round(house.database, NAME, VERDICTS)
    annotators.open_task(page, house.url, NAME, number)
    return page, number


def test_forty_keys_at_eight_a_second_with_a_reload_in_the_middle(house: House, task: tuple[Page, int]):
    page, number = task
    annotators.judge(page, VERDICTS // 2)
    page.reload()
    annotators.judge(page, VERDICTS)
    annotators.all_saved(page)
    assert annotators.differences(house.database, NAME, number, annotators.noted(page)) == []
    expect(page.locator(".al-annotate[data-state=done]")).to_contain_text("Thank you")


def test_without_a_connection_verdicts_wait_in_the_browser(house: House, task: tuple[Page, int]):
    page, number = task
    page.context.set_offline(True)
    annotators.judge(page, 10)
    expect(page.locator(".al-annotate[data-saving=offline]")).to_be_visible()
    page.context.set_offline(False)
    annotators.judge(page, VERDICTS)
    annotators.all_saved(page)
    assert annotators.differences(house.database, NAME, number, annotators.noted(page)) == []


def test_a_dashboard_that_dies_and_comes_back_costs_no_verdict(house: House, task: tuple[Page, int]):
    page, number = task
    annotators.judge(page, 5)
    os.kill(dashboard(house), signal.SIGKILL)
    annotators.judge(page, 15)  # with the pairs that lie before the person; `up` starts another dashboard meanwhile
    annotators.judge(page, VERDICTS)
    annotators.all_saved(page)
    assert annotators.differences(house.database, NAME, number, annotators.noted(page)) == []


def dashboard(house: House) -> int:
    """The process that serves the house."""
    for process in psutil.process_iter(["pid", "cmdline"]):
        words = process.info["cmdline"] or []
        if "app" in words and str(house.workspace.root) in words and "--port" in words and "up" not in words:
            pid: int = process.info["pid"]
            return pid
    raise AssertionError("no dashboard runs")


def test_two_tabs_of_one_person_give_one_verdict_a_pair(house: House, context: BrowserContext, task: tuple[Page, int]):
    first, number = task
    second = context.new_page()
    annotators.open_task(second, house.url, NAME, number)
    for page in (first, second, first, second):
        page.bring_to_front()
        page.keyboard.press("1")
        annotators.all_saved(page)
    presses = annotators.noted(first) + annotators.noted(second)
    assert len({press.question for press in presses}) == 4
    assert annotators.differences(house.database, NAME, number, presses) == []


def test_nothing_of_the_items_but_their_texts_reaches_the_page(house: House, page: Page):
    number = annotators.make_round(house.database, NAME, VERDICTS, RoundSettings(overlap=2))
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer) if "/alignlab/annotate/" in answer.url else None)
    annotators.open_task(page, house.url, NAME, number)
    page.keyboard.press("1")
    annotators.all_saved(page)
    assert len(answers) >= 2
    for answer in answers:
        assert not {"origin", "score", "label", "wanted", "answers", "expected", "margin"} & names(answer.json())
    assert "r1" not in page.content()


def names(value: object) -> set[str]:
    """The names of all fields in a piece of JSON."""
    if isinstance(value, dict):
        return set(value) | {name for inner in value.values() for name in names(inner)}
    return {name for inner in value for name in names(inner)} if isinstance(value, list) else set()


def test_a_phone_shows_the_pair_and_the_thumb_bar(house: House, context: BrowserContext):
    number = annotators.make_round(house.database, NAME, VERDICTS)
    page = context.new_page()
    page.set_viewport_size({"width": 390, "height": 844})
    annotators.open_task(page, house.url, NAME, number)
    button = page.get_by_role("button", name="A is better")
    box = button.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 844
    assert box["height"] >= 44
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
    first = page.locator(".al-annotate").get_attribute("data-question")
    button.click()
    expect(page.locator(f".al-annotate:not([data-question='{first}'])")).to_be_visible()
    annotators.all_saved(page)


def test_an_edited_answer_goes_with_the_verdict(house: House, task: tuple[Page, int]):
    page, number = task
    page.keyboard.press("e")
    page.keyboard.press("2")
    page.get_by_role("textbox").fill("The third door on the left. 祝您旅途愉快")
    page.keyboard.press("Control+Enter")
    expect(page.locator(CARD).nth(1)).to_have_text("The third door on the left. 祝您旅途愉快")
    page.keyboard.press("2")
    annotators.all_saved(page)
    (judgement,) = annotators.stored(house.database, NAME, number)
    assert list(judgement.edits.values()) == ["The third door on the left. 祝您旅途愉快"]
