"""A figure with how sure it is: in a few signs, and what that is over."""

import pytest

from app.markup import sure
from storage.records import Interval, Series


@pytest.mark.parametrize(
    ("value", "interval", "words"),
    [
        (0.618, Interval(0.577, 0.659, 300, 1200), "0.618 ± 0.041"),
        (0.0, Interval(0.0, 0.108, 32, 32), "0 (0 to 0.108)"),
        (12.34, Interval(11.0, 13.68, 32, 32), "12.3 ± 1.34"),
        (0.0, Interval(0.0, 0.0, 32, 32), "0 ± 0"),
        (0.618, None, "0.618"),
    ],
)
def test_a_value_is_written_with_its_interval(value: float, interval: Interval | None, words: str) -> None:
    assert sure.value(value, interval) == words


def test_what_it_is_over_is_said() -> None:
    assert sure.rests_on(Interval(0, 1, 300, 1200)) == "95 %, 300 prompts × 4"
    assert sure.rests_on(Interval(0, 1, 32, 32)) == "95 %, 32 prompts"
    assert sure.rests_on(Interval(0, 1, 3, 4)) == "95 %, 3 prompts × 1.3"


def test_an_old_mean_says_that_it_keeps_none_and_what_is_no_mean_says_nothing() -> None:
    about = {key: sure.about_last(Series(1, "a", key, 1, 0.5, 0.5, 0, 0.5, 0, 0.5, 0)) for key in KEYS}
    assert about == {"eval/reward": "no interval kept", "eval/distinct_2": "", "loss": ""}


KEYS = ("eval/reward", "eval/distinct_2", "loss")
