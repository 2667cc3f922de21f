"""Comparing in a real browser: ticked runs share their charts, and one legend rules all of these through updates."""

import time

import pytest
from playwright.sync_api import Page, expect

from storage import queue
from tests.app import families, invented
from tests.e2e.conftest import House

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]
DRAWN = """title => {
    const titled = panel => panel.querySelector("h3").textContent === title
    const panel = [...document.querySelectorAll(".al-panel")].find(titled)
    panel?.scrollIntoView()  // what is far from the screen is not drawn
    return (panel?.querySelector(".al-plot")._fullData ?? []).map(trace => [trace.name, trace.x[trace.x.length - 1]])
}"""


def test_ticked_runs_are_drawn_together_and_a_hidden_one_stays_hidden(house: House, page: Page):
    db = house.database
    families.trained(db, "compared-done", families.spec("dpo"), time.time(), lane=invented.OTHER_LANE)
    lease = invented.started(db, "ppo", "compared-live", time.time(), lane=invented.OTHER_LANE)
    invented.advance(db, lease, 0, 40, time.time())
    page.goto(f"{house.url}/runs?search=compared")
    for name in ("compared-done", "compared-live"):
        page.get_by_label(f"Tick {name}").check()
    page.get_by_role("button", name="Compare 2 runs").click()
    expect(page.locator(".al-panels")).to_have_attribute("data-state", "drawn")
    page.locator(".al-key", has_text="compared-done").click()
    page.locator(".al-panel:has(h3:text-is('Loss'))").scroll_into_view_if_needed()  # out of sight nothing is drawn
    page.wait_for_function(f"() => ({DRAWN})('Loss').toString() === 'compared-live,40'")
    invented.advance(db, lease, 41, 60, time.time())
    page.wait_for_function(f"() => ({DRAWN})('Loss').toString() === 'compared-live,60'")
    page.wait_for_function("() => new URLSearchParams(location.search).has('hide')")
    page.reload()
    page.wait_for_function(f"() => ({DRAWN})('Loss').toString() === 'compared-live,60'")
    page.locator(".al-key", has_text="compared-done").click()
    page.wait_for_function(f"() => ({DRAWN})('Loss').length === 2")
    queue.finish(db, lease, "stopped", now=time.time())
    page.get_by_text("Figures", exact=True).click()
    expect(page.locator(".al-compared")).to_contain_text("stopped")
