"""The dashboard as it is put together: guard and gate stand before all of it, for every way to serve it."""

import pytest
from starlette.testclient import TestClient

from app import main
from app.guard import Guard, own_hosts
from app.sign_in.gate import Gate
from storage.database import Database
from tests.app import accounts

PUBLIC = "https://lab.example/"


def middleware(host: str) -> list[tuple[type, dict[str, object]]]:
    return [(layer.cls, layer.kwargs) for layer in main.application(host)._user_middleware]


@pytest.mark.parametrize(("host", "exposed"), [("127.0.0.1", False), ("::1", False), ("0.0.0.0", True), ("lan", True)])
def test_the_guard_stands_first_and_the_gate_second(empty: Database, host: str, exposed: bool) -> None:
    (guard, guarded), (gate, gated) = middleware(host)
    assert (guard, gate) == (Guard, Gate)
    assert gated == {"exposed": exposed}
    assert {"127.0.0.1", "localhost", host} <= set(guarded["hosts"])


def test_a_proxy_makes_the_loopback_exposed_and_adds_its_name(empty: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALIGNLAB_PUBLIC_URL", PUBLIC)
    (_, guarded), (_, gated) = middleware("127.0.0.1")
    assert gated == {"exposed": True}
    assert "lab.example" in guarded["hosts"]
    assert guarded["public_origin"] == "https://lab.example"
    options = main.options("127.0.0.1", 8501)
    assert "lab.example" in options["server.allowedHosts"]
    assert options["server.corsAllowedOrigins"] == ["https://lab.example"]


def test_the_whole_dashboard_is_shut_to_whoever_is_signed_out(empty: Database, quick_hashes: None) -> None:
    accounts.add(empty, "Ann", "admin")
    client = TestClient(main.application("127.0.0.1"), base_url="http://127.0.0.1:8501", follow_redirects=False)
    for path in ("/", "/settings", "/_stcore/metrics", "/media/x", "/component/x"):
        assert client.get(path).status_code == 303, path


def test_a_wildcard_answers_to_this_machines_addresses_but_to_no_other_name() -> None:
    names = own_hosts("0.0.0.0")
    assert {"0.0.0.0", "127.0.0.1", "localhost"} < names
    assert "evil.example" not in names
    assert own_hosts("127.0.0.1") == {"127.0.0.1", "localhost", "::1"}
