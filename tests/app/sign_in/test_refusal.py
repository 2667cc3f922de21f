"""What is refused: JSON for scripts, and a page of ours for whoever goes to the address."""

import re
import time

import pytest
from starlette.testclient import TestClient

from app.sign_in import addresses
from storage.database import Database
from storage.errors import Damaged
from storage.people import users
from storage.people.people_records import User
from tests.app import accounts
from tests.app.sign_in.conftest import browser

GOES_THERE = {"sec-fetch-mode": "navigate", "accept": "text/html,*/*"}
EVIL = "evil.example"


@pytest.mark.parametrize(
    ("method", "path", "headers", "status", "title", "link"),
    [
        ("GET", "/alignlab/fragments/recent_runs", {}, 401, "Signed out", addresses.SIGN_IN),
        ("GET", "/alignlab/invitatio", {}, 401, "Signed out", addresses.SIGN_IN),
        ("POST", "/alignlab/account", {}, 401, "Signed out", addresses.SIGN_IN),
        ("GET", "/alignlab/points", {"sec-fetch-site": "cross-site"}, 403, "Not open to you", "/"),
        ("POST", "/alignlab/sign-in", {"origin": f"https://{EVIL}"}, 403, "Not open to you", "/"),
        ("GET", "/", {"host": EVIL}, 403, "Not open to you", None),
        ("POST", "/", {"origin": "http://["}, 400, "This did not work", "/"),
    ],
)
def test_whoever_goes_to_what_is_refused_sees_a_page_and_a_script_gets_json(
    client: TestClient, ann: User, method: str, path: str, headers: dict[str, str], status: int, title: str, link: str
) -> None:
    page = client.request(method, path, headers={**headers, **GOES_THERE})
    assert (page.status_code, page.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert f"<h1>{title}</h1>" in page.text
    assert re.findall('<p><a href="(.*?)">', page.text) == ([link] if link else [])
    assert "<script" not in page.text
    assert page.headers["x-frame-options"] == "DENY"
    answer = client.request(method, path, headers=headers)
    assert (answer.status_code, list(answer.json())) == (status, ["error"])


def test_a_role_a_wrong_address_and_an_outage_are_said_on_a_page(
    client: TestClient, empty: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = accounts.add(empty, "Cy", "annotator")
    client.cookies.update(accounts.cookie(empty, user, time.time()))
    page = client.get("/alignlab/fragments/recent_runs", headers=GOES_THERE)
    assert (page.status_code, "Your role, annotator, does not show this page." in page.text) == (403, True)
    page = client.get("/alignlab/fragment", headers=GOES_THERE)
    assert (page.status_code, "Nothing is shown at this address." in page.text) == (404, True)

    def fail(*_: object, **__: object) -> None:
        raise Damaged("The database is damaged.")

    monkeypatch.setattr(users, "exist", fail)
    page = browser().get("/runs", headers=GOES_THERE)
    assert (page.status_code, "The database is damaged." in page.text) == (503, True)


def test_an_old_browser_is_told_by_what_it_accepts_and_in_its_language(client: TestClient, ann: User) -> None:
    headers = {"accept": "text/html,*/*", "accept-language": "zh-CN"}
    page = client.get("/alignlab/points", headers=headers)
    assert '<html lang="zh">' in page.text
    assert client.get("/alignlab/points", headers={"accept": "*/*"}).json()
    fetched = {"accept": "text/html", "sec-fetch-mode": "cors"}
    assert client.get("/alignlab/points", headers=fetched).json()
