"""Settings, Runs from elsewhere: a token is shown once, and revoked after one more question."""

import time

from app import people
from app.actions import ingest_tokens as token_actions
from app.bridge import dialogs
from app.people import Person
from app.settings import tokens_section
from storage import ingest_tokens
from storage.database import Database
from tests.app.conftest import open_page, words


def test_a_token_is_made_shown_once_and_revoked(empty: Database) -> None:
    page = open_page("settings")
    page.button(key="tokens.make").click().run()
    page.text_input(key="token.name").set_value("laptop").run()
    page.button(key="token.go").click().run()
    token = page.code[0].value
    assert ingest_tokens.find(empty, token, time.time()) is not None
    (kept,) = ingest_tokens.listing(empty)
    again = open_page("settings")
    assert "laptop" in words(again)
    assert token not in words(again)
    again.session_state[dialogs.OPEN] = ("token", kept.id)
    again.run()
    again.button(key="token.revoke").click().run()
    assert not again.exception
    assert ingest_tokens.listing(empty) == []


def test_a_name_that_is_taken_is_refused_beside_the_field(empty: Database) -> None:
    token_actions.create(empty, people.COMMAND_LINE, "laptop", 1.0)
    page = open_page("settings")
    page.button(key="tokens.make").click().run()
    page.text_input(key="token.name").set_value("laptop").run()
    page.button(key="token.go").click().run()
    assert "There is a token <bdi>laptop</bdi> already" in "".join(e.proto.body for e in page.get("html"))


def test_only_an_admin_sees_tokens(empty: Database) -> None:
    tokens_section.show(Person("r", "r", "researcher"))  # would fail outside a page if it drew anything
