"""Tries one input: it may end well or with an error of our own, soon, and in any other way it is a fault."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random
from types import FrameType

from engine.spec import SpecError
from words import Explained

SECONDS = 2.0  # of the processor: other work on the machine does not count
GIVEN_UP_SECONDS = 60

Attempt = Callable[[Random], str | None]
"""Makes an input of the random numbers and hands it in; may itself say what is wrong with the outcome."""


class TooLong(Exception):
    """The input took so long that it was given up."""


def fault(kind: str, number: int, attempt: Attempt) -> tuple[str | None, float]:
    """What is wrong with how the input of this number ends (None: nothing), and the seconds that it took."""
    random = Random(f"{kind} {number}")
    began = time.process_time()
    try:
        with _given_up_after(GIVEN_UP_SECONDS):
            wrong = _outcome(attempt, random)
    except Exception as error:
        wrong = f"{type(error).__name__}: {ascii(error)[:300]}"
    seconds = time.process_time() - began
    if wrong is None and seconds > SECONDS:
        wrong = f"took {seconds:.1f} s"
    return (None if wrong is None else f"{kind} {number}: {wrong}"), seconds


def _outcome(attempt: Attempt, random: Random) -> str | None:
    try:
        return attempt(random)
    except (SpecError, Explained) as error:
        sentence = str(error)
        return None if 0 < len(sentence) < 20_000 else f"{type(error).__name__} with {len(sentence)} characters"


@contextmanager
def _given_up_after(seconds: int) -> Iterator[None]:
    def give_up(_number: int, _frame: FrameType | None) -> None:
        raise TooLong

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
