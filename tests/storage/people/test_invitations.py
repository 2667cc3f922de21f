"""Links that make one account, once."""

import pytest
from argon2 import PasswordHasher

from storage.database import Database
from storage.errors import Invalid, NotFound
from storage.people import invitations, passwords, sessions, users
from storage.people.people_records import Invitation

NOW = 1_800_000_000.0
DAY = 24 * 3600.0
PASSWORD = "correct horse"


@pytest.fixture(autouse=True)
def _with_an_admin(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    users.add(db, name="Ann", role="admin", password=PASSWORD, now=NOW)


def invite(db: Database, name: str = "Bo", now: float = NOW) -> tuple[str, Invitation]:
    return invitations.create(db, name=name, role="annotator", now=now, target="/annotate", created_by="ann")


def test_a_link_makes_the_account_once(db: Database):
    token, offered = invite(db)
    assert invitations.get(db, token, NOW) == offered
    user = invitations.accept(db, token, PASSWORD, NOW + 1)
    assert (user.name, user.role) == ("Bo", "annotator")
    assert users.authenticate(db, "bo", PASSWORD) == user
    for again in (
        lambda: invitations.accept(db, token, "another horse", NOW + 2),
        lambda: invitations.get(db, token, NOW),
    ):
        with pytest.raises(NotFound, match="used, withdrawn or too old"):
            again()


def test_a_weak_password_leaves_the_link_as_it_was(db: Database):
    token, _offered = invite(db)
    with pytest.raises(Invalid):
        invitations.accept(db, token, "short", NOW)
    assert invitations.accept(db, token, PASSWORD, NOW)


def test_a_link_is_good_for_seven_days(db: Database):
    token, _offered = invite(db)
    assert invitations.get(db, token, NOW + 6.9 * DAY)
    with pytest.raises(NotFound):
        invitations.accept(db, token, PASSWORD, NOW + 7 * DAY)
    assert invitations.listing(db, NOW + 7 * DAY) == []


def test_a_withdrawn_link_and_one_that_was_made_anew_open_nothing(db: Database):
    first, _offered = invite(db)
    second, offered = invite(db, "BO", NOW + 1)
    assert [i.id for i in invitations.listing(db, NOW + 1)] == [offered.id]
    with pytest.raises(NotFound):
        invitations.get(db, first, NOW + 1)
    invitations.withdraw(db, offered.id, NOW + 2)
    with pytest.raises(NotFound):
        invitations.get(db, second, NOW + 2)
    with pytest.raises(NotFound):
        invitations.withdraw(db, offered.id, NOW + 2)


def test_a_name_that_was_taken_in_the_meantime_is_refused(db: Database):
    token, _offered = invite(db)
    users.add(db, name="bo", role="viewer", password=PASSWORD, now=NOW)
    with pytest.raises(Invalid, match="an account bo already"):
        invitations.accept(db, token, PASSWORD, NOW)
    with pytest.raises(Invalid):
        invite(db, "Bo")


def test_a_link_for_another_password_changes_that_alone_and_ends_sessions(db: Database):
    bo = users.add(db, name="Bo", role="viewer", password=PASSWORD, now=NOW)
    session = sessions.start(db, bo, browser="b", now=NOW)
    first, _offer = invitations.create_for_password(db, name="BO", now=NOW)
    token, offer = invitations.create_for_password(db, name="bo", now=NOW, created_by="ann")
    assert (offer.name, offer.user_id) == ("Bo", "bo")
    with pytest.raises(NotFound):
        invitations.accept(db, first, "another horse", NOW)
    assert sessions.owner(db, session, browser="b", now=NOW) == bo
    user = invitations.accept(db, token, "another horse", NOW)
    assert (user.id, user.role) == ("bo", "viewer")
    assert users.authenticate(db, "bo", "another horse") == user
    assert users.authenticate(db, "bo", PASSWORD) is None
    assert sessions.owner(db, session, browser="b", now=NOW) is None
    with pytest.raises(NotFound):
        invitations.accept(db, token, "a third horse", NOW)
    with pytest.raises(NotFound, match="no account Zoe"):
        invitations.create_for_password(db, name="Zoe", now=NOW)


def test_who_never_accepted_is_invited_anew_instead(db: Database):
    _old, offered = invite(db)
    late = NOW + 9 * DAY
    token, offer = invitations.create_for_password(db, name="bo", now=late, created_by="ann")
    assert (offer.name, offer.role, offer.target, offer.user_id) == ("Bo", "annotator", offered.target, None)
    assert invitations.accept(db, token, PASSWORD, late).role == "annotator"
    _token, offer = invitations.create_for_password(db, name="bo", now=late)
    assert offer.user_id == "bo", "an account is offered another password"


@pytest.mark.parametrize("cut", [slice(0), slice(40), slice(1, None)])
def test_a_link_that_was_cut_is_called_so(db: Database, cut: slice):
    token, _offered = invite(db)
    with pytest.raises(NotFound, match="This link is not whole"):
        invitations.get(db, token[cut], NOW)


def test_what_lists_show_of_a_link_opens_nothing(db: Database):
    token, offered = invite(db)
    assert offered.id not in token
    with pytest.raises(NotFound):
        invitations.get(db, offered.id, NOW)
    with db.read() as connection:
        assert token not in str(connection.exec_driver_sql("select * from invitations").all())
