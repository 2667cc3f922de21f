"""How long somebody has to wait after wrong passwords: counted by account and by address, in this process.

Left out: whether a password is wrong (`storage.people.users`).
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass, field

FREE_BY_ACCOUNT = 5
FREE_BY_ADDRESS = 20  # an office may share one
FIRST_DELAY_SECONDS = 5.0
LONGEST_DELAY_SECONDS = 900.0
FORGOTTEN_AFTER_SECONDS = 3600.0
MOST_KEYS = 20_000  # who tries more names than that pushes the oldest out


@dataclass(frozen=True)
class _Failures:
    count: int
    last_at: float


@dataclass
class Attempts:
    """Attempts that failed, or have not ended yet. Threads may share it."""

    _failures: OrderedDict[tuple[str, str], _Failures] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, account: str, address: str, now: float) -> float:
        """The seconds to wait; 0 lets the attempt begin, which counts as failed until `succeed` says otherwise."""
        with self._lock:
            waits = [self._wait(key, free, now) for key, free in _keys(account, address)]
            if not any(waits):
                for key, _free in _keys(account, address):
                    self._failures[key] = _Failures(self._count(key, now) + 1, now)
                    self._failures.move_to_end(key)
                while len(self._failures) > MOST_KEYS:
                    self._failures.popitem(last=False)
            return max(waits)

    def succeed(self, account: str, address: str) -> None:
        """The password was right: forget the account's failures, and take this attempt back from the address."""
        with self._lock:
            self._failures.pop(("account", account), None)
            of_address = self._failures.get(("address", address))
            if of_address is not None:
                self._failures["address", address] = _Failures(of_address.count - 1, of_address.last_at)

    def _count(self, key: tuple[str, str], now: float) -> int:
        failures = self._failures.get(key)
        return 0 if failures is None or now - failures.last_at > FORGOTTEN_AFTER_SECONDS else failures.count

    def _wait(self, key: tuple[str, str], free: int, now: float) -> float:
        excess = self._count(key, now) - free
        if excess < 0:
            return 0.0
        delay = min(LONGEST_DELAY_SECONDS, FIRST_DELAY_SECONDS * 2.0 ** min(excess, 20))
        return max(0.0, self._failures[key].last_at + delay - now)


def _keys(account: str, address: str) -> tuple[tuple[tuple[str, str], int], ...]:
    return (("account", account), FREE_BY_ACCOUNT), (("address", address), FREE_BY_ADDRESS)
