"""The house as a whole: the page says the engine lives, nothing is fetched from elsewhere, a dead engine comes back."""

import os
import signal
import urllib.error
import urllib.request

import pytest
from playwright.sync_api import Page, expect

from app.clients import EngineClient
from tests.e2e.conftest import House

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]


def test_the_first_page_says_that_the_engine_is_alive(house: House, page: Page):
    page.goto(house.url)
    expect(page.locator(".al-engine")).to_contain_text("idle")
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()


@pytest.mark.parametrize("address", ["", "launch", "runs", "data", "annotate", "settings"])
def test_a_page_asks_nobody_else(house: House, page: Page, address: str):
    foreign: list[str] = []
    page.on("request", lambda request: foreign.append(request.url) if not_ours(request.url, house) else None)
    page.goto(f"{house.url}/{address}")
    expect(page.locator(".al-engine")).to_be_visible()
    page.wait_for_timeout(1000)
    assert foreign == []


def not_ours(url: str, house: House) -> bool:
    return not url.startswith((house.url, house.url.replace("http", "ws"), "data:", "blob:"))


def test_chinese_is_spoken_to_who_reads_it(house: House, page: Page):
    page.goto(f"{house.url}/?lang=zh")
    expect(page.get_by_role("heading", name="总览").or_(page.get_by_role("heading", name="概览"))).to_be_visible()


def test_a_foreign_host_is_refused(house: House):
    request = urllib.request.Request(f"{house.url}/_stcore/health", headers={"Host": "evil.example"})
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request)
    assert refused.value.code == 403
    refused.value.close()


def test_a_killed_engine_is_started_again(house: House, page: Page):
    engine = EngineClient(house.workspace)
    before = engine.health()
    assert before is not None
    page.goto(house.url)
    expect(page.locator(".al-engine")).to_contain_text("idle")
    os.kill(before.pid, signal.SIGKILL)
    for _ in range(60):
        after = engine.health()
        if after is not None and after.pid != before.pid:
            break
        page.wait_for_timeout(500)
    assert after is not None
    assert after.pid != before.pid
    expect(page.locator(".al-engine")).to_contain_text("idle")
