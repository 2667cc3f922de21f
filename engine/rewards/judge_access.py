"""Which addresses and keys the judge of a run file may name: it must read no secret and no cloud's credentials.

A key is in a variable that is meant for one, or in the workspace's folder of secrets. Plain http stays on this machine,
and addresses of the link (where clouds answer with credentials) are refused, also behind a name. Left out: asking
(`judge`).
"""

import ipaddress
import socket
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from engine.secret_places import SecretUnreadable, read_secret
from engine.spec.rewards import Judge
from storage.containers.limits import ROW, UNPACKED
from words import N_, Explained, Text

LOOKUP_SECONDS = 2.0
OWN_VARIABLES = frozenset({"ALIGNLAB_DATABASE_URL", "ALIGNLAB_HOME", "ALIGNLAB_TRACEBACK", UNPACKED, ROW})
METADATA_HOSTS = frozenset({"metadata", "metadata.google.internal", "metadata.goog", "instance-data"})
METADATA_ADDRESSES = frozenset({"fd00:ec2::254", "100.100.100.200", "168.63.129.16", "192.0.0.192"})
NOT_FOR_A_KEY = N_(
    "the variable {name} is not for a key: the name of one ends in _API_KEY or begins with ALIGNLAB_, and is none of "
    "AlignLab's own settings"
)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class AddressRefused(Explained):
    """A connection to where no judge is; the sentence is a clause that says why."""


def refusal(judge: Judge) -> Text | None:
    """Why the judge must not be asked as the run file has it, as a clause; None where it may be."""
    host = urlsplit(judge.url).hostname or ""
    addresses = _numeric(host)
    if host.rstrip(".") in METADATA_HOSTS or any(map(_is_inner, addresses)):
        return _inner(host)
    if judge.url.startswith("http:") and not (host == "localhost" or any(a.is_loopback for a in addresses)):
        return (N_("plain http reaches this machine only: the address of {host} must begin with https"), {"host": host})
    kind, _colon, name = (judge.key or "").partition(":")
    return (NOT_FOR_A_KEY, {"name": name}) if kind == "env" and not _is_for_a_key(name) else None


def refusal_by_lookup(judge: Judge, seconds: float = LOOKUP_SECONDS) -> Text | None:
    """As `refusal`, with the addresses of a name looked up; those that come too late are checked when it is asked."""
    host = urlsplit(judge.url).hostname or ""
    clause = refusal(judge)
    if clause is not None or _numeric(host):
        return clause
    addresses: list[Address] = []
    lookup = threading.Thread(target=lambda: addresses.extend(_addresses(host)), daemon=True)
    lookup.start()
    lookup.join(seconds)
    return _inner(host) if any(map(_is_inner, addresses)) else None


def check_connection(event: str, details: dict[str, Any]) -> None:
    """A trace function of httpx: raises AddressRefused once connected to such an address, before anything is sent."""
    if event != "connection.connect_tcp.complete":
        return
    stream = details["return_value"]
    peer = stream.get_extra_info("server_addr")
    if any(map(_is_inner, _numeric(peer[0]))):
        stream.close()
        msgid, values = _inner(peer[0])
        raise AddressRefused(msgid, **values)


def read_key(location: str, secrets: Path) -> str:
    """The key at env:NAME or file:NAME. Raises SecretUnreadable."""
    kind, _colon, name = location.partition(":")
    if kind == "env" and not _is_for_a_key(name):
        raise SecretUnreadable(NOT_FOR_A_KEY, name=name)
    return read_secret(location, secrets)


def _is_for_a_key(name: str) -> bool:
    ours = name.startswith("ALIGNLAB_") and name not in OWN_VARIABLES and not name.endswith("_URL")
    return ours or name.endswith("_API_KEY")


def _inner(host: str) -> Text:
    return (N_("{host} is an address inside this network's own services, where no judge is"), {"host": host})


def _numeric(host: str) -> list[Address]:
    """The address that the host is, in whatever notation sockets take (2852039166 too); none for a name."""
    return _addresses(host, socket.AI_NUMERICHOST)


def _addresses(host: str, flags: int = 0) -> list[Address]:
    try:
        entries = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=flags)
    except (OSError, UnicodeError):  # no such name, or none at all
        return []
    return [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in entries]


def _is_inner(address: Address) -> bool:
    return any(form.is_link_local or form.is_multicast or str(form) in METADATA_ADDRESSES for form in _forms(address))


def _forms(address: Address) -> Iterable[Address]:
    """The address, and the one of IPv4 that it stands for."""
    yield address
    if isinstance(address, ipaddress.IPv6Address):
        yield from (form for form in (address.ipv4_mapped, address.sixtofour) if form is not None)
        if address in ipaddress.ip_network("64:ff9b::/96"):
            yield ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
