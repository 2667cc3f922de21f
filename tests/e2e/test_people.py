"""Signing in, roles and signing out in a real browser, on a dashboard of its own that has accounts."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from storage.database import Database, connect
from storage.people import invitations, users
from storage.workspace import Workspace
from tests.app.accounts import PASSWORD
from tests.e2e.annotators import sign_in
from tests.e2e.conftest import SETTLE_MILLISECONDS, free_port, wait_for

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def dashboard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Database]]:
    """Its address and its database: Ann is an admin, Bo a viewer, Cy an annotator."""
    folder = tmp_path_factory.mktemp("people")
    db = connect(Workspace(folder / "workspace"))
    for name, role in (("Ann", "admin"), ("Bo", "viewer"), ("Cy", "annotator")):
        users.add(db, name=name, role=role, password=PASSWORD, now=time.time())
    port = free_port()
    command = [sys.executable, "-P", "-m", "app", "--workspace", db.workspace.root, "--port", str(port)]
    environment = {**os.environ, "PYTHONSAFEPATH": "1", "PYTHONPATH": str(Path(__file__).parents[2])}
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        wait_for(f"http://127.0.0.1:{port}/_stcore/health")
        yield f"http://127.0.0.1:{port}", db
    finally:
        process.terminate()
        process.wait(20)
        db.close()


def test_one_signs_in_without_a_script_and_comes_to_the_page_that_was_asked_for(
    dashboard: tuple[str, Database], browser: Browser
) -> None:
    url, _db = dashboard
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{url}/settings?x=1")
    assert page.url.startswith(f"{url}/alignlab/sign-in?next=")
    page.get_by_label("Name", exact=True).fill("bo")
    page.get_by_label("Password", exact=True).fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_have_text("✕ The name or the password is wrong.")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    assert page.url == f"{url}/settings?x=1"
    context.close()


def test_signing_out_leads_every_open_page_to_the_sign_in_page(
    dashboard: tuple[str, Database], context: BrowserContext
) -> None:
    url, _db = dashboard
    page, other = context.new_page(), context.new_page()
    sign_in(page, f"{url}/runs", "Ann")
    other.goto(f"{url}/settings")
    expect(other.get_by_role("button", name="Invite somebody")).to_be_visible()
    cookies = context.cookies()
    page.get_by_role("button", name="Ann", exact=True).click()
    page.get_by_role("link", name="Password and signing out").click()
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    other.wait_for_url("**/alignlab/sign-in?next=%2Fsettings", timeout=SETTLE_MILLISECONDS)
    context.add_cookies(cookies)
    page.goto(f"{url}/settings")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()


def test_a_change_of_the_role_ends_an_open_page(dashboard: tuple[str, Database], context: BrowserContext) -> None:
    url, db = dashboard
    page = context.new_page()
    sign_in(page, f"{url}/overview", "Bo")
    expect(page.get_by_text("What others launch appears here.")).to_be_visible()
    expect(page.get_by_role("link", name="Launch")).to_have_count(0)
    users.set_role(db, "bo", "researcher")
    page.wait_for_url("**/alignlab/sign-in*", timeout=SETTLE_MILLISECONDS)
    sign_in(page, url, "Bo")
    expect(page.get_by_role("link", name="Launch")).to_have_count(1)


def test_an_annotator_who_follows_an_invitation_sees_nothing_of_runs_and_data(
    dashboard: tuple[str, Database], context: BrowserContext
) -> None:
    url, db = dashboard
    token, _offer = invitations.create(db, name="Di", role="annotator", now=time.time(), target="/data?dataset=secret")
    page = context.new_page()
    page.goto(f"{url}/alignlab/invitation/{token}")
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_label("The same again").fill(PASSWORD)
    page.get_by_role("button", name="Begin").click()
    expect(page.get_by_text("Your role, annotator, does not show this page.")).to_be_visible()
    for name in ("Overview", "Launch", "Runs", "Compare", "Datasets", "Settings"):
        expect(page.get_by_role("link", name=name)).to_have_count(0)
    page.get_by_role("button", name="Di", exact=True).click()  # nothing lies over the top line
    page.get_by_role("link", name="All rounds").click()
    expect(page.get_by_text("Nothing to judge right now")).to_be_visible()
    assert page.evaluate("fetch('/alignlab/fragments/recent_runs').then((answer) => answer.status)") == 403
    assert page.goto(f"{url}/alignlab/invitation/{token}").status == 404
