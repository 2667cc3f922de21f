"""Review by keys in a real browser: a decision is one press, and the next pair follows."""

import pytest
from playwright.sync_api import Page, expect

from storage.judging import judgement_writes, judgements, leases
from tests.e2e.conftest import House
from tests.storage.talks import NOW, fill, open_round, vote

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]


def test_a_key_decides_and_another_takes_it_back(house: House, page: Page) -> None:
    db = house.database
    fill(db, "disputed", count=2)
    open_round(db, "disputed", overlap=2)
    for account, verdict in (("ann", "a"), ("bob", "b")):
        asks = leases.next_questions(db, "disputed", 1, account, 2, NOW)
        judgement_writes.record(db, [vote(ask, verdict) for ask in asks], account, NOW)
    page.goto(f"{house.url}/review?dataset=disputed")
    prompt = page.locator(".al-review-pair .al-prompt")
    expect(prompt).to_contain_text("prompt", timeout=60_000)
    first = prompt.inner_text()
    expect(page.get_by_role("button", name="B is better")).to_be_visible()
    page.keyboard.press("2")
    expect(prompt).not_to_contain_text(first)
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    page.keyboard.press("u")
    expect(prompt).to_contain_text(first)
    assert judgements.listing(db, "disputed", source="adjudicator") == []
    history = judgements.listing(db, "disputed", source="adjudicator", history=True)
    assert [own.verdict for own in history] == ["b", "withdrawn"]
