"""The main job as a person does it: import pairs, edit one, launch, watch, leave, return, stop, resume, succeed."""

import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from app.datasets import item_rows
from storage import datasets, metrics, runs
from tests.e2e.conftest import House

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

FIRST_LOSS_SECONDS = 60  # 15 on a machine that does nothing else, which accept/browser.py asks for
RUN_FILE = """
algorithm: dpo
model: {name: starter}
data: {dataset: NAME, max_tokens: 256, max_prompt_tokens: 128}
optimizer: {batch_size: 8}
budget: {steps: STEPS}
evaluation: {every: 100, prompts: 8}
checkpoint: {every: 20}
"""
PAIRS = [
    {
        "conversations": [{"from": "human", "value": f"第{number}个问题：明天{city}天气怎么样？"}],
        "chosen": {"from": "gpt", "value": f"您好！明天{city}晴，气温二十度左右，祝您出行愉快。"},
        "rejected": {"from": "gpt", "value": "自己查去。"},
    }
    for number, city in enumerate(["北京", "上海", "广州", "成都", "杭州", "西安"] * 8)
]


def test_the_main_job_on_300_chinese_pairs(
    house: House, context: BrowserContext, shared_data: Path, record_property: Callable[[str, object], None]
):
    do_the_main_job(house, context, shared_data / "dpo_zh_demo.json", 300, 60, record_property)


def test_the_main_job_on_pairs_of_our_own(
    house: House, context: BrowserContext, tmp_path: Path, record_property: Callable[[str, object], None]
):
    file = tmp_path / "天气.json"
    file.write_text(json.dumps(PAIRS, ensure_ascii=False), encoding="utf-8")
    # short answers: many steps, so that it still trains when the page is opened again, on a quick machine too
    do_the_main_job(house, context, file, len(PAIRS), 400, record_property)


def do_the_main_job(
    house: House,
    context: BrowserContext,
    file: Path,
    count: int,
    steps: int,
    record_property: Callable[[str, object], None],
) -> None:
    page = context.new_page()
    name = import_file(house, page, file, count)
    edit_first_pair(house, page, name)
    run_id = launch(house, page, RUN_FILE.replace("NAME", name).replace("STEPS", str(steps)))
    record_property("first_loss_seconds", first_loss_seconds(house, run_id, page))
    curves_keep_what_the_reader_chose(page)
    page.close()
    page = context.new_page()
    page.goto(f"{house.url}/run?id={run_id}")
    expect(page.locator(".al-head")).to_contain_text("running")
    before = drawn_points(page)
    wait_until(page, lambda: drawn_points(page) > before, "the reopened page goes on drawing")
    stop_and_resume(house, page, run_id, steps)
    ended = runs.get(house.database, run_id)
    assert ended.started_at is not None
    assert ended.finished_at is not None
    record_property("run_seconds", round(ended.finished_at - ended.started_at, 1))


def import_file(house: House, page: Page, file: Path, count: int) -> str:
    page.goto(f"{house.url}/data")
    page.get_by_role("button", name="Import a file").click()
    page.locator("input[type=file]").set_input_files(file)
    imports = page.get_by_role("button", name=f"Import {count} pairs")
    expect(imports).to_be_enabled()
    named = page.get_by_role("textbox", name="Name")
    expect(named).not_to_have_value("")  # the field is drawn a moment before its text
    name = named.input_value()
    imports.click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    assert datasets.get(house.database, name).items == count
    return name


def edit_first_pair(house: House, page: Page, name: str) -> None:
    first = datasets.items(house.database, name, limit=1)[0][0]
    page.get_by_role("button", name=f"Edit: {item_rows.called(first)}").first.click()
    better = first.preferences[0].chosen
    answer = page.get_by_role("textbox", name=re.compile("Chosen"))
    answer.fill("谢谢您的提问，我很乐意帮忙。")
    answer.press("Tab")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text(f"Saved {item_rows.called(first)}.")).to_be_visible()
    changed = {response.id: response.text for response in datasets.item(house.database, name, first.id).responses}
    assert changed[better] == "谢谢您的提问，我很乐意帮忙。"


def launch(house: House, page: Page, run_file: str) -> str:
    page.get_by_role("button", name="Train on this").click()
    page.get_by_role("button", name="Open a run file").click()
    page.get_by_role("textbox", name="Paste it here").fill(run_file)
    page.get_by_role("textbox", name="Paste it here").press("Control+Enter")
    settle(page)
    page.get_by_role("button", name="Open it").click()
    expect(page.get_by_text("The form now holds this run file.")).to_be_visible()
    page.keyboard.press("Escape")
    button = page.get_by_role("button", name="Launch", exact=True)
    expect(button).to_be_enabled()
    button.click()
    page.wait_for_url(re.compile(r"/run\?id="))
    return page.url.partition("id=")[2]


def first_loss_seconds(house: House, run_id: str, page: Page) -> float:
    """Seconds from the claim to the first row of `loss`."""
    wait_until(page, lambda: any(metrics.points(house.database, run_id, "loss")), "there is a loss")
    claimed = next(event.at for event in runs.events(house.database, run_id) if event.kind == "attempt")
    seconds = next(metrics.points(house.database, run_id, "loss"))[3] - claimed
    assert seconds < FIRST_LOSS_SECONDS
    return round(seconds, 1)


def curves_keep_what_the_reader_chose(page: Page) -> None:
    """Zoom into one chart, hide an entry of its legend; three updates later both are as they were."""
    wait_until(page, lambda: drawn_points(page) >= 3, "curves are drawn")
    panel = page.locator(".al-panel", has=page.get_by_role("heading", name="Implicit rewards"))
    panel.scroll_into_view_if_needed()
    plot = panel.locator(".al-plot")
    panel.locator(".al-entry", has_text="Rejected").click()
    wait_until(page, lambda: chart(plot)["hidden"] != [], "the curve is hidden")
    assert chart(plot)["drawn"] == 1
    box = panel.locator(".nsewdrag").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.2, box["y"] + box["height"] * 0.5)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.8, box["y"] + box["height"] * 0.5, steps=8)
    page.wait_for_timeout(1500)  # a hand is slow: points come meanwhile, and must not end the zoom
    page.mouse.up()
    wait_until(page, lambda: not chart(plot)["automatic"], "the chart is zoomed")
    chosen = chart(plot)
    for _ in range(3):
        before = chart(plot)["points"]
        wait_until(page, lambda before=before: chart(plot)["points"] > before, "the chart has been updated")
        now = chart(plot)
        assert (now["range"], now["hidden"]) == (chosen["range"], chosen["hidden"])


def chart(plot: Locator) -> dict[str, Any]:
    """What a reader sees of a chart: its range, whether that is automatic, hidden entries, length of its curves."""
    found: dict[str, Any] = plot.evaluate(
        """plot => ({
            range: plot._fullLayout.xaxis.range,
            automatic: plot._fullLayout.xaxis.autorange,
            hidden: [...plot.parentElement.querySelectorAll(".al-entry[aria-pressed=false]")].map(entry => entry.name),
            drawn: plot.data.length,
            points: Math.max(...plot.data.map(trace => trace.x.length)),
        })"""
    )
    return found


def drawn_points(page: Page) -> int:
    """The longest curve of the page."""
    return int(
        page.evaluate(
            """() => Math.max(0, ...[...document.querySelectorAll(".al-plot")]
                .flatMap(plot => (plot.data ?? []).map(trace => trace.x.length)))"""
        )
    )


def stop_and_resume(house: House, page: Page, run_id: str, count: int) -> None:
    page.get_by_role("button", name="Stop and save").click()
    resume = page.get_by_role("button", name=re.compile("Resume from step"))
    expect(resume).to_be_visible()
    stopped = runs.get(house.database, run_id)
    assert stopped.state == "stopped"
    assert 0 < stopped.step < count
    resume.click()
    wait_until(page, lambda: runs.get(house.database, run_id).state == "succeeded", "it succeeds", seconds=600)
    expect(page.locator(".al-head")).to_contain_text("succeeded")
    steps = [step for _, step, _, _ in metrics.points(house.database, run_id, "loss")]
    assert steps == sorted(set(steps))
    assert len(steps) == count
    expect(page.get_by_text("Before and after")).to_be_visible()


def settle(page: Page) -> None:
    """Let the page's script come to rest."""
    page.wait_for_timeout(300)
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")


def wait_until(page: Page, holds: Callable[[], bool], what: str, seconds: float = 120) -> None:
    """Playwright pumps its events only in its own waits."""
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, f"not within {seconds} s: {what}"
        page.wait_for_timeout(100)
