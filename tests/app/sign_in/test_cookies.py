"""The key of the workspace, and cookies signed with it."""

from pathlib import Path

import pytest
from starlette.responses import Response

from app.sign_in import cookies
from storage.database import Database


def signed(token: str, *, secure: bool = False) -> dict[str, str]:
    response = Response()
    cookies.sign_in(response, token, secure=secure)
    name, _equals, value = response.headers["set-cookie"].partition(";")[0].partition("=")
    return {name: value}


def test_the_key_is_made_once_and_readable_by_its_owner_only(empty: Database) -> None:
    cookie = signed("token")
    key = empty.workspace.cookie_key
    assert key.stat().st_mode & 0o777 == 0o600
    assert len(key.read_bytes()) == cookies.KEY_BYTES
    assert cookies.session_token(cookie) == "token"


def test_another_workspaces_key_opens_nothing(empty: Database) -> None:
    cookie = signed("token")
    empty.workspace.cookie_key.unlink()
    assert cookies.session_token(cookie) is None


def test_two_workspaces_of_one_machine_do_not_sign_each_other_out(
    empty: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    here = cookies.session_name()
    monkeypatch.setenv("ALIGNLAB_HOME", str(tmp_path / "another"))
    assert cookies.session_name() != here


def test_the_cookie_of_https_comes_first(empty: Database) -> None:
    assert cookies.session_token({**signed("planted"), **signed("own", secure=True)}) == "own"


@pytest.mark.parametrize("value", ["", ".", "token", "token.", "a.b.c", "\xe9.\xff"])
def test_what_is_not_signed_is_no_token(empty: Database, value: str) -> None:
    assert cookies.session_token({cookies.session_name(): value}) is None


def test_a_form_fits_the_browser_that_it_was_made_for(empty: Database) -> None:
    token, mark = cookies.form_token({})
    assert cookies.is_own_form({cookies.FORM: mark}, token)
    assert not cookies.is_own_form({}, token)
    assert not cookies.is_own_form({cookies.FORM: "other"}, token)
    assert not cookies.is_own_form({cookies.FORM: mark}, token[:-1])
    assert cookies.form_token({cookies.FORM: mark})[1] == mark


def test_an_old_form_is_none(empty: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    token, mark = cookies.form_token({})
    monkeypatch.setattr(cookies, "FORM_SECONDS", -1)
    assert not cookies.is_own_form({cookies.FORM: mark}, token)
