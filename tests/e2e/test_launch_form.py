"""The form of Launch in a real browser: a reload loses nothing, and what will happen stays in view at every width."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import House
from tests.e2e.test_main_job import settle

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]


def test_the_form_outlives_a_reload_and_its_button_stays_in_view(house: House, page: Page):
    page.goto(f"{house.url}/launch")
    seed = page.get_by_role("spinbutton", name="Seed")
    launch = page.get_by_role("button", name="Launch", exact=True)
    for first in ("Dataset", "Model"):
        expect(page.get_by_role("combobox", name=first).first).to_be_in_viewport()
    page.get_by_role("button", name="GRPO", exact=True).click()
    expect(page.get_by_role("spinbutton", name="Group size")).to_be_visible()
    seed.fill("7")
    seed.press("Enter")
    settle(page)
    page.reload()
    expect(page.get_by_text("The form is as you left it.")).to_be_visible()
    expect(seed).to_have_value("7")
    expect(page.get_by_role("button", name="GRPO, chosen")).to_be_attached()
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 844})
        page.locator(".st-key-fold-resources").scroll_into_view_if_needed()
        expect(launch).to_be_in_viewport()
