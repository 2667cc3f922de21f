"""Live curves in a real browser: they grow in place, keep what the reader did to them, and never double back."""

import time

import pytest
from playwright.sync_api import Page, expect

from storage import metrics, queue
from storage.database import Database
from storage.records import Lease
from tests.app import invented
from tests.e2e.conftest import House

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]
SHOWN = """title => {
    const titled = panel => panel.querySelector("h3").textContent === title
    const plot = [...document.querySelectorAll(".al-panel")].find(titled).querySelector(".al-plot")
    return (plot._fullData ?? [{ x: [] }]).map(trace => trace.x[trace.x.length - 1])
}"""


@pytest.fixture
def watched(house: House, page: Page) -> tuple[Database, Lease]:
    """A run that seems to train on another machine, at step 40, and its page."""
    db = house.database
    lease = invented.started(db, "dpo", "watched", time.time(), lane=invented.OTHER_LANE)
    invented.advance(db, lease, 0, 40, time.time())
    page.goto(f"{house.url}/run?id={lease.run_id}")
    expect(page.locator(".al-panels")).to_have_attribute("data-state", "drawn")
    yield db, lease
    queue.finish(db, queue_lease(db, lease), "stopped", now=time.time())


def queue_lease(db: Database, lease: Lease) -> Lease:
    """The lease of the run's present attempt."""
    from storage import runs

    run = runs.get(db, lease.run_id)
    return Lease(run.id, run.attempt, run.slot or "")


def reaches(page: Page, title: str, step: int) -> None:
    """Scroll to a panel, since one out of sight is not drawn, and wait until every curve of it ends at a step."""
    page.locator(f".al-panel:has(h3:text-is('{title}'))").scroll_into_view_if_needed()
    page.wait_for_function(f"step => ({SHOWN})('{title}').every(last => last === step)", arg=step)


def test_curves_grow_without_a_reload(watched: tuple[Database, Lease], page: Page):
    db, lease = watched
    reaches(page, "Loss", 40)
    invented.advance(db, lease, 41, 60, time.time())
    reaches(page, "Implicit rewards", 60)
    expect(page.locator(".al-progress").first).to_contain_text("step 60 of 300")


def test_a_run_that_goes_back_to_a_checkpoint_takes_its_curves_along(watched: tuple[Database, Lease], page: Page):
    db, lease = watched
    reaches(page, "Loss", 40)
    queue.requeue(db, lease, now=time.time())
    again = queue.claim_run(db, lease.run_id, host="here", device="cpu", seconds=36_000, now=time.time())
    assert again is not None
    metrics.rewind(db, again, 25, now=time.time())
    reaches(page, "Loss", 25)
    invented.advance(db, again, 26, 30, time.time())
    reaches(page, "Loss", 30)


def test_one_crosshair_reads_all_panels_at_the_same_step(watched: tuple[Database, Lease], page: Page):
    reaches(page, "Margin", 40)
    reaches(page, "Loss", 40)
    plot = page.locator(".al-panel:has(h3:text-is('Loss')) .nsewdrag").first
    plot.hover()
    expect(page.locator(".al-panel:has(h3:text-is('Margin')) .al-hair")).to_be_visible()
    expect(page.locator(".al-panel:has(h3:text-is('Loss')) .al-last")).to_contain_text("step")


def test_the_marks_along_an_axis_differ_however_little_a_curve_moves(watched: tuple[Database, Lease], page: Page):
    db, lease = watched
    steady = [(step, {"ratio/mean": 1 + step * 1e-7}, time.time()) for step in range(1, 41)]
    metrics.write(db, lease, steady)
    page.reload()
    page.locator("h3:text-is('Ratio to the old policy')").wait_for()
    reaches(page, "Ratio to the old policy", 40)
    marks = page.locator(".al-panel:has(h3:text-is('Ratio to the old policy')) .ytick text").all_text_contents()
    assert len(marks) > 2
    assert len(set(marks)) == len(marks)


def test_a_page_that_gets_no_answer_says_since_when(watched: tuple[Database, Lease], page: Page):
    page.route("**/alignlab/**", lambda route: route.abort())
    expect(page.locator(".al-panels[data-behind]")).to_be_visible()
    page.unroute("**/alignlab/**")
    expect(page.locator(".al-panels[data-behind]")).to_have_count(0)


def test_a_press_on_a_curve_opens_the_answers_of_its_step(watched: tuple[Database, Lease], page: Page):
    page.wait_for_function("document.querySelector('.al-plot')._fullData?.length > 0")
    plot = page.locator(".al-plot .nsewdrag").first
    box = plot.bounding_box()
    assert box is not None
    plot.click(position={"x": box["width"] * 0.6, "y": box["height"] / 2})
    expect(page.locator(".al-stepper output")).to_contain_text("step 25 · evaluation 2 of 2")
    expect(page.locator(".al-sample-row").first).to_contain_text("How is the weather in Lisbon today?")
    page.locator(".al-sample-across").first.click()
    expect(page.locator(".al-strip-column")).to_have_count(2)
    page.wait_for_url("**prompt=0**")
    page.reload()
    expect(page.locator(".al-strip-column")).to_have_count(2)
