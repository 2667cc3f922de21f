"""Who somebody is, and what a role may do."""

import pytest

from app import people
from app.people import LOCAL, Person, SignedOut
from storage.database import Database
from tests.app import accounts

VIEWER, ANNOTATOR, RESEARCHER, ADMIN = (Person(role, role, role) for role in accounts.ROLES)


@pytest.fixture(autouse=True)
def _no_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "_session_persons", [])


def test_each_role_may_change_what_those_before_it_may() -> None:
    may = [[person.may(role) for role in accounts.ROLES] for person in (VIEWER, ANNOTATOR, RESEARCHER, ADMIN)]
    assert may == [[column <= row for column in range(4)] for row in range(4)]


def test_all_but_annotators_read() -> None:
    assert [person.reads for person in (VIEWER, ANNOTATOR, RESEARCHER, ADMIN)] == [True, False, True, True]


def test_the_local_person_goes_with_the_first_account(empty: Database, quick_hashes: None) -> None:
    assert people.current() is LOCAL
    accounts.add(empty, "Ann", "admin")
    with pytest.raises(SignedOut, match="You are signed out"):
        people.current()


def test_a_request_is_answered_for_its_person_and_no_longer() -> None:
    people.follow_session(lambda: VIEWER)
    with people.acting_as(ADMIN):
        assert people.current() is ADMIN
    assert people.current() is VIEWER
