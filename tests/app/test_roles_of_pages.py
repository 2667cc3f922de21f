"""What each role sees of the pages, and that a press which the page does not offer changes nothing."""

import re
import time
from collections.abc import Callable

import pytest
from streamlit.runtime.context import ContextProxy
from streamlit.testing.v1 import AppTest

from app.people import Person
from app.runs import run_buttons
from storage import dataset_writes, runs
from storage.database import Database
from storage.errors import StorageError
from storage.judging import round_writes
from storage.judging.judgement_records import RoundSettings
from storage.people import audit, users
from storage.people.people_records import User
from storage.records import Item, Response
from tests.app import accounts
from tests.app.accounts import BROWSER
from tests.app.conftest import open_page, words

PAGES = ("overview", "launch", "runs", "compare", "studies", "data", "settings", "run")
CHANGING = {
    "Stop and save",
    "Pause",
    "Duplicate",
    "Add",
    "Train on this",
    "Freeze now",
    "Import a file",
    "Launch a run",
    "Launch the fair quartet",
    "Bring in the example data",
    "Open the example",
    "Import your own pairs",
    "Invite somebody",
    "New study",
}
As = Callable[[str], User]


@pytest.fixture
def signed_in(filled: Database, quick_hashes: None, monkeypatch: pytest.MonkeyPatch) -> As:
    """Sign the browser of the pages in as somebody of a role."""

    def as_role(role: str) -> User:
        user = accounts.add(filled, f"a {role}", role)
        cookie = accounts.cookie(filled, user, time.time())
        monkeypatch.setattr(ContextProxy, "cookies", property(lambda _self: cookie))
        monkeypatch.setattr(ContextProxy, "headers", property(lambda _self: {"User-Agent": BROWSER}))
        return user

    return as_role


def running(db: Database) -> str:
    return next(run.id for run in runs.listing(db) if run.state == "running")


def offered(page: AppTest) -> set[str]:
    return {button.label for button in page.button} | {element.label for element in page.get("menu_button")}


def open_all(db: Database) -> list[AppTest]:
    dataset_writes.create(db, "test-pairs", "pairs", time.time())
    dataset_writes.add_item(db, "test-pairs", Item("", ({"role": "user", "content": "Why?"},)), time.time())
    pages = [open_page(name, id=running(db)) if name == "run" else open_page(name) for name in PAGES]
    return [*pages, open_page("data", dataset="test-pairs")]


def test_a_viewer_sees_all_pages_but_launch_and_no_button_that_changes(signed_in: As, filled: Database) -> None:
    signed_in("viewer")
    pages = open_all(filled)
    assert set().union(*map(offered, pages)) & CHANGING == set()
    said = [words(page) for page in pages]
    assert not any("data-do=" in text or "launch?from=" in text for text in said)
    refused = "Your role, viewer, does not allow this: ask an admin for the role researcher."
    assert [name for name, text in zip(PAGES, said, strict=False) if refused in text] == ["launch"]
    assert "Why?" in said[-1]


def test_a_researcher_is_offered_what_changes_data_and_runs_but_no_people(signed_in: As, filled: Database) -> None:
    signed_in("researcher")
    buttons = set().union(*map(offered, open_all(filled)))
    assert {"Stop and save", "Pause", "Add", "Train on this", "Import a file"} <= buttons
    assert "Invite somebody" not in buttons


def test_an_admin_is_offered_to_invite(signed_in: As) -> None:
    signed_in("admin")
    assert "Invite somebody" in offered(open_page("settings"))


def test_an_annotator_sees_none_of_these_pages(signed_in: As, filled: Database) -> None:
    signed_in("annotator")
    front, *others = open_all(filled)
    assert "Nothing to judge right now" in words(front)
    for page in others:
        assert "Your role, annotator, does not show this page." in words(page)
    for page in (front, *others):
        said = words(page)
        for secret in ("polite-dpo", "Why?", str(filled.workspace.root), "step 186"):
            assert secret not in said, secret
        assert not any(element.type == "bidi_component" and "engine" in element.proto.json for element in page.main)


@pytest.mark.parametrize("role", ["viewer", "annotator"])
def test_a_press_that_a_page_does_not_offer_changes_nothing(signed_in: As, filled: Database, role: str) -> None:
    signed_in("researcher")
    page = open_page("run", id=running(filled))
    cookie_of_another = signed_in(role)
    assert cookie_of_another.role == role
    page.button(key="button_stop").click().run()
    assert runs.get(filled, running(filled)).request is None
    assert audit.listing(filled) == []
    with pytest.raises(StorageError, match=f"Your role, {role}, does not allow this"):
        run_buttons._ACTIONS["stop"](filled, Person("somebody", "somebody", role), running(filled))


def test_a_session_that_has_ended_sees_nothing_more(signed_in: As, filled: Database) -> None:
    user = signed_in("admin")
    page = open_page("runs")
    assert "polite-dpo" in words(page)
    users.end_sessions(filled, user.name)
    page.run()
    said = words(page)
    assert "You are signed out: sign in again." in said
    assert 'href="/alignlab/sign-in"' in said
    assert "polite-dpo" not in said


def test_the_strip_and_the_rounds_offer_a_viewer_neither_to_train_nor_to_judge(signed_in: As, filled: Database) -> None:
    dataset_writes.create(filled, "test-pairs", "pairs", time.time())
    responses = (Response("a", "Because."), Response("b", "So."))
    item = Item("", ({"role": "user", "content": "Why?"},), responses)
    dataset_writes.add_item(filled, "test-pairs", item, time.time())
    round_writes.open_round(filled, "test-pairs", RoundSettings(), "lead", time.time())

    def said() -> str:
        return words(open_page("data", dataset="test-pairs")) + words(open_page("annotate"))

    signed_in("researcher")
    assert 'href="launch?dataset=test-pairs"' in said()
    assert 'href="annotate?dataset=test-pairs&amp;round=1"' in said()
    signed_in("viewer")
    assert "not yet" in said()
    assert "launch?" not in said()
    assert "round=1" not in said()


def menu(page: AppTest) -> str:
    """The links of the person's menu."""
    return next(element.proto.body for element in page.main if "al-menu" in getattr(element.proto, "body", ""))


@pytest.mark.parametrize(
    ("role", "ways"),
    [("viewer", ["/alignlab/account"]), ("annotator", ["/annotate", "/alignlab/account"]), (None, ["/settings"])],
)
def test_the_persons_menu_leads_to_what_no_other_menu_has(
    signed_in: As, filled: Database, role: str | None, ways: list[str]
) -> None:
    if role is not None:
        signed_in(role)
    page = open_page()
    assert re.findall('href="([^"]+)"', menu(page)) == ways
    assert f"<b><bdi>{f'a {role}' if role else 'local'}</bdi></b>" in menu(page)


@pytest.mark.parametrize(("role", "page", "way"), [("annotator", "runs", "/annotate"), ("viewer", "launch", "/")])
def test_a_page_that_is_not_for_a_role_leads_to_one_that_is(signed_in: As, role: str, page: str, way: str) -> None:
    signed_in(role)
    assert f'<a class="al-button" href="{way}" target="_self">' in words(open_page(page))
