"""Which judges a run file may name: no secrets of others, no plain text over the network, no services of the link."""

import socket
from pathlib import Path
from typing import Any

import pytest

from engine.rewards import judge_access
from engine.rewards.judge_access import (
    AddressRefused,
    check_connection,
    read_key,
    refusal,
    refusal_by_lookup,
)
from engine.secret_places import SecretUnreadable
from tests.engine.rewards.parts import run
from words import english


def clause(url: str = "https://judge.example/v1", key: str | None = None) -> str | None:
    (part,) = run({"kind": "judge", "url": url, "model": "m", "key": key}).training_reward
    text = refusal(part)
    return None if text is None else english(text)


@pytest.mark.parametrize("name", ["OPENAI_API_KEY", "ALIGNLAB_JUDGE", "ALIGNLAB_X_API_KEY"])
def test_a_variable_that_is_for_a_key_may_be_named(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    assert clause(key=f"env:{name}") is None
    monkeypatch.setenv(name, "secret")
    assert read_key(f"env:{name}", tmp_path) == "secret"


@pytest.mark.parametrize(
    "name",
    [
        "HOME",
        "AWS_SECRET_ACCESS_KEY",
        "ALIGNLAB_DATABASE_URL",
        "ALIGNLAB_HOME",
        "JUDGE_KEY",
        "_API_KEYS",
        "XALIGNLAB_K",
        "alignlab_k",
    ],
)
def test_no_other_variable_is_read(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv(name, "secret")
    assert f"the variable {name} is not for a key" in str(clause(key=f"env:{name}"))
    with pytest.raises(SecretUnreadable, match=f"the variable {name} is not for a key"):
        read_key(f"env:{name}", tmp_path)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.9.9.9", "[::1]", "localhost:11434", "2130706433"])
def test_plain_http_reaches_this_machine(host: str):
    assert clause(f"http://{host}/v1") is None


@pytest.mark.parametrize(
    "host", ["judge.example", "10.0.0.7", "localhost.example", "127.0.0.1.example", "0.0.0.0", "[::2]"]
)
def test_plain_http_reaches_nothing_else(host: str):
    assert "plain http reaches this machine only" in str(clause(f"http://{host}/v1"))
    assert clause(f"https://{host}/v1") is None


@pytest.mark.parametrize(
    "host",
    [
        "169.254.169.254",
        "169.254.0.1:8080",
        "2852039166",
        "0xa9fea9fe",
        "0251.0376.0251.0376",
        "169.254.43518",
        "[fe80::1]",
        "[febf::1]",
        "[::ffff:169.254.169.254]",
        "[::ffff:a9fe:a9fe]",
        "[64:ff9b::a9fe:a9fe]",
        "[2002:a9fe:a9fe::]",
        "[fd00:ec2::254]",
        "100.100.100.200",
        "metadata.google.internal",
        "metadata.google.internal.",
        "METADATA.google.internal",
    ],
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_addresses_of_the_link_are_refused_in_every_notation(host: str, scheme: str):
    assert "is an address inside this network's own services" in str(clause(f"{scheme}://{host}/v1"))


def test_a_name_is_looked_up_before_a_launch(monkeypatch: pytest.MonkeyPatch):
    (part,) = run({"kind": "judge", "url": "https://judge.example/v1", "model": "m"}).training_reward
    addresses = {"judge.example": ["93.184.216.34", "169.254.169.254"]}
    monkeypatch.setattr(judge_access, "_addresses", _names(addresses))
    assert "judge.example is an address inside" in english(refusal_by_lookup(part) or ("", {}))
    addresses["judge.example"].pop()
    assert refusal_by_lookup(part) is None


def _names(addresses: dict[str, list[str]]) -> Any:
    import ipaddress

    def look_up(host: str, flags: int = 0) -> list[Any]:
        return [] if flags == socket.AI_NUMERICHOST else [ipaddress.ip_address(text) for text in addresses[host]]

    return look_up


class Connection:
    """A connection to an address, as httpx gives it to its trace functions."""

    def __init__(self, peer: str) -> None:
        self.peer = peer
        self.closed = False

    def get_extra_info(self, name: str) -> Any:
        return (self.peer, 80) if name == "server_addr" else None

    def close(self) -> None:
        self.closed = True


@pytest.mark.parametrize("peer", ["169.254.169.254", "fe80::1%eth0", "::ffff:169.254.169.254"])
def test_a_connection_that_a_name_led_to_such_an_address_is_closed(peer: str):
    stream = Connection(peer)
    with pytest.raises(AddressRefused, match="no judge is"):
        check_connection("connection.connect_tcp.complete", {"return_value": stream})
    assert stream.closed


def test_other_connections_and_events_pass():
    stream = Connection("127.0.0.1")
    check_connection("connection.connect_tcp.complete", {"return_value": stream})
    check_connection("connection.connect_tcp.started", {"host": "169.254.169.254"})
    assert not stream.closed


@pytest.mark.parametrize("content", [b"\xff\xfe", b"", b"sk-\n-two", b"sk" * 9_000])
def test_a_file_that_holds_no_key_is_told_so(content: bytes, tmp_path: Path):
    (tmp_path / "judge.key").write_bytes(content)
    (tmp_path / "judge.key").chmod(0o600)
    with pytest.raises(SecretUnreadable, match=r"file:judge\.key is empty, or is not one line"):
        read_key("file:judge.key", tmp_path)
