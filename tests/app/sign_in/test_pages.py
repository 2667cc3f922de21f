"""Signing in, being invited, and the own account, as a browser without a script sends the forms."""

import re
import time
from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from app.sign_in.cookies import session_name
from storage.database import Database
from storage.errors import Outage
from storage.people import audit, invitations, users
from storage.people.people_records import User
from tests.app import accounts
from tests.app.accounts import PASSWORD
from tests.app.sign_in.conftest import browser, send

As = Callable[[str], TestClient]
SIGN_IN = "/alignlab/sign-in"
ACCOUNT = "/alignlab/account"


def alert(answer) -> str:
    sentence = re.search(r'role="alert">✕ ([^<]+)<', answer.text)
    return sentence[1] if sentence else ""


def test_name_and_password_sign_in(client: TestClient, ann: User) -> None:
    answer = send(client, SIGN_IN + "?next=/runs%3Fq%3D1", name=" ANN ", password=PASSWORD)
    assert (answer.status_code, answer.headers["location"]) == (303, "/runs?q=1")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "secure" not in cookie
    assert client.get("/runs").text == "a page for Ann, admin"
    assert client.get(SIGN_IN).status_code == 303


def test_over_https_the_cookie_is_for_https_alone(ann: User) -> None:
    client = browser(url="https://127.0.0.1:8501")
    cookie = send(client, SIGN_IN, name="ann", password=PASSWORD).headers["set-cookie"]
    assert cookie.startswith(f"__Host-{session_name()}=")
    assert "secure" in cookie.lower()
    assert client.get("/runs").status_code == 200


def test_behind_a_proxy_with_https_the_cookie_is_for_https_too(ann: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALIGNLAB_PUBLIC_URL", "https://lab.example/")
    client = browser(url="http://lab.example", hosts=("lab.example",), public_origin="https://lab.example")
    token = re.search(r'name="form" value="([^"]+)"', client.get(SIGN_IN).text)[1]
    mark = re.search(r"__Host-alignlab_form=([^;]+)", client.get(SIGN_IN).headers["set-cookie"])
    assert token
    assert mark


@pytest.mark.parametrize("name", ["ann", "nobody", "", "a" * 5000, "\u202e", "' or 1=1 --"])
def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(client: TestClient, ann: User, name: str) -> None:
    answer = send(client, SIGN_IN, name=name, password="wrong")
    assert (answer.status_code, alert(answer)) == (401, "The name or the password is wrong.")
    assert session_name() not in str(answer.headers)


def test_a_disabled_account_gets_that_answer_too(client: TestClient, ann: User, empty: Database) -> None:
    accounts.add(empty, "Bo", "viewer")
    users.disable(empty, "bo", 1.0)
    assert alert(send(client, SIGN_IN, name="bo", password=PASSWORD)) == "The name or the password is wrong."


def test_after_five_failures_one_waits_whatever_one_writes(client: TestClient, ann: User) -> None:
    for _attempt in range(5):
        assert send(client, SIGN_IN, name="ann", password="wrong").status_code == 401
    answer = send(client, SIGN_IN, name="ann", password=PASSWORD)
    assert answer.status_code == 429
    assert re.fullmatch(r"Too many wrong passwords: try again in \d s.", alert(answer))
    assert int(answer.headers["retry-after"]) <= 5


@pytest.mark.parametrize("field", [{}, {"form": ""}, {"form": "forged"}])
def test_a_form_that_we_did_not_send_is_refused(client: TestClient, ann: User, field: dict[str, str]) -> None:
    answer = client.post(SIGN_IN, data={**field, "name": "ann", "password": PASSWORD})
    assert (answer.status_code, alert(answer)) == (400, "This page was open for too long: try once more.")


def test_a_form_that_was_sent_to_another_browser_is_refused(client: TestClient, ann: User) -> None:
    token = re.search(r'name="form" value="([^"]+)"', browser().get(SIGN_IN).text)[1]
    client.get(SIGN_IN)
    assert client.post(SIGN_IN, data={"form": token, "name": "ann", "password": PASSWORD}).status_code == 400


def test_another_sites_form_is_refused(client: TestClient, ann: User) -> None:
    assert client.post(SIGN_IN, data={}, headers={"origin": "https://evil.example"}).status_code == 403


@pytest.mark.parametrize(
    ("body", "kind", "sentence"),
    [
        (b"x" * 20_000, "application/x-www-form-urlencoded", "The form is too large."),
        (b"{}", "application/json", "This is not a form."),
        (b"\xff", "application/x-www-form-urlencoded", "This is not a form."),
        (b"a=%ff", "application/x-www-form-urlencoded", "This is not a form."),
        (b"&".join(b"a=1" for _ in range(50)), "application/x-www-form-urlencoded", "This is not a form."),
    ],
)
def test_what_is_no_form_is_refused_in_words(
    client: TestClient, ann: User, body: bytes, kind: str, sentence: str
) -> None:
    answer = client.post(SIGN_IN, content=body, headers={"content-type": kind})
    assert (answer.status_code, alert(answer)) == (400, sentence)


@pytest.mark.parametrize(
    "target",
    ["https://evil.example", "//evil.example", "/\\evil.example", "/%0d%0aX", "javascript:x", "/alignlab/points"],
)
def test_nobody_is_led_to_another_site(client: TestClient, ann: User, target: str) -> None:
    answer = client.get(SIGN_IN, params={"next": target})
    token = re.search(r'name="form" value="([^"]+)"', answer.text)[1]
    fields = {"form": token, "name": "ann", "password": PASSWORD}
    location = client.post(SIGN_IN, params={"next": target}, data=fields).headers["location"]
    assert location == "/" or (location.startswith("/%0d") and "\r" not in location)


def test_what_was_written_comes_back_as_text(client: TestClient, ann: User) -> None:
    answer = send(client, SIGN_IN, name='"><script>x</script>', password="wrong")
    assert "<script" not in answer.text


def test_the_language_is_the_addresss_then_the_cookies_then_the_browsers(client: TestClient, ann: User) -> None:
    assert 'lang="zh"' in client.get(SIGN_IN, headers={"accept-language": "fr,zh-CN;q=0.8"}).text[:60]
    assert 'lang="en"' in client.get(SIGN_IN).text[:60]
    assert 'lang="zh"' in client.get(SIGN_IN + "?lang=zh").text[:60]
    assert 'lang="zh"' in client.get(SIGN_IN).text[:60]


def test_signing_out_ends_the_session_and_its_cookie_opens_nothing_again(signed_in: As) -> None:
    client = signed_in("viewer")
    kept = dict(client.cookies)
    answer = send(client, ACCOUNT, do="out")
    assert answer.headers["location"] == SIGN_IN
    client.cookies.clear()
    client.cookies.update(kept)
    assert client.get("/runs").status_code == 303


def test_signing_out_everywhere_ends_other_browsers_too(client: TestClient, ann: User, empty: Database) -> None:
    other = browser()
    for each in (client, other):
        each.cookies.update(accounts.cookie(empty, ann, time.time()))
    send(client, ACCOUNT, do="everywhere")
    assert other.get("/runs").status_code == 303


def test_a_new_password_signs_other_browsers_out_and_this_one_stays(
    client: TestClient, ann: User, empty: Database
) -> None:
    other = browser()
    for each in (client, other):
        each.cookies.update(accounts.cookie(empty, ann, time.time()))
    answer = send(client, ACCOUNT, do="password", old=PASSWORD, new="another horse", again="another horse")
    assert "The password is changed" in answer.text
    assert client.get("/runs").status_code == 200
    assert other.get("/runs").status_code == 303
    assert users.authenticate(empty, "ann", "another horse")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"old": "wrong", "new": "another horse", "again": "another horse"}, "The present password is wrong."),
        ({"old": PASSWORD, "new": "another horse", "again": "another house"}, "The two new passwords differ."),
        ({"old": PASSWORD, "new": "short", "again": "short"}, "The password needs at least 10 characters."),
    ],
)
def test_a_password_that_will_not_do_changes_nothing(
    signed_in: As, empty: Database, fields: dict[str, str], sentence: str
) -> None:
    client = signed_in("annotator")
    assert alert(send(client, ACCOUNT, do="password", **fields)) == sentence
    assert client.get(ACCOUNT).status_code == 200
    assert users.authenticate(empty, "a annotator", PASSWORD)


def test_a_wrong_present_password_is_counted_too(signed_in: As) -> None:
    client = signed_in("viewer")
    for _attempt in range(5):
        send(client, ACCOUNT, do="password", old="wrong", new="another horse", again="another horse")
    assert send(client, ACCOUNT, do="password", old="wrong", new="x", again="x").status_code == 429


def test_an_invitation_makes_the_account_and_leads_to_the_task(client: TestClient, ann: User, empty: Database) -> None:
    target = "/annotate?dataset=pairs&round=1"
    token, _offer = invitations.create(empty, name="Bo", role="annotator", now=time.time(), target=target)
    path = f"/alignlab/invitation/{token}"
    assert "Welcome, Bo" in client.get(path).text
    assert alert(send(client, path, new="correct horse", again="correct mouse")) == "The two new passwords differ."
    answer = send(client, path, new="correct horse", again="correct horse")
    assert (answer.status_code, answer.headers["location"]) == (303, target)
    assert client.get("/x").text == "a page for Bo, annotator"
    assert client.get(path).status_code == 404


def test_an_invitation_does_not_become_a_way_to_another_site(client: TestClient, ann: User, empty: Database) -> None:
    token, _offer = invitations.create(empty, name="Bo", role="viewer", now=time.time(), target="//evil.example")
    answer = send(client, f"/alignlab/invitation/{token}", new="correct horse", again="correct horse")
    assert answer.headers["location"] == "/"


def test_a_link_in_a_mail_opens_the_invitation(client: TestClient, ann: User, empty: Database) -> None:
    token, _offer = invitations.create(empty, name="Bo", role="viewer", now=time.time())
    assert client.get(f"/alignlab/invitation/{token}", headers={"sec-fetch-site": "cross-site"}).status_code == 200


def test_who_makes_the_first_account_is_signed_in_at_once(client: TestClient, empty: Database) -> None:
    path = "/alignlab/first-account"
    assert alert(send(client, path, name="Ann", new=PASSWORD, again="correct mouse")) == "The two new passwords differ."
    refused = send(client, path, name="a/b", new=PASSWORD, again=PASSWORD)
    assert alert(refused).startswith("A name has 1 to 40 letters")
    assert 'value="a/b"' in refused.text
    answer = send(client, path, name="Ann", new=PASSWORD, again=PASSWORD)
    assert (answer.status_code, answer.headers["location"]) == (303, "/settings")
    assert client.get("/settings").text == "a page for Ann, admin"
    assert [(entry.person, entry.action, entry.subject) for entry in audit.listing(empty)] == [
        ("local", "person.add", "Ann")
    ]


def test_there_is_one_first_account(signed_in: As, empty: Database) -> None:
    path = "/alignlab/first-account"
    waiting = browser()
    token = re.search(r'name="form" value="([^"]+)"', waiting.get(path).text)[1]
    client = signed_in("viewer")
    assert client.get(path).headers["location"] == "/settings"
    form = {"form": token, "name": "Eve", "new": PASSWORD, "again": PASSWORD}
    assert waiting.post(path, data=form).status_code == 401
    assert "Eve" not in {user.name for user in users.listing(empty)}


def test_another_site_cannot_make_the_first_account(client: TestClient, empty: Database) -> None:
    fields = {"name": "Eve", "new": PASSWORD, "again": PASSWORD}
    for headers in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}):
        assert client.post("/alignlab/first-account", data=fields, headers=headers).status_code == 403
    assert client.post("/alignlab/first-account", data=fields).status_code == 400, "a form that we did not send"
    assert not users.exist(empty)


@pytest.mark.parametrize("cut", ["/alignlab/invitation", "/alignlab/invitation/", "/alignlab/invitation/a/b", "/x"])
def test_an_invitations_link_that_was_cut_is_called_so(
    client: TestClient, ann: User, empty: Database, cut: str
) -> None:
    token, _offer = invitations.create(empty, name="Bo", role="viewer", now=time.time())
    path = cut if cut != "/x" else f"/alignlab/invitation/{token[:-3]}"
    answer = client.get(path, headers={"sec-fetch-site": "cross-site"})
    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "This link is not whole: copy all of it, or ask for a new one." in answer.text


def test_without_accounts_there_is_nothing_to_sign_in_to(client: TestClient) -> None:
    for path in (SIGN_IN, ACCOUNT):
        assert "There is no account in this workspace yet" in client.get(path).text


def test_sign_ins_and_failures_stand_in_the_audit_without_secrets(
    client: TestClient, ann: User, empty: Database
) -> None:
    send(client, SIGN_IN, name="ann", password="a wrong secret")
    send(client, SIGN_IN, name="a secret in the wrong field", password="x")
    send(client, SIGN_IN, name="ann", password=PASSWORD)
    send(client, ACCOUNT, do="out")
    entries = audit.listing(empty)
    assert [(entry.action, entry.subject) for entry in reversed(entries)] == [
        ("session.refused", "Ann"),
        ("session.refused", ""),
        ("session.start", "Ann"),
        ("session.end", "Ann"),
    ]
    assert "secret" not in str(entries)
    assert PASSWORD not in str(entries)


def test_a_database_that_cannot_be_read_is_said_in_words(
    client: TestClient, ann: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise Outage("The disk is full.")

    monkeypatch.setattr(users, "exist", fail)
    monkeypatch.setattr(users, "authenticate", fail)
    answer = client.get(SIGN_IN)
    assert (answer.status_code, "The disk is full." in answer.text) == (503, True)


def test_every_page_is_kept_by_nobody_and_holds_no_script(client: TestClient, ann: User) -> None:
    answer = client.get(SIGN_IN)
    assert answer.headers["cache-control"] == "no-store"
    assert "<script" not in answer.text
