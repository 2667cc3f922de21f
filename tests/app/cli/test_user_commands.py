"""`alignlab users`: answers, refusals, and passwords from stdin."""

import io
import re
from collections.abc import Callable

import pytest
from argon2 import PasswordHasher

from app import served_address
from app.cli import serve
from storage.database import Database
from storage.people import passwords, users
from tests.app.cli.conftest import Alignlab, Answer

PASSWORD = "correct horse"
Add = Callable[..., Answer]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    monkeypatch.delenv("ALIGNLAB_PUBLIC_URL", raising=False)


@pytest.fixture
def add(alignlab: Alignlab, monkeypatch: pytest.MonkeyPatch) -> Add:
    def run(name: str, role: str = "admin", *more: str, password: str = PASSWORD) -> Answer:
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
        return alignlab("users", "add", name, "--role", role, "--password-stdin", *more)

    return run


def test_an_account_is_made_with_the_password_of_stdin(add: Add, database: Database) -> None:
    answer = add("Ann", "admin", "--json")
    assert (answer.code, answer.json["name"], answer.json["role"], answer.json["state"]) == (
        0,
        "Ann",
        "admin",
        "active",
    )
    assert users.authenticate(database, "ann", PASSWORD)
    assert PASSWORD not in answer.out + answer.err


@pytest.mark.parametrize(
    ("name", "role", "password", "sentence"),
    [
        ("Ann", "viewer", PASSWORD, "The first account has to be an admin"),
        ("Ann", "boss", PASSWORD, "There is no role boss"),
        ("a/b", "admin", PASSWORD, "A name has 1 to 40 letters"),
        ("Ann", "admin", "short", "The password needs at least 10 characters."),
        ("Ann", "admin", "", "The password needs at least 10 characters."),
    ],
)
def test_what_will_not_do_is_refused_in_one_sentence(
    add: Add, database: Database, name: str, role: str, password: str, sentence: str
) -> None:
    answer = add(name, role, password=password)
    assert answer.code == 2
    assert answer.err.startswith(sentence)
    assert answer.err.count("\n") == 1
    assert not users.exist(database)


def test_without_anybody_to_ask_the_option_is_named(alignlab: Alignlab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("x"))
    answer = alignlab("users", "add", "Ann", "--role", "admin")
    assert (answer.code, "--password-stdin" in answer.err) == (2, True)


def test_an_invitation_is_a_link_that_is_shown_once(add: Add, alignlab: Alignlab, database: Database) -> None:
    add("Ann")
    answer = alignlab("users", "add", "Bo", "--role", "annotator", "--invite", "--page", "/annotate?dataset=a&round=1")
    link = re.fullmatch(r"http://127\.0\.0\.1:8501/alignlab/invitation/([\w-]{40,})\n", answer.out)
    assert link is not None
    listed = alignlab("users", "list", "--json")
    assert [(row["name"], row["state"]) for row in listed.json] == [("Ann", "active"), ("Bo", "invited")]
    assert link[1] not in listed.out + alignlab("users", "audit", "--json").out


def test_the_link_bears_the_public_address(add: Add, alignlab: Alignlab, monkeypatch: pytest.MonkeyPatch) -> None:
    add("Ann")
    monkeypatch.setenv("ALIGNLAB_PUBLIC_URL", "https://lab.example/")
    answer = alignlab("users", "add", "Bo", "--role", "viewer", "--invite", "--json")
    assert answer.json["link"].startswith("https://lab.example/alignlab/invitation/")


@pytest.mark.parametrize(
    ("ends", "base"), [(False, "http://127.0.0.1:8702"), (True, "http://127.0.0.1:8501")], ids=["served", "ended"]
)
def test_the_link_names_the_port_at_which_the_dashboard_is_served(
    add: Add, alignlab: Alignlab, database: Database, monkeypatch: pytest.MonkeyPatch, ends: bool, base: str
) -> None:
    add("Ann")
    served_address.keep("0.0.0.0", 8702)
    root = str(database.workspace.root)
    monkeypatch.setattr(serve, "served_workspace", lambda address, _root: None if ends else root)
    answer = alignlab("users", "add", "Bo", "--role", "viewer", "--invite")
    assert answer.out.startswith(f"{base}/alignlab/invitation/")
    assert f"{base} is reached from this machine alone: for others, name" in answer.err


def test_the_address_of_a_link_can_be_named(add: Add, alignlab: Alignlab, monkeypatch: pytest.MonkeyPatch) -> None:
    add("Ann")
    monkeypatch.setenv("ALIGNLAB_PUBLIC_URL", "https://lab.example/")
    options = ("users", "add", "Bo", "--role", "viewer", "--invite", "--url")
    answer = alignlab(*options, "http://lab.local:8600/")
    assert answer.out.startswith("http://lab.local:8600/alignlab/invitation/")
    assert "this machine alone" not in answer.err
    refused = alignlab(*options, "lab.local/x")
    assert (refused.code, refused.err.partition(":")[0]) == (2, "lab.local/x is no address of a dashboard")


def test_an_invitation_leads_to_no_other_site(add: Add, alignlab: Alignlab) -> None:
    add("Ann")
    answer = alignlab("users", "add", "Bo", "--role", "viewer", "--invite", "--page", "//evil.example")
    assert (answer.code, "is no page of the dashboard" in answer.err) == (2, True)


def test_role_disable_enable_and_password_change_the_account(
    add: Add, alignlab: Alignlab, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    add("Ann")
    add("Bo", "viewer")
    assert alignlab("users", "role", "bo", "researcher", "--json").json["role"] == "researcher"
    assert alignlab("users", "disable", "Bo", "--json").json["state"] == "disabled"
    assert alignlab("users", "enable", "Bo", "--json").json["state"] == "active"
    monkeypatch.setattr("sys.stdin", io.StringIO("another horse\r\n"))
    assert alignlab("users", "password", "Bo", "--password-stdin").code == 0
    assert users.authenticate(database, "bo", "another horse")


def test_somebody_who_forgot_the_password_gets_a_link(add: Add, alignlab: Alignlab, database: Database) -> None:
    add("Ann")
    answer = alignlab("users", "password", "ann", "--invite", "--json")
    assert answer.json["name"] == "Ann"
    assert "/alignlab/invitation/" in answer.json["link"]
    assert [row["state"] for row in alignlab("users", "list", "--json").json] == ["active"]
    assert users.authenticate(database, "ann", PASSWORD), "the old one holds until the link is used"


def test_who_was_only_invited_gets_a_new_link_and_can_be_uninvited(
    add: Add, alignlab: Alignlab, database: Database
) -> None:
    add("Ann")
    first = alignlab("users", "add", "Bo", "--role", "annotator", "--invite", "--json").json["link"]
    answer = alignlab("users", "password", "bo", "--invite", "--json")
    assert (answer.code, answer.json["name"], answer.json["role"]) == (0, "Bo", "annotator")
    assert answer.json["link"] != first
    for command in (("password", "bo", "--password-stdin"), ("role", "bo", "viewer"), ("disable", "bo")):
        refused = alignlab("users", *command)
        assert (refused.code, refused.err.partition(":")[0]) == (2, "bo was invited and has no account yet")
    assert alignlab("users", "withdraw", "bo").code == 0
    assert [row["name"] for row in alignlab("users", "list", "--json").json] == ["Ann"]
    assert alignlab("users", "withdraw", "bo").err == "No invitation of bo is open.\n"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("disable", "ann"), "Ann is the last admin"),
        (("role", "ann", "viewer"), "Ann is the last admin"),
        (("disable", "zoe"), "There is no account zoe."),
        (("password", "zoe", "--password-stdin"), "There is no account zoe."),
        (("add", "ANN", "--role", "viewer", "--invite"), "There is an account Ann already."),
    ],
)
def test_a_mistake_is_named(add: Add, alignlab: Alignlab, arguments: tuple[str, ...], sentence: str) -> None:
    add("Ann")
    answer = alignlab("users", *arguments)
    assert answer.code == 2
    assert answer.err.startswith(sentence)


def test_the_audit_is_listed_newest_first(add: Add, alignlab: Alignlab) -> None:
    add("Ann")
    add("Bo", "viewer")
    entries = alignlab("users", "audit", "--json").json
    assert [(entry["person"], entry["action"], entry["subject"]) for entry in entries] == [
        ("command line", "person.add", "Bo"),
        ("command line", "person.add", "Ann"),
    ]
    assert len(alignlab("users", "audit", "--limit", "1", "--json").json) == 1
    assert "person.add" in alignlab("users", "audit").out
