"""A browser that is asked to tells when a run ends, whatever page of ours is open by then."""

import time

import pytest
from playwright.sync_api import BrowserContext, expect

from storage import queue
from tests.app import invented
from tests.e2e.conftest import House

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]
NOTICES = """
window.told = []
const permission = Notification.requestPermission.bind(Notification)
window.Notification = class extends EventTarget {
  static permission = "granted"
  static requestPermission = permission
  constructor(title, options) { super(); window.told.push(`${title}: ${options.body}`) }
}
"""


def test_the_end_of_a_run_is_told_on_another_page(house: House, context: BrowserContext):
    context.grant_permissions(["notifications"])
    context.add_init_script(NOTICES)
    db = house.database
    lease = invented.started(db, "dpo", "awaited", time.time(), lane=invented.OTHER_LANE)
    page = context.new_page()
    page.goto(f"{house.url}/run?id={lease.run_id}")
    page.get_by_role("button", name="Tell me when it ends").click()
    expect(page.get_by_role("button", name="You will be told when it ends")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("link", name="Runs").click()
    expect(page.get_by_role("heading", name="Runs")).to_be_visible()
    queue.finish(db, lease, "stopped", now=time.time(), reason=("The engine that ran it is gone.", {}))
    page.wait_for_function("window.told.length")
    assert page.evaluate("window.told") == ["awaited was stopped: The engine that ran it is gone.\nstep 0"]
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('alignlab.tell'))") == []
