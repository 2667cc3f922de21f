"""The sections People and Who did what of the page Settings."""

import time

import pytest
from streamlit.runtime.context import ContextProxy
from streamlit.testing.v1 import AppTest

from app.bridge import dialogs
from storage.database import Database
from storage.people import audit, invitations, users
from tests.app import accounts
from tests.app.accounts import BROWSER
from tests.app.conftest import open_page, words


@pytest.fixture
def admin(empty: Database, quick_hashes: None, monkeypatch: pytest.MonkeyPatch) -> Database:
    """Ann, an admin, is signed in; there is Bo, a viewer."""
    ann = accounts.add(empty, "Ann", "admin")
    accounts.add(empty, "Bo", "viewer")
    cookie = accounts.cookie(empty, ann, time.time())
    monkeypatch.setattr(ContextProxy, "cookies", property(lambda _self: cookie))
    monkeypatch.setattr(ContextProxy, "headers", property(lambda _self: {"User-Agent": BROWSER}))
    monkeypatch.setattr(ContextProxy, "url", property(lambda _self: "http://lab.example:8501/settings"))
    return empty


def settings(dialog: str | None = None, about: str | None = None) -> AppTest:
    page = open_page("settings")
    if dialog:
        page.session_state[dialogs.OPEN] = (dialog, about)
        page.run()
    return page


def markup(page: AppTest) -> str:
    """All markup, that of an open dialog too."""
    return "".join(element.proto.body for element in page.get("html"))


def test_without_accounts_the_section_leads_to_the_form_of_the_first_one(empty: Database) -> None:
    said = words(settings())
    assert "Nobody signs in" in said
    assert 'href="/alignlab/first-account" target="_self">Make the first account' in said


def test_an_invitation_shows_its_link_once(admin: Database) -> None:
    page = settings()
    page.button(key="people.invite").click().run()
    page.text_input(key="invite.name").set_value("Cy")
    page.button(key="invite.go").click().run()
    (link,) = page.code
    base, token = link.value.split("/alignlab/invitation/")
    assert base == "http://lab.example:8501"
    offer = invitations.get(admin, token, time.time())
    assert (offer.name, offer.role, offer.created_by) == ("Cy", "annotator", "ann")
    page.button(key="people.invite").click().run()
    assert [element.value for element in page.code] == []


def test_a_name_that_is_taken_is_said_in_the_dialog(admin: Database) -> None:
    page = settings("invite")
    page.text_input(key="invite.name").set_value("bo")
    page.button(key="invite.go").click().run()
    assert "There is an account <bdi>Bo</bdi> already." in markup(page)


def test_role_disabling_and_signing_out_of_an_account(admin: Database) -> None:
    page = settings("person", "bo")
    page.selectbox(key="change.role.bo").set_value("researcher").run()
    page.button(key="change.save").click().run()
    assert users.get(admin, "bo").role == "researcher"
    settings("person", "bo").button(key="change.switch").click().run()
    assert users.get(admin, "bo").disabled_at is not None
    settings("person", "bo").button(key="change.switch").click().run()
    assert users.get(admin, "bo").disabled_at is None
    before = users.get(admin, "bo").session_epoch
    settings("person", "bo").button(key="change.leave").click().run()
    assert users.get(admin, "bo").session_epoch == before + 1


def test_a_link_for_another_password_is_shown_once(admin: Database) -> None:
    page = settings("person", "bo")
    page.button(key="change.offer").click().run()
    (link,) = page.code
    offer = invitations.get(admin, link.value.split("/alignlab/invitation/")[1], time.time())
    assert (offer.name, offer.user_id) == ("Bo", "bo")
    assert [element.value for element in settings().code] == []
    assert "may choose a password" in markup(settings()) + words(settings())


def test_the_last_admin_is_kept_in_words(admin: Database) -> None:
    page = settings("person", "ann")
    page.button(key="change.switch").click().run()
    assert "is the last admin" in markup(page)
    assert users.get(admin, "ann").disabled_at is None


def test_an_open_invitation_can_be_withdrawn(admin: Database) -> None:
    token, offer = invitations.create(admin, name="Cy", role="viewer", now=time.time())
    settings("invitation", offer.id).button(key="invitation.withdraw").click().run()
    assert invitations.listing(admin, time.time()) == []
    assert token


def test_an_open_invitation_gets_another_link(admin: Database) -> None:
    first, offer = invitations.create(admin, name="Cy", role="viewer", now=time.time())
    page = settings("invitation", offer.id)
    page.button(key="invitation.again").click().run()
    (link,) = page.code
    token = link.value.split("/alignlab/invitation/")[1]
    assert token != first
    assert invitations.get(admin, token, time.time()).name == "Cy"
    assert "this machine alone" not in " ".join(caption.value for caption in page.caption)


def test_a_link_to_the_loopback_is_said_to_open_here_alone(admin: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ContextProxy, "url", property(lambda _self: "http://127.0.0.1:8501/settings"))
    page = settings("person", "bo")
    page.button(key="change.offer").click().run()
    assert "This address is this machine alone" in " ".join(caption.value for caption in page.caption)


def test_who_did_what_is_listed_and_escaped(admin: Database) -> None:
    audit.record(admin, account=None, person="<b>x</b>", action="run.stop", subject="<i>y</i>", now=1.0)
    said = words(settings())
    assert "run.stop" in said
    assert "<b>x</b>" not in said
    assert "&lt;i&gt;y&lt;/i&gt;" in said
