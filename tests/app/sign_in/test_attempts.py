"""How long one waits after wrong passwords."""

from app.sign_in import attempts
from app.sign_in.attempts import Attempts


def fail(
    counted: Attempts, times: int, account: str = "ann", address: str = "1.2.3.4", now: float = 0.0
) -> list[float]:
    return [counted.begin(account, address, now) for _attempt in range(times)]


def test_five_attempts_are_free_and_then_the_delay_grows() -> None:
    counted, now = Attempts(), 0.0
    assert fail(counted, 5) == [0.0] * 5
    waits = []
    for _attempt in range(4):
        waits.append(counted.begin("ann", "1.2.3.4", now))
        now += waits[-1]
        assert counted.begin("ann", "1.2.3.4", now) == 0.0
    assert waits == [5.0, 10.0, 20.0, 40.0]


def test_another_address_does_not_help_for_the_same_account() -> None:
    counted = Attempts()
    fail(counted, 5)
    assert counted.begin("ann", "5.6.7.8", 0.0) > 0
    assert counted.begin("bo", "5.6.7.8", 0.0) == 0.0


def test_one_address_that_tries_many_names_waits_too() -> None:
    counted = Attempts()
    waits = [counted.begin(f"name {number}", "1.2.3.4", 0.0) for number in range(21)]
    assert waits == [0.0] * 20 + [5.0]


def test_the_delay_has_an_end_and_failures_are_forgotten() -> None:
    counted, now = Attempts(), 0.0
    for _attempt in range(60):
        now += counted.begin("ann", "1.2.3.4", now)
    assert counted.begin("ann", "1.2.3.4", now + attempts.FORGOTTEN_AFTER_SECONDS + 1) == 0.0
    assert max(counted.begin("ann", "1.2.3.4", now) for _attempt in range(9)) <= attempts.LONGEST_DELAY_SECONDS


def test_a_right_password_forgets_the_accounts_failures_only() -> None:
    counted = Attempts()
    for _attempt in range(30):
        counted.begin("bo", "1.2.3.4", 0.0)
        counted.succeed("bo", "1.2.3.4")
    assert fail(counted, 5) == [0.0] * 5
    assert counted.begin("ann", "1.2.3.4", 0.0) > 0


def test_many_names_do_not_fill_the_memory(monkeypatch) -> None:
    monkeypatch.setattr(attempts, "MOST_KEYS", 10)
    counted = Attempts()
    for number in range(50):
        counted.begin(f"name {number}", f"address {number}", 0.0)
    assert len(counted._failures) == 10
