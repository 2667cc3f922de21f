"""The table of runs in a real browser: a view is kept under a name and opened again, ticked runs are archived."""

import time

import pytest
from playwright.sync_api import Page, expect

from tests.app import families, invented
from tests.e2e.conftest import House

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]


def test_a_view_comes_back_by_its_name_and_ticked_runs_are_archived_and_brought_back(house: House, page: Page):
    for name in ("shelf-one", "shelf-two"):
        families.trained(house.database, name, families.spec("dpo"), time.time(), lane=invented.OTHER_LANE)
    page.goto(f"{house.url}/runs?search=shelf&group=dataset&columns=seed")
    rows = page.locator("[data-pick]")
    expect(page.locator(".al-group")).to_have_count(1)
    page.locator(".st-key-runs-views button").first.click()
    page.get_by_label("Name of this view").fill("the shelf")
    page.get_by_label("Name of this view").press("Enter")
    page.get_by_role("button", name="Save this view").click()
    expect(page.get_by_role("link", name="the shelf")).to_be_visible()
    page.goto(f"{house.url}/runs?search=none-such")
    expect(page.get_by_text("No run matches.")).to_be_visible()
    page.locator(".st-key-runs-views button").first.click()
    page.get_by_role("link", name="the shelf").click()
    expect(page.locator(".al-group")).to_have_count(1)
    expect(rows).to_have_count(2)
    expect(page.get_by_role("link", name="Seed")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_label("Tick all on this page").check()
    page.get_by_role("button", name="Archive").click()
    expect(rows).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(rows).to_have_count(2)
    expect(page.locator("[data-pick]:checked")).to_have_count(0)


def test_the_menu_of_columns_stays_open_while_columns_are_picked(house: House, page: Page):
    families.trained(house.database, "columns", families.spec("dpo"), time.time(), lane=invented.OTHER_LANE)
    page.goto(f"{house.url}/runs?search=columns&columns=none")
    page.locator(".st-key-runs-columns button").first.click()
    field = page.locator(".st-key-runs-columns-settings input")
    for typed, heads in (("beta", 1), ("seed", 2)):
        field.fill(typed)
        page.keyboard.press("Enter")
        expect(page.locator("th.al-added")).to_have_count(heads)
        expect(field).to_be_visible()
    expect(page.locator(".st-key-runs-columns")).to_have_css("--al-count", '" · 2"')
